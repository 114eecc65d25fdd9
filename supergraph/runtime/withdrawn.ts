import { hash as hashOf } from 'node:crypto';

/** Positions of a log, both ends included. */
export interface Stretch {
  readonly from: number;
  readonly through: number;
}

export interface WithdrawnChange {
  readonly add?: readonly Stretch[];
  readonly remove?: readonly Stretch[];
  /** The session's, at least 1. */
  readonly revision: number;
}

/** A digest's hexadecimal digits. */
const DIGEST_DIGITS = 32;

/**
 * The positions of a session's log that are no part of what it says: documents that were replaced or removed, answers that were
 * given anew, and parts of a document whose last part has yet to come. The log keeps them, and their positions never move.
 * A value: a change makes another one. What is asked of it takes the logarithm of its stretches.
 */
export class Withdrawn {
  static readonly NONE = new Withdrawn([], 0);

  /** Ascending, and at least one position apart. */
  readonly stretches: readonly Stretch[];
  /** The session's, with which it came to be so; 0 where nothing was ever withdrawn. */
  readonly revision: number;
  /** How many positions the stretches before each one hold, and after the last one all. */
  readonly #before: readonly number[];
  #digest: string | null = null;

  private constructor(stretches: readonly Stretch[], revision: number) {
    this.stretches = stretches;
    this.revision = revision;
    const before = [0];
    let count = 0;
    for (const { from, through } of stretches) {
      count += through - from + 1;
      before.push(count);
    }
    this.#before = before;
  }

  /** A set of positions, whatever made it so. */
  static of(stretches: readonly Stretch[]): Withdrawn {
    return Withdrawn.NONE.change({ add: stretches, revision: 1 });
  }

  /** How many positions there are. */
  get count(): number {
    return this.#before.at(-1) as number;
  }

  /** Two values with one digest are the same; it begins with the revision. That of none is the empty text. */
  get digest(): string {
    if (this.revision === 0) return '';
    this.#digest ??= `${this.revision}-${hashOf('sha256', this.encode()).slice(0, DIGEST_DIGITS)}`;
    return this.#digest;
  }

  has(position: number): boolean {
    return position <= (this.stretches[this.#lastFrom(position)]?.through ?? -1);
  }

  /** How many of the positions before this one there are. */
  countBefore(position: number): number {
    const at = this.#lastFrom(position - 1);
    const stretch = this.stretches[at];
    if (stretch === undefined) return 0;
    return (this.#before[at] as number) + Math.min(stretch.through, position - 1) - stretch.from + 1;
  }

  countIn({ from, through }: Stretch): number {
    return this.countBefore(through + 1) - this.countBefore(from);
  }

  /** The position that stands at this place, from 0, when those withdrawn are left out. */
  positionAt(place: number): number {
    // The number of stretches before it, by halves: so many are those of whose positions more than `place` lie outside before them.
    let [low, high] = [0, this.stretches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const outside = (this.stretches[middle] as Stretch).from - (this.#before[middle] as number);
      if (outside <= place) low = middle + 1;
      else high = middle;
    }
    return place + (this.#before[low] as number);
  }

  /** The stretches within another, cut to it. */
  within({ from, through }: Stretch): Stretch[] {
    const found: Stretch[] = [];
    for (let at = Math.max(0, this.#lastFrom(from)); at < this.stretches.length; at++) {
      const stretch = this.stretches[at] as Stretch;
      if (stretch.from > through) break;
      if (stretch.through < from) continue;
      found.push({ from: Math.max(from, stretch.from), through: Math.min(through, stretch.through) });
    }
    return found;
  }

  /** With these positions, and without those, from a revision on; where both name one, without. Linear in all stretches. */
  change({ add = [], remove = [], revision }: WithdrawnChange): Withdrawn {
    const covered = union(this.stretches, add.toSorted(byFrom));
    return new Withdrawn(without(covered, union([], remove.toSorted(byFrom))), revision);
  }

  /** The positions that are in one of the two and not in the other. */
  difference(other: Withdrawn): Stretch[] {
    const [here, there] = [this.stretches, other.stretches];
    return [...without(here, there), ...without(there, here)].sort(byFrom);
  }

  /** Bytes for rest and for other stages, as LEB128: the revision, and of each stretch how far it begins behind the last one and how long it is. */
  encode(): Uint8Array {
    const bytes: number[] = [];
    pushNumber(bytes, this.revision);
    let end = 0;
    for (const { from, through } of this.stretches) {
      pushNumber(bytes, from - end);
      pushNumber(bytes, through - from);
      end = through + 1;
    }
    return Uint8Array.from(bytes);
  }

  /** @throws RangeError for bytes that `encode` does not make */
  static decode(bytes: Uint8Array): Withdrawn {
    const [revision = 0, ...numbers] = readNumbers(bytes);
    const stretches: Stretch[] = [];
    let end = 0;
    for (let at = 0; at < numbers.length; at += 2) {
      const from = end + (numbers[at] as number);
      const through = from + (numbers[at + 1] ?? Number.NaN);
      if (!Number.isSafeInteger(through) || (at > 0 && numbers[at] === 0))
        throw new RangeError('no withdrawn positions');
      stretches.push({ from, through });
      end = through + 1;
    }
    return revision === 0 && stretches.length === 0 ? Withdrawn.NONE : new Withdrawn(stretches, revision);
  }

  /** The last stretch that begins at a position or before it; -1 when none does. */
  #lastFrom(position: number): number {
    let [low, high] = [0, this.stretches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.stretches[middle] as Stretch).from <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function byFrom(one: Stretch, other: Stretch): number {
  return one.from - other.from;
}

/** The positions of either of two ascending lists, in stretches at least one position apart. */
function union(one: readonly Stretch[], other: readonly Stretch[]): Stretch[] {
  const joined: { from: number; through: number }[] = [];
  for (let [at, place] = [0, 0]; at < one.length || place < other.length; ) {
    const [first, second] = [one[at], other[place]];
    const isFirst = second === undefined || (first !== undefined && first.from <= second.from);
    const { from, through } = (isFirst ? first : second) as Stretch;
    if (isFirst) at++;
    else place++;
    const last = joined.at(-1);
    if (last !== undefined && from <= last.through + 1) last.through = Math.max(last.through, through);
    else joined.push({ from, through });
  }
  return joined;
}

/** The positions of one ascending list of stretches apart that are not in another. */
function without(all: readonly Stretch[], holes: readonly Stretch[]): Stretch[] {
  const left: Stretch[] = [];
  let next = 0;
  for (const { from, through } of all) {
    let begin = from;
    while (next < holes.length && (holes[next] as Stretch).through < begin) next++;
    for (let at = next; at < holes.length && (holes[at] as Stretch).from <= through; at++) {
      const hole = holes[at] as Stretch;
      if (hole.from > begin) left.push({ from: begin, through: hole.from - 1 });
      begin = Math.max(begin, hole.through + 1);
    }
    if (begin <= through) left.push({ from: begin, through });
  }
  return left;
}

/** Whether the digest of one is of a later revision than that of another. */
export function isLater(digest: string, other: string): boolean {
  return revisionIn(digest) > revisionIn(other);
}

function revisionIn(digest: string): number {
  return Number.parseInt(digest, 10) || 0;
}

function pushNumber(bytes: number[], number: number): void {
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

function readNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [number, unit] = [0, 1];
  for (const byte of bytes) {
    number += (byte & 0x7f) * unit;
    unit *= 0x80;
    if ((byte & 0x80) !== 0) continue;
    numbers.push(number);
    [number, unit] = [0, 1];
  }
  if (unit !== 1) throw new RangeError('no withdrawn positions');
  return numbers;
}
