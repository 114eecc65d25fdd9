import { UnitTable } from '@supercontext/text/unit-table.ts';
import tokens from 'gpt-tokenizer/bpeRanks/o200k_base';

/** Up to this many bytes a scan over all parts is faster than a heap. */
const SHORT_WORD_BYTES = 64;

/** Candidates dealt with in one step. */
const CANDIDATES_A_STEP = 4_096;

/** No pair of this rank exists: it sorts last. */
const NO_RANK = 2 ** 30;

/** The UTF-8 of a word, one byte a unit; `bytes` may go on behind it. */
interface Word {
  readonly bytes: Uint16Array;
  readonly length: number;
}

/** The ranks of all tokens by their bytes, one byte a unit. */
const ranks = new UnitTable();

const scratch = new Uint16Array(SHORT_WORD_BYTES);
for (const [rank, token] of (tokens as readonly (string | readonly number[])[]).entries()) {
  const { bytes, length } = typeof token === 'string' ? asBytes(token) : ofBytes(token);
  ranks.add(bytes, 0, length, rank);
}

/** Of a short word until the next is asked for. */
function asBytes(word: string): Word {
  const { length } = word;
  if (length > scratch.length) return ofBytes(Buffer.from(word));
  for (let at = 0; at < length; at++) {
    const unit = word.charCodeAt(at);
    if (unit > 127) return ofBytes(Buffer.from(word));
    scratch[at] = unit;
  }
  return { bytes: scratch, length };
}

function ofBytes(bytes: Uint8Array | readonly number[]): Word {
  return { bytes: Uint16Array.from(bytes), length: bytes.length };
}

/** The number of o200k tokens of one word, that is of what stands between two cuts of the tokenizer's pattern. */
export function countMerged(word: string): number {
  const asked = asBytes(word);
  if (isToken(asked)) return 1;
  if (asked.length <= SHORT_WORD_BYTES) return mergeByScan(asked);
  const steps = mergeByHeap(asked);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, a few milliseconds at a time: a run of blanks as long as a fragment takes a tenth of a second on a slow machine. */
export function* countMergedInSteps(word: string): Generator<undefined, number> {
  const asked = asBytes(word);
  return asked.length <= SHORT_WORD_BYTES || isToken(asked) ? countMerged(word) : yield* mergeByHeap(asked);
}

function isToken({ bytes, length }: Word): boolean {
  return ranks.get(bytes, 0, length) >= 0;
}

const starts = new Int32Array(SHORT_WORD_BYTES + 1);
const pairRanks = new Int32Array(SHORT_WORD_BYTES + 1);

function mergeByScan({ bytes, length }: Word): number {
  let parts = length;
  for (let at = 0; at <= parts; at++) starts[at] = at;
  for (let at = 0; at < parts - 1; at++) pairRanks[at] = rankOf(bytes, at, at + 2);
  const rankAt = (part: number) =>
    part + 2 > parts ? NO_RANK : rankOf(bytes, starts[part] as number, starts[part + 2] as number);
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

function rankOf(bytes: Uint16Array, from: number, to: number): number {
  const rank = ranks.get(bytes, from, to);
  return rank < 0 ? NO_RANK : rank;
}

/**
 * Merging with a heap of candidates over a linked list: n log n where a scan is quadratic, for words such as a megabyte
 * without a space.
 */
function* mergeByHeap({ bytes, length }: Word): Generator<undefined, number> {
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
    const rank = ranks.get(bytes, left, rightEnd);
    if (rank >= 0) heap.push(rank, left, rightEnd);
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
