import type { FragmentHash } from './fragment-id.ts';
import type { IndexedText } from './search/session-index.ts';

/**
 * Texts that were just put and are about to be replicated, so that indexing them does not read them back. Bounded: the
 * oldest go first, and are then read from the store.
 */
export class RecentTexts {
  readonly #budgetBytes: number;
  readonly #texts = new Map<FragmentHash, IndexedText>();
  #sizeBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  add(hash: FragmentHash, recent: IndexedText): void {
    this.take(hash);
    this.#texts.set(hash, recent);
    this.#sizeBytes += sizeOf(recent);
    for (const oldest of this.#texts.keys()) {
      if (this.#sizeBytes <= this.#budgetBytes) return;
      this.take(oldest);
    }
  }

  /** Forgets all; it is read from the store then. */
  clear(): void {
    this.#texts.clear();
    this.#sizeBytes = 0;
  }

  /** The text, which is forgotten by that: a session replicates a fragment once. */
  take(hash: FragmentHash): IndexedText | undefined {
    const recent = this.#texts.get(hash);
    if (recent === undefined) return undefined;
    this.#texts.delete(hash);
    this.#sizeBytes -= sizeOf(recent);
    return recent;
  }
}

/** An upper bound of what a string holds in memory. */
function sizeOf({ name, text }: IndexedText): number {
  return 2 * (name.length + text.length);
}
