/**
 * Texts of fragments that working sets show again and again: instructions and the latest messages. A fragment never
 * changes, so an entry is always right; the least recently used go when the budget is spent.
 */
export class FragmentTexts {
  readonly #budgetUnits: number;
  readonly #texts = new Map<string, string>();
  #units = 0;

  /** @param budgetBytes Memory for the texts; a character of a text takes up to two bytes. */
  constructor(budgetBytes: number) {
    this.#budgetUnits = Math.floor(budgetBytes / 2);
  }

  set(hash: string, text: string): void {
    if (text.length > this.#budgetUnits / 4) return;
    this.#units += text.length - (this.#texts.get(hash)?.length ?? 0);
    this.#texts.delete(hash);
    this.#texts.set(hash, text);
    for (const [oldest, old] of this.#texts) {
      if (this.#units <= this.#budgetUnits) break;
      this.#texts.delete(oldest);
      this.#units -= old.length;
    }
  }

  delete(hash: string): void {
    this.#units -= this.#texts.get(hash)?.length ?? 0;
    this.#texts.delete(hash);
  }

  get(hash: string): string | null {
    const text = this.#texts.get(hash);
    if (text === undefined) return null;
    this.#texts.delete(hash);
    this.#texts.set(hash, text);
    return text;
  }
}
