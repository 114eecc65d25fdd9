import { hash as hashOf } from 'node:crypto';

/** Positions of a log, both ends included. */
export interface Stretch {
  readonly from: number;
  readonly through: number;
}

/** A digest's hexadecimal digits. */
const DIGEST_DIGITS = 32;

/**
 * The positions of a session's log that are no part of what it says: documents that were replaced or removed, answers that were
 * given anew, and parts of a document whose last part has yet to come. The log keeps them, and their positions never move.
 * A value: a change makes another one. What is asked of it takes the logarithm of its stretches.
 */
export class Withdrawn {
  static readonly NONE = new Withdrawn([]);

  /** Ascending, and at least one position apart. */
  readonly stretches: readonly Stretch[];
  /** How many positions the stretches before each one hold, and after the last one all. */
  readonly #before: readonly number[];
  #digest: string | null = null;

  private constructor(stretches: readonly Stretch[]) {
    this.stretches = stretches;
    const before = [0];
    for (const { from, through } of stretches) before.push((before.at(-1) as number) + through - from + 1);
    this.#before = before;
  }

  /** How many positions there are. */
  get count(): number {
    return this.#before.at(-1) as number;
  }

  /** Two values with one digest are the same; that of none is the empty text. */
  get digest(): string {
    if (this.stretches.length === 0) return '';
    this.#digest ??= hashOf('sha256', this.encode()).slice(0, DIGEST_DIGITS);
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

  /** With these positions, and without those; where both name one, without. */
  change({
    add = [],
    remove = [],
  }: {
    readonly add?: readonly Stretch[];
    readonly remove?: readonly Stretch[];
  }): Withdrawn {
    const marks = new Map<number, { depth: number; holes: number }>();
    const mark = (position: number, depth: number, holes: number) => {
      const known = marks.get(position) ?? { depth: 0, holes: 0 };
      marks.set(position, { depth: known.depth + depth, holes: known.holes + holes });
    };
    for (const { from, through } of [...this.stretches, ...add]) {
      mark(from, 1, 0);
      mark(through + 1, -1, 0);
    }
    for (const { from, through } of remove) {
      mark(from, 0, 1);
      mark(through + 1, 0, -1);
    }
    return new Withdrawn(sweep(marks));
  }

  /** The positions that are in one of the two and not in the other. */
  difference(other: Withdrawn): Stretch[] {
    const here = this.change({ remove: other.stretches });
    const there = other.change({ remove: this.stretches });
    return [...here.stretches, ...there.stretches];
  }

  /** Bytes for rest and for other stages: how far each stretch begins behind the last one, and how long it is, as LEB128. */
  encode(): Uint8Array {
    const bytes: number[] = [];
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
    const numbers = readNumbers(bytes);
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
    return stretches.length === 0 ? Withdrawn.NONE : new Withdrawn(stretches);
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

/** Where something is covered and nothing is taken out, along the marks at which either changes. */
function sweep(marks: ReadonlyMap<number, { readonly depth: number; readonly holes: number }>): Stretch[] {
  const stretches: Stretch[] = [];
  let [depth, holes] = [0, 0];
  let from: number | null = null;
  for (const position of [...marks.keys()].sort((one, other) => one - other)) {
    const mark = marks.get(position) as { depth: number; holes: number };
    depth += mark.depth;
    holes += mark.holes;
    const isIn = depth > 0 && holes === 0;
    if (isIn && from === null) from = position;
    if (!isIn && from !== null) {
      stretches.push({ from, through: position - 1 });
      from = null;
    }
  }
  return stretches;
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
