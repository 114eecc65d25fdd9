import { ContractError } from '@supercontext/contract';
import { inSlices, stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import { Derived, type OnDamaged } from '@supercontext/runtime/sqlite/derived.ts';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import { checkEntries, checkSpace, checkVector } from './check-vectors.ts';
import { OpenColumns } from './open-columns.ts';
import { SEGMENT_POSITIONS, type SignedFragment } from './sealed-signs.ts';
import { SessionTurns } from './session-turns.ts';
import { SignColumns } from './sign-columns.ts';
import { encodeVectors } from './stored-vectors.ts';
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

/** Rows compared exactly in one step. */
const PAGE_ROWS = 64;
/** Windows nearest by their signs that are compared exactly, or more where more are asked for. */
const LEAST_RERANKED = 256;

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
  readonly #open: OpenColumns;
  readonly #turns = new SessionTurns();

  constructor(options: EmbeddedVectorsOptions) {
    this.#options = options;
    this.#open = new OpenColumns(options.budgetBytes);
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
    await this.#turns.run(space.sessionId, async () => {
      this.#file.add((rows) => rows.put(space, encoded));
      this.#open.replace(space, encoded);
    });
  }

  async held(space: VectorSpace): Promise<readonly HeldFragment[]> {
    const held: HeldFragment[] = [];
    await this.#turns.run(space.sessionId, async () => {
      const columns = new SignColumns(space.dimensions);
      await this.#readAll(space, ({ position, hash, vectors }) => {
        held.push({ position, hash });
        columns.add(position, vectors);
      });
      // Whoever asks what is held will search it: all of it was read for that, too.
      this.#open.keep(space, columns);
    });
    return held;
  }

  async search(space: VectorSpace, vector: Float32Array, first: number): Promise<readonly VectorHit[]> {
    checkVector(space, vector);
    return this.#turns.run(space.sessionId, async () => {
      const columns = await this.#opened(space);
      const nearest = await stepsInSlices(columns.nearest(vector, Math.max(LEAST_RERANKED, first)));
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
    await this.#turns.run(space.sessionId, async () => {
      this.#file.transaction((rows) => rows.forget(space, positions));
      const isGone = (position: number) =>
        positions.some(({ from, through }) => position >= from && position <= through);
      this.#open.of(space)?.remove(isGone);
    });
  }

  spaces(sessionId: string): Promise<readonly VectorSpace[]> {
    return this.#turns.run(sessionId, async () => this.#file.run((rows) => rows.spaces(sessionId)));
  }

  erase(sessionId: string): Promise<number> {
    return this.#turns.run(sessionId, async () => {
      this.#open.dropSession(sessionId);
      return this.#file.erase((rows) => rows.erase(sessionId), 0);
    });
  }

  async close(): Promise<void> {
    await this.#turns.idle();
    this.#open.clear();
    this.#file.close();
  }

  async #opened(space: VectorSpace): Promise<SignColumns> {
    const known = this.#open.use(space);
    if (known !== undefined) return known;
    const columns = new SignColumns(space.dimensions);
    await this.#readAll(space, ({ position, vectors }) => columns.add(position, vectors));
    this.#open.keep(space, columns);
    return columns;
  }

  /** Reads the signs of a space from its segments; where there is none from the rows, which are then sealed, but for the last ones. */
  async #readAll(space: VectorSpace, use: (fragment: SignedFragment) => void): Promise<void> {
    const last = this.#file.run((rows) => rows.last(space));
    const starts = Array.from({ length: Math.floor(last / SEGMENT_POSITIONS) + 1 }, (_, at) => at * SEGMENT_POSITIONS);
    await inSlices(starts, (start) => {
      const sealed = this.#file.run((rows) => rows.segment(space, start));
      for (const fragment of sealed ?? this.#readRows(space, start, last)) use(fragment);
    });
  }

  #readRows(space: VectorSpace, start: number, last: number): readonly SignedFragment[] {
    const through = start + SEGMENT_POSITIONS - 1;
    const { whole, unusable } = this.#file.run((rows) => rows.within(space, { from: start, through }));
    this.#drop(space, unusable);
    if (through < last) this.#seal(space, start, whole);
    return whole;
  }

  /** On a disk that is full they are read from the rows again the next time. */
  #seal(space: VectorSpace, start: number, fragments: readonly SignedFragment[]): void {
    try {
      this.#file.add((rows) => rows.seal(space, start, fragments));
    } catch (error) {
      if (!(error instanceof ContractError && error.retryable)) throw error;
    }
  }

  #drop(space: VectorSpace, positions: readonly number[]): void {
    if (positions.length === 0) return;
    this.#options.onUnusable(space, positions);
    const stretches = positions.map((position) => ({ from: position, through: position }));
    this.#file.transaction((rows) => rows.forget(space, stretches));
    const gone = new Set(positions);
    this.#open.of(space)?.remove((position) => gone.has(position));
  }
}
