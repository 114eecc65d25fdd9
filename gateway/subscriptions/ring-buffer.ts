/**
 * A queue of fixed capacity. Adding and taking are O(1) at any length, which `Array.shift()` is not:
 *
 *        take ↓           ↓ add
 *   [ · · · · a b c d e f · · · ]
 */
export class RingBuffer<Item> {
  readonly #slots: (Item | undefined)[];
  #first = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#slots = new Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#slots.length;
  }

  /** False when there is no room; the item is then not added. */
  add(item: Item): boolean {
    if (this.isFull) return false;
    this.#slots[(this.#first + this.#length) % this.#slots.length] = item;
    this.#length++;
    return true;
  }

  /** The oldest item, undefined when empty. */
  take(): Item | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#slots.length;
    this.#length--;
    return item;
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#first = 0;
    this.#length = 0;
  }
}
