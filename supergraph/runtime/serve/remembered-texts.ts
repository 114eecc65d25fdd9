import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Texts remembered, and what they and all that was made of them may take in memory. */
const MAXIMUM_TEXTS = 1_000;
const MAXIMUM_BYTES = 64 * 1024 * 1024;

/** One larger than this would put out too many others. */
const LARGEST = MAXIMUM_BYTES / 8;

/** What a token of a document takes with the nodes it stands in and its place, as measured: some 400 for a list of fields. */
const BYTES_A_TOKEN = 512;
const BYTES_A_CHARACTER = 2;

export type RememberedTexts<Made extends object> = LRUCache<string, Made>;

/**
 * What was made of texts that come again and again, such as documents; those unused for longest make room.
 * @param sizeOf Bytes of what was made of a text, beside the text
 */
export function rememberedTexts<Made extends object>(
  sizeOf: (made: Made, text: string) => number,
): RememberedTexts<Made> {
  return new LRUCache({
    max: MAXIMUM_TEXTS,
    maxSize: MAXIMUM_BYTES,
    maxEntrySize: LARGEST,
    sizeCalculation: (made, text) => Math.ceil(1 + text.length * BYTES_A_CHARACTER + sizeOf(made, text)),
  });
}

/** Bytes of a parsed document: its tree is some hundred times larger than its text. */
export function sizeOfDocument({ tokenCount = 0 }: DocumentNode): number {
  return tokenCount * BYTES_A_TOKEN;
}
