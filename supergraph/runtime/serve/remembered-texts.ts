import { LRUCache } from 'lru-cache';

/** Texts remembered, and their characters together: what is made of a text is far larger than the text. */
const MAXIMUM_TEXTS = 1_000;
const MAXIMUM_CHARACTERS = 4_000_000;

/** One longer than this would put out too many others. */
const LONGEST = MAXIMUM_CHARACTERS / 8;

export type RememberedTexts<Made extends object> = LRUCache<string, Made>;

/** What was made of texts that come again and again, such as documents; those unused for longest make room. */
export function rememberedTexts<Made extends object>(): RememberedTexts<Made> {
  return new LRUCache({
    max: MAXIMUM_TEXTS,
    maxSize: MAXIMUM_CHARACTERS,
    maxEntrySize: LONGEST,
    sizeCalculation: (_made, text) => text.length + 1,
  });
}
