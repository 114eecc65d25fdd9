const FIRST_SLOTS = 1_024;
/** Of an entry: where its units begin, how many they are, and its number. */
const WIDTH = 3;

/**
 * Numbers by runs of code units, found where they stand. No string is made to look one up: that takes longer than all else that
 * is done with a word of a text.
 *
 *   slots    hash table, open addressing: run -> its entry + 1, 0 where empty
 *   entries  where its units begin in `units`, how many they are, its number
 */
export class UnitTable {
  #size = 0;
  #slots = new Int32Array(FIRST_SLOTS);
  #entries = new Int32Array(WIDTH * FIRST_SLOTS);
  #units = new Uint16Array(FIRST_SLOTS);
  #end = 0;

  get size(): number {
    return this.#size;
  }

  /** Units of all runs together. */
  get length(): number {
    return this.#end;
  }

  /** The number of `units[from..to)`, -1 where there is none. */
  get(units: Uint16Array, from: number, to: number): number {
    const slots = this.#slots;
    const entries = this.#entries;
    const mask = slots.length - 1;
    for (let slot = hash(units, from, to) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) return -1;
      const at = WIDTH * (entry - 1);
      if (entries[at + 1] === to - from && this.#isAt(entries[at] as number, units, from, to)) {
        return entries[at + 2] as number;
      }
    }
  }

  /** Adds a run that is not there. @param number 0..2^31-1 */
  add(units: Uint16Array, from: number, to: number, number: number): void {
    const at = WIDTH * this.#size;
    if (at === this.#entries.length) this.#entries = grown(this.#entries, Int32Array);
    while (this.#end + to - from > this.#units.length) this.#units = grown(this.#units, Uint16Array);
    this.#entries[at] = this.#end;
    this.#entries[at + 1] = to - from;
    this.#entries[at + 2] = number;
    for (let unit = from; unit < to; unit++) this.#units[this.#end++] = units[unit] as number;
    this.#place(this.#size++);
    if (this.#size * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
  }

  clear(): void {
    this.#size = 0;
    this.#end = 0;
    this.#slots.fill(0);
  }

  #isAt(start: number, units: Uint16Array, from: number, to: number): boolean {
    const own = this.#units;
    for (let at = from; at < to; at++) if (own[start + at - from] !== units[at]) return false;
    return true;
  }

  #place(entry: number): void {
    const start = this.#entries[WIDTH * entry] as number;
    const length = this.#entries[WIDTH * entry + 1] as number;
    const mask = this.#slots.length - 1;
    let slot = hash(this.#units, start, start + length) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }

  #rehash(size: number): void {
    this.#slots = new Int32Array(size);
    for (let entry = 0; entry < this.#size; entry++) this.#place(entry);
  }
}

/** Another one in each process: strangers choose the words, and could choose those that lie in one place. */
const SEED = Math.floor(Math.random() * 2 ** 32);

/** FNV-1a, begun at the seed and mixed after each unit, so that what meets depends on the seed. */
function hash(units: Uint16Array, from: number, to: number): number {
  let mixed = SEED | 0;
  for (let at = from; at < to; at++) {
    mixed = Math.imul(mixed ^ (units[at] as number), 0x01000193);
    mixed ^= mixed >>> 15;
  }
  return mixed;
}

function grown<Column extends Int32Array | Uint16Array>(column: Column, type: new (length: number) => Column): Column {
  const larger = new type(column.length * 2);
  larger.set(column);
  return larger;
}
