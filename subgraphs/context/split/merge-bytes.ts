import ranks from 'gpt-tokenizer/bpeRanks/o200k_base';

/** Up to this many bytes a scan over all parts is faster than a heap. */
const SHORT_WORD_BYTES = 64;

/** Candidates dealt with in one step. */
const CANDIDATES_A_STEP = 4_096;

/** No pair of this rank exists: it sorts last. */
const NO_RANK = 2 ** 30;

/** Rank by the token's bytes, written one character a byte. */
const rankOf: ReadonlyMap<string, number> = new Map(
  (ranks as readonly (string | readonly number[])[]).map((token, rank) => [asBytes(token), rank]),
);

function asBytes(token: string | readonly number[]): string {
  if (typeof token !== 'string') return Buffer.from(token).toString('latin1');
  return isAscii(token) ? token : Buffer.from(token).toString('latin1');
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** The number of o200k tokens of one word, that is of what stands between two cuts of the tokenizer's pattern. */
export function countMerged(word: string): number {
  const steps = countMergedInSteps(word);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, a few milliseconds at a time: a run of blanks as long as a fragment takes a tenth of a second on a slow machine. */
export function* countMergedInSteps(word: string): Generator<undefined, number> {
  const bytes = asBytes(word);
  if (rankOf.has(bytes)) return 1;
  return bytes.length <= SHORT_WORD_BYTES ? mergeByScan(bytes) : yield* mergeByHeap(bytes);
}

const starts = new Int32Array(SHORT_WORD_BYTES + 1);
const pairRanks = new Int32Array(SHORT_WORD_BYTES + 1);

function mergeByScan(bytes: string): number {
  let parts = bytes.length;
  for (let at = 0; at <= parts; at++) starts[at] = at;
  for (let at = 0; at < parts - 1; at++) pairRanks[at] = rankOf.get(bytes.slice(at, at + 2)) ?? NO_RANK;
  const rankAt = (part: number) =>
    part + 2 > parts ? NO_RANK : (rankOf.get(bytes.slice(starts[part], starts[part + 2])) ?? NO_RANK);
  while (parts > 1) {
    let lowest = NO_RANK;
    let lowestAt = -1;
    for (let at = 0; at < parts - 1; at++) {
      if ((pairRanks[at] as number) < lowest) {
        lowest = pairRanks[at] as number;
        lowestAt = at;
      }
    }
    if (lowestAt === -1) break;
    starts.copyWithin(lowestAt + 1, lowestAt + 2, parts + 1);
    pairRanks.copyWithin(lowestAt, lowestAt + 1, parts);
    parts--;
    pairRanks[lowestAt] = rankAt(lowestAt);
    if (lowestAt > 0) pairRanks[lowestAt - 1] = rankAt(lowestAt - 1);
  }
  return parts;
}

/**
 * Merging with a heap of candidates over a linked list: n log n where a scan is quadratic, for words such as a megabyte
 * without a space.
 */
function* mergeByHeap(bytes: string): Generator<undefined, number> {
  const length = bytes.length;
  // A part begins at its first byte and ends where the next begins; `end[i]` is 0 once i is no beginning any more.
  const end = new Int32Array(length);
  const previous = new Int32Array(length);
  for (let at = 0; at < length; at++) {
    end[at] = at + 1;
    previous[at] = at - 1;
  }
  const heap = new CandidateHeap(length);
  const offer = (left: number) => {
    const right = end[left] as number;
    if (right >= length) return;
    const rightEnd = end[right] as number;
    const rank = rankOf.get(bytes.slice(left, rightEnd));
    if (rank !== undefined) heap.push(rank, left, rightEnd);
  };
  for (let at = 0; at < length - 1; at++) {
    offer(at);
    if (at % CANDIDATES_A_STEP === 0) yield;
  }
  let parts = length;
  for (let taken = 1; heap.pop(); taken++) {
    if (taken % CANDIDATES_A_STEP === 0) yield;
    const left = heap.left;
    const right = end[left] as number;
    // Stale: one of the two parts has been merged with another since this candidate was offered.
    if (right === 0 || right >= length || end[right] !== heap.rightEnd) continue;
    end[left] = heap.rightEnd;
    end[right] = 0;
    if (heap.rightEnd < length) previous[heap.rightEnd] = left;
    parts--;
    offer(left);
    const before = previous[left] as number;
    if (before >= 0) offer(before);
  }
  return parts;
}

/** A binary heap of merge candidates, lowest rank first and leftmost among equals, in typed arrays. */
class CandidateHeap {
  /** The candidate that the last `pop` took. */
  left = 0;
  rightEnd = 0;
  #size = 0;
  #keys: Float64Array;
  #rightEnds: Int32Array;

  constructor(capacity: number) {
    this.#keys = new Float64Array(Math.max(16, capacity));
    this.#rightEnds = new Int32Array(Math.max(16, capacity));
  }

  push(rank: number, left: number, rightEnd: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    const key = rank * LEFT_LIMIT + left;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#keys[parent] as number) <= key) break;
      this.#keys[at] = this.#keys[parent] as number;
      this.#rightEnds[at] = this.#rightEnds[parent] as number;
      at = parent;
    }
    this.#keys[at] = key;
    this.#rightEnds[at] = rightEnd;
  }

  pop(): boolean {
    if (this.#size === 0) return false;
    this.left = (this.#keys[0] as number) % LEFT_LIMIT;
    this.rightEnd = this.#rightEnds[0] as number;
    const last = --this.#size;
    const key = this.#keys[last] as number;
    const rightEnd = this.#rightEnds[last] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && (this.#keys[child + 1] as number) < (this.#keys[child] as number)) child++;
      if ((this.#keys[child] as number) >= key) break;
      this.#keys[at] = this.#keys[child] as number;
      this.#rightEnds[at] = this.#rightEnds[child] as number;
      at = child;
    }
    this.#keys[at] = key;
    this.#rightEnds[at] = rightEnd;
    return true;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const rightEnds = new Int32Array(keys.length);
    keys.set(this.#keys);
    rightEnds.set(this.#rightEnds);
    this.#keys = keys;
    this.#rightEnds = rightEnds;
  }
}

/** Ranks stay below 2^18 and places below 2^32, so that both fit one exact double. */
const LEFT_LIMIT = 2 ** 32;
