/** One key may take this share of what all keys may: a longer one would put out too many others. */
const LARGEST_SHARE = 1 / 8;

/**
 * A map of at most `capacity` entries whose keys have at most `keyCharacters` together; those unused for longest make room. An
 * entry whose key alone has over an eighth of that is not kept.
 */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #capacity: number;
  readonly #keyCharacters: number;
  #characters = 0;

  constructor(capacity: number, keyCharacters: number) {
    this.#capacity = capacity;
    this.#keyCharacters = keyCharacters;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // A Map keeps insertion order, so putting an entry back makes it the youngest.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    if (key.length > this.#keyCharacters * LARGEST_SHARE) return;
    this.delete(key);
    this.#entries.set(key, value);
    this.#characters += key.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity && this.#characters <= this.#keyCharacters) return;
      this.delete(oldest);
    }
  }

  delete(key: string): boolean {
    if (!this.#entries.delete(key)) return false;
    this.#characters -= key.length;
    return true;
  }
}
