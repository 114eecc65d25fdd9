import { type SignSource, writeSigns } from './stored-vectors.ts';

const FIRST_WINDOWS = 64;
/** Windows compared in one step of a scan: about a millisecond. */
const STEP_WINDOWS = 16_384;

/**
 * The signs of all components of a session's vectors, 32 to a word, and of which position each window is. How many signs two vectors
 * differ in says how far they are from each other, nearly: Charikar (2002). What is scanned is 48 bytes a window of 384 components.
 */
export class SignColumns {
  readonly #dimensions: number;
  readonly #words: number;
  #signs: Uint32Array<ArrayBuffer>;
  #positions: Int32Array<ArrayBuffer> = new Int32Array(FIRST_WINDOWS);
  #windows = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#words = dimensions / 32;
    this.#signs = new Uint32Array(FIRST_WINDOWS * this.#words);
  }

  get windows(): number {
    return this.#windows;
  }

  get sizeBytes(): number {
    return this.#signs.byteLength + this.#positions.byteLength;
  }

  /** Adds the windows of a position; those it had before are to be removed first. */
  add(position: number, vectors: SignSource): void {
    for (let window = 0; window < vectors.windows; window++) {
      if (this.#windows === this.#positions.length) this.#grow();
      vectors.writeSigns(window, this.#signs, this.#windows * this.#words);
      this.#positions[this.#windows++] = position;
    }
  }

  /** Removes the windows of the positions that `isGone` names. Linear in all of them. */
  remove(isGone: (position: number) => boolean): void {
    let kept = 0;
    for (let window = 0; window < this.#windows; window++) {
      const position = this.#positions[window] as number;
      if (isGone(position)) continue;
      if (kept < window) {
        this.#signs.copyWithin(kept * this.#words, window * this.#words, (window + 1) * this.#words);
        this.#positions[kept] = position;
      }
      kept++;
    }
    this.#windows = kept;
  }

  /** The positions of the `most` windows whose signs differ least from those of `vector`, of equal ones the last, each once. In steps. */
  *nearest(vector: Float32Array, most: number): Generator<void, readonly number[]> {
    const asked = new Uint32Array(this.#words);
    writeSigns(vector, 0, { dimensions: this.#dimensions, words: asked, to: 0 });
    const windows = this.#windows;
    const [signs, positions] = [this.#signs, this.#positions];
    const distances = new Uint16Array(windows);
    const counts = new Uint32Array(this.#dimensions + 1);
    for (let from = 0; from < windows; from += STEP_WINDOWS) {
      if (from > 0) yield;
      this.#compare(asked, { signs, distances, counts, from, to: Math.min(windows, from + STEP_WINDOWS) });
    }
    yield;
    let limit = 0;
    let nearer = 0;
    while (limit < this.#dimensions && nearer + (counts[limit] as number) < most) nearer += counts[limit++] as number;
    const found = new Set<number>();
    const farthest = new Int32Array(counts[limit] as number);
    let at = 0;
    for (let window = 0; window < windows; window++) {
      const distance = distances[window] as number;
      if (distance < limit) found.add(positions[window] as number);
      else if (distance === limit) farthest[at++] = positions[window] as number;
    }
    // Of identical texts there may be any number.
    for (const position of farthest.sort().subarray(Math.max(0, nearer + at - most))) found.add(position);
    return [...found];
  }

  #compare(
    asked: Uint32Array,
    {
      signs,
      distances,
      counts,
      from,
      to,
    }: {
      readonly signs: Uint32Array;
      readonly distances: Uint16Array;
      readonly counts: Uint32Array;
      readonly from: number;
      readonly to: number;
    },
  ): void {
    const words = this.#words;
    for (let window = from, at = from * words; window < to; window++) {
      let distance = 0;
      for (let word = 0; word < words; word++) distance += ones((asked[word] as number) ^ (signs[at++] as number));
      distances[window] = distance;
      counts[distance] = (counts[distance] as number) + 1;
    }
  }

  #grow(): void {
    const signs = new Uint32Array(this.#signs.length * 2);
    signs.set(this.#signs);
    this.#signs = signs;
    const positions = new Int32Array(this.#positions.length * 2);
    positions.set(this.#positions);
    this.#positions = positions;
  }
}

/** How many bits of a word are 1, by adding neighbours: pairs, then fours, then bytes. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
