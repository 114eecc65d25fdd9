import type { SignColumns } from './sign-columns.ts';
import { StoredVectors } from './stored-vectors.ts';
import type { VectorSpace } from './vector-index.ts';

/** The signs of the spaces in use, in memory; the least recently used are let go first. */
export class OpenColumns {
  readonly #budgetBytes: number;
  /** In order of last use, the longest unused first. */
  readonly #open = new Map<string, SignColumns>();

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  /** Those of a space, where they are open. */
  of(space: VectorSpace): SignColumns | undefined {
    return this.#open.get(keyOf(space));
  }

  /** The same, for a search. */
  use(space: VectorSpace): SignColumns | undefined {
    const columns = this.of(space);
    if (columns !== undefined) this.#renew(keyOf(space), columns);
    return columns;
  }

  /** The last used one stays, however large. */
  keep(space: VectorSpace, columns: SignColumns): void {
    this.#renew(keyOf(space), columns);
    let sizeBytes = 0;
    for (const { sizeBytes: own } of this.#open.values()) sizeBytes += own;
    for (const [key, { sizeBytes: own }] of this.#open) {
      if (sizeBytes <= this.#budgetBytes || this.#open.size === 1) return;
      this.#open.delete(key);
      sizeBytes -= own;
    }
  }

  /** What has just been kept takes the place of what stood at its positions, where the space is open. `body`: of encodeVectors. */
  replace(space: VectorSpace, kept: readonly { readonly position: number; readonly body: Uint8Array }[]): void {
    const columns = this.of(space);
    if (columns === undefined) return;
    const positions = new Set(kept.map(({ position }) => position));
    columns.remove((position) => positions.has(position));
    for (const { position, body } of kept) {
      const stored = StoredVectors.open(body, space.dimensions);
      if (stored !== null) columns.add(position, stored);
    }
  }

  dropSession(sessionId: string): void {
    for (const key of [...this.#open.keys()]) if (key.startsWith(`${sessionId} `)) this.#open.delete(key);
  }

  clear(): void {
    this.#open.clear();
  }

  #renew(key: string, columns: SignColumns): void {
    this.#open.delete(key);
    this.#open.set(key, columns);
  }
}

function keyOf({ sessionId, model, dimensions }: VectorSpace): string {
  return `${sessionId} ${model} ${dimensions}`;
}
