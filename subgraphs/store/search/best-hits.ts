export interface Hit {
  readonly position: number;
  readonly score: number;
}

/** Keeps the best `first` of the hits it is shown, of equal ones the newer: a binary heap with the worst of them on top. */
export class BestHits {
  readonly #first: number;
  readonly #scores: Float64Array;
  readonly #positions: Float64Array;
  #count = 0;
  /** What a score has to reach to be kept: 0 until there are `first`. */
  least = 0;

  /** @param most No more hits than this will be shown */
  constructor(first: number, most: number) {
    this.#first = Math.min(first, most);
    this.#scores = new Float64Array(this.#first);
    this.#positions = new Float64Array(this.#first);
  }

  /** Takes a hit that is newer than all before it. */
  add(position: number, score: number): void {
    if (this.#first === 0 || score < this.least) return;
    if (this.#count < this.#first) this.#rise(this.#count++, position, score);
    else this.#sink(position, score);
    if (this.#count === this.#first) this.least = this.#scores[0] as number;
  }

  /** Takes all out, the best first. */
  take(): Hit[] {
    const hits = new Array<Hit>(this.#count);
    while (this.#count > 0) {
      const at = --this.#count;
      hits[at] = { position: this.#positions[0] as number, score: this.#scores[0] as number };
      this.#sink(this.#positions[at] as number, this.#scores[at] as number);
    }
    this.least = 0;
    return hits;
  }

  #rise(from: number, position: number, score: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isWorse(position, score, above)) break;
      this.#move(above, at);
      at = above;
    }
    this.#scores[at] = score;
    this.#positions[at] = position;
  }

  /** Puts a hit in the place of the worst one. */
  #sink(position: number, score: number): void {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.#count) break;
      const [left, right] = [this.#scores[below] as number, this.#scores[below + 1] as number];
      if (below + 1 < this.#count && right <= left && this.#isWorse(this.#positions[below + 1] as number, right, below))
        below++;
      if (this.#isWorse(position, score, below)) break;
      this.#move(below, at);
      at = below;
    }
    this.#scores[at] = score;
    this.#positions[at] = position;
  }

  /** Whether a hit is worse than the one at `at`. */
  #isWorse(position: number, score: number, at: number): boolean {
    const than = this.#scores[at] as number;
    return score < than || (score === than && position < (this.#positions[at] as number));
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from] as number;
    this.#positions[to] = this.#positions[from] as number;
  }
}
