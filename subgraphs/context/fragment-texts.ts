import { LRUCache } from 'lru-cache';

/** What a fragment says, and the path or title it came with. */
export interface FragmentText {
  readonly text: string;
  readonly name: string | null;
}

/**
 * Texts of fragments, by hash, that working sets show again and again: instructions and the latest messages. A fragment never
 * changes, so an entry is always right; the least recently used go when the memory is spent.
 */
export type FragmentTexts = LRUCache<string, FragmentText>;

/** @param budgetBytes Memory for the texts; a character of a text takes up to two bytes. One that takes a quarter is not kept. */
export function fragmentTexts(budgetBytes: number): FragmentTexts {
  return new LRUCache({
    maxSize: Math.max(1, Math.floor(budgetBytes)),
    maxEntrySize: Math.max(1, Math.floor(budgetBytes / 4)),
    sizeCalculation: ({ text }) => 2 * Math.max(1, text.length),
  });
}
