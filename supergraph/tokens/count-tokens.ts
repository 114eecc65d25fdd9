import { CodeUnits } from '@supercontext/text/code-units.ts';
import { UnitTable } from '@supercontext/text/unit-table.ts';
import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants';
import { LRUCache } from 'lru-cache';
import { endOfWord } from './end-of-word.ts';
import { countMerged, countMergedInSteps } from './merge-bytes.ts';

const MAXIMUM_KNOWN_CHARACTERS = 48;
const MAXIMUM_WORDS = 200_000;
/** Of all known words together: with their table some 10 MB. */
const MAXIMUM_CHARACTERS = 2_000_000;

/** Tokens of the words that were counted before; emptied when it is full. */
const words = new UnitTable();

/** A shorter one is counted at once. */
const LONG_WORD_CHARACTERS = 4_096;

/** Long words repeat, too, as runs of blanks and lines of dashes, and each takes a millisecond. Characters of them kept. */
const MAXIMUM_LONG_CHARACTERS = 1_000_000;

const longWords = new LRUCache<string, number>({
  maxSize: MAXIMUM_LONG_CHARACTERS,
  maxEntrySize: MAXIMUM_LONG_CHARACTERS / 8,
  sizeCalculation: (_tokens, word) => word.length,
});

const codeUnits = new CodeUnits();

/** The pattern at one place. */
const PATTERN = new RegExp(O200K_TOKEN_SPLIT_REGEX.source, 'uy');

/**
 * The number of o200k tokens of `text`, with the pattern and ranks of gpt-tokenizer and equal to its count, but for a byte
 * order mark alone: one token, which the library's own table loses. Words repeat, so their counts are kept. Never quadratic,
 * whatever is in `text`; the names of special tokens are characters like any other, as they must be in a text.
 */
export function countTokens(text: string): number {
  const { tokens, long } = countShortWords(text);
  return long.reduce((sum, word) => sum + countLong(word), tokens);
}

/** The same, a few milliseconds at a time, however long a word is. */
export function* countTokensInSteps(text: string): Generator<undefined, number> {
  const { tokens, long } = countShortWords(text);
  let sum = tokens;
  for (const word of long) sum += yield* countMergedInSteps(word);
  return sum;
}

/** Tokens of all words but the long ones, and those. */
function countShortWords(text: string): { readonly tokens: number; readonly long: readonly string[] } {
  const { length } = text;
  const units = codeUnits.of(text);
  const long: string[] = [];
  let tokens = 0;
  for (let at = 0; at < length; ) {
    const end = endOfWord(units, at, length) || endByPattern(text, at);
    if (end - at <= MAXIMUM_KNOWN_CHARACTERS) {
      const known = words.get(units, at, end);
      tokens += known > 0 ? known : countNew(text, units, at, end);
    } else if (end - at <= LONG_WORD_CHARACTERS) tokens += countLong(text.slice(at, end));
    else long.push(text.slice(at, end));
    at = end;
  }
  return { tokens, long };
}

function endByPattern(text: string, start: number): number {
  PATTERN.lastIndex = start;
  PATTERN.test(text);
  return PATTERN.lastIndex;
}

function countNew(text: string, units: Uint16Array, from: number, to: number): number {
  const tokens = countMerged(text.slice(from, to));
  if (words.size === MAXIMUM_WORDS || words.length > MAXIMUM_CHARACTERS) words.clear();
  words.add(units, from, to, tokens);
  return tokens;
}

function countLong(word: string): number {
  const known = longWords.get(word);
  if (known !== undefined) return known;
  const tokens = countMerged(word);
  // A word is a view into the whole text; a copy lets the text go.
  longWords.set(Buffer.from(word, 'utf16le').toString('utf16le'), tokens);
  return tokens;
}
