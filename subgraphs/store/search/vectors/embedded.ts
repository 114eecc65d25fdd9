import { inSlices, stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import { Derived, type OnDamaged } from '@supercontext/runtime/sqlite/derived.ts';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import { checkEntries, checkSpace, checkVector } from './check-vectors.ts';
import { SignColumns } from './sign-columns.ts';
import { encodeVectors, StoredVectors } from './stored-vectors.ts';
import type { FragmentVectors, HeldFragment, VectorHit, VectorIndex, VectorSpace } from './vector-index.ts';
import { FIRST, VectorRows } from './vector-rows.ts';

export interface EmbeddedVectorsOptions {
  readonly path: string;
  readonly onDamaged: OnDamaged;
  /** Told of rows that do not hold what was written: they are dropped, and held no more. */
  readonly onUnusable: (space: VectorSpace, positions: readonly number[]) => void;
  /** Memory that the signs of all open spaces together may take; the least recently used are let go first. */
  readonly budgetBytes: number;
}

/** Rows read or checked in one step. */
const PAGE_ROWS = 64;
/** Nearest by their signs that are compared exactly: see the README for what that loses. */
const LEAST_RERANKED = 200;
const RERANKED_FOR_EACH = 2;

interface Open {
  readonly columns: SignColumns;
}

/**
 * Opens the vectors of one SQLite file, owned by this process alone. A search compares signs in memory, then the nearest few hundred
 * exactly, as they lie at rest. A file that is damaged as a whole is put aside and begun anew.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export function openVectorIndex(options: EmbeddedVectorsOptions): VectorIndex {
  return new EmbeddedVectors(options);
}

class EmbeddedVectors implements VectorIndex {
  readonly #options: EmbeddedVectorsOptions;
  readonly #file: Derived<VectorRows>;
  /** In order of last use, the longest unused first. */
  readonly #open = new Map<string, Open>();
  /** Ends when the last step queued for a session has. Never rejects. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(options: EmbeddedVectorsOptions) {
    this.#options = options;
    const { path, onDamaged } = options;
    const file = {
      path,
      meaning: 'the index of vectors',
      migrations: [FIRST],
      onDamaged: (aside: string | null, fault: unknown) => {
        this.#open.clear();
        onDamaged(aside, fault);
      },
    };
    this.#file = new Derived(file, (database) => new VectorRows(database));
  }

  async put(space: VectorSpace, entries: readonly FragmentVectors[]): Promise<void> {
    checkSpace(space);
    checkEntries(space, entries);
    const encoded = await inSlices(entries, ({ position, hash, vectors }) => ({
      position,
      fragment: Buffer.from(hash, 'hex'),
      body: encodeVectors(vectors, space.dimensions),
    }));
    await this.#inTurn(space.sessionId, async () => {
      this.#file.add((rows) => rows.put(space, encoded));
      const open = this.#open.get(keyOf(space));
      if (open === undefined) return;
      const positions = new Set(entries.map(({ position }) => position));
      open.columns.remove((position) => positions.has(position));
      for (const { position, body } of encoded) {
        const stored = StoredVectors.open(body, space.dimensions);
        if (stored !== null) open.columns.add(position, stored);
      }
    });
  }

  async held(space: VectorSpace): Promise<readonly HeldFragment[]> {
    const held: HeldFragment[] = [];
    await this.#inTurn(space.sessionId, () =>
      this.#readAll(space, ({ position, hash }) => {
        held.push({ position, hash });
      }),
    );
    return held;
  }

  async search(space: VectorSpace, vector: Float32Array, first: number): Promise<readonly VectorHit[]> {
    checkVector(space, vector);
    return this.#inTurn(space.sessionId, async () => {
      const { columns } = await this.#opened(space);
      const most = Math.max(LEAST_RERANKED, first * RERANKED_FOR_EACH);
      const nearest = await stepsInSlices(columns.nearest(vector, most));
      const pages = Array.from({ length: Math.ceil(nearest.length / PAGE_ROWS) }, (_, at) =>
        nearest.slice(at * PAGE_ROWS, (at + 1) * PAGE_ROWS),
      );
      const found = await inSlices(pages, (positions) => {
        const { whole, unusable } = this.#file.run((rows) => rows.at(space, positions));
        this.#drop(space, unusable);
        return whole.map(({ position, hash, vectors }) => ({ position, hash, similarity: vectors.nearest(vector) }));
      });
      return found
        .flat()
        .sort((one, other) => other.similarity - one.similarity || other.position - one.position)
        .slice(0, first);
    });
  }

  async forget(space: VectorSpace, positions: readonly Stretch[]): Promise<void> {
    if (positions.length === 0) return;
    await this.#inTurn(space.sessionId, async () => {
      this.#file.transaction((rows) => rows.forget(space, positions));
      const isGone = (position: number) =>
        positions.some(({ from, through }) => position >= from && position <= through);
      this.#open.get(keyOf(space))?.columns.remove(isGone);
    });
  }

  spaces(sessionId: string): Promise<readonly VectorSpace[]> {
    return this.#inTurn(sessionId, async () => this.#file.run((rows) => rows.spaces(sessionId)));
  }

  erase(sessionId: string): Promise<number> {
    return this.#inTurn(sessionId, async () => {
      for (const key of this.#open.keys()) {
        if (key.startsWith(`${sessionId} `)) this.#open.delete(key);
      }
      return this.#file.erase((rows) => rows.erase(sessionId), 0);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#queues.values());
    this.#open.clear();
    this.#file.close();
  }

  /** Steps of one session one after the other: what is read in pages does not change in between. */
  async #inTurn<Result>(sessionId: string, step: () => Promise<Result>): Promise<Result> {
    const done = (this.#queues.get(sessionId) ?? Promise.resolve()).then(step);
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#queues.set(sessionId, settled);
    try {
      return await done;
    } finally {
      if (this.#queues.get(sessionId) === settled) this.#queues.delete(sessionId);
    }
  }

  async #opened(space: VectorSpace): Promise<Open> {
    const key = keyOf(space);
    const known = this.#open.get(key);
    if (known !== undefined) {
      this.#open.delete(key);
      this.#open.set(key, known);
      return known;
    }
    const open: Open = { columns: new SignColumns(space.dimensions) };
    await this.#readAll(space, ({ position, vectors }) => open.columns.add(position, vectors));
    this.#open.set(key, open);
    this.#keepBudget();
    return open;
  }

  async #readAll(
    space: VectorSpace,
    use: (fragment: HeldFragment & { readonly vectors: StoredVectors }) => void,
  ): Promise<void> {
    const file = this.#file;
    const drop = (unusable: readonly number[]) => this.#drop(space, unusable);
    function* pages(): Generator<void, void> {
      for (let from: number | null = 0; from !== null; yield) {
        const { whole, unusable, next } = file.run((rows) => rows.page(space, from ?? 0, PAGE_ROWS));
        drop(unusable);
        for (const fragment of whole) use(fragment);
        from = next;
      }
    }
    await stepsInSlices(pages());
  }

  #drop(space: VectorSpace, positions: readonly number[]): void {
    if (positions.length === 0) return;
    this.#options.onUnusable(space, positions);
    const stretches = positions.map((position) => ({ from: position, through: position }));
    this.#file.transaction((rows) => rows.forget(space, stretches));
    const gone = new Set(positions);
    this.#open.get(keyOf(space))?.columns.remove((position) => gone.has(position));
  }

  /** The last used one stays, however large. */
  #keepBudget(): void {
    let sizeBytes = 0;
    for (const { columns } of this.#open.values()) sizeBytes += columns.sizeBytes;
    for (const [key, { columns }] of this.#open) {
      if (sizeBytes <= this.#options.budgetBytes || this.#open.size === 1) return;
      this.#open.delete(key);
      sizeBytes -= columns.sizeBytes;
    }
  }
}

function keyOf({ sessionId, model, dimensions }: VectorSpace): string {
  return `${sessionId} ${model} ${dimensions}`;
}
