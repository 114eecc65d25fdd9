import { safeCut } from './safe-cut.ts';

/** One append takes 8 MiB of text: UTF-8 needs up to four bytes for a character. */
const PART_CHARACTERS = 1024 * 1024;

/** A long text in parts that join to it, cut at ends of lines where there are any, and never through a word. */
export function* textParts(text: string, partCharacters = PART_CHARACTERS): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const limit = Math.min(text.length, start + partCharacters);
    const line = limit < text.length ? text.lastIndexOf('\n', limit - 1) + 1 : limit;
    const end = line > start ? line : safeCut(text, limit, start);
    yield text.slice(start, end);
    start = end;
  }
}
