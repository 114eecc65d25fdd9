import { BYTE_CHARACTERS } from './byte-alphabet.ts';
import { type Merge, mergeWord } from './merge-word.ts';
import { modelInvalid } from './model-invalid.ts';
import { preTokenize } from './pre-tokenize.ts';
import type { Vocabulary } from './vocabulary.ts';

const CACHED_WORDS = 1 << 16;
const CACHED_WORD_CHARACTERS = 64;

/** Text to token ids, by the vocabulary of one model. */
export class Tokenizer {
  readonly #vocabulary: Vocabulary;
  readonly #byteTokens: Int32Array;
  readonly #merges: ReadonlyMap<number, Merge>;
  readonly #specialIds = new Map<string, number>();
  readonly #specialPattern: RegExp | undefined;
  readonly #words = new Map<string, readonly number[]>();

  /** Throws `MODEL_INVALID` when a merge or a byte names no token of the vocabulary. */
  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    const ids = new Map<string, number>();
    vocabulary.tokens.forEach((token, id) => {
      if (!ids.has(token)) ids.set(token, id);
    });
    // A byte the vocabulary never saw has no token; it is left out of the text, as llama.cpp does.
    this.#byteTokens = Int32Array.from(BYTE_CHARACTERS, (character) => ids.get(character) ?? -1);
    this.#merges = mergeTable(vocabulary, ids);
    for (const id of vocabulary.special) this.#specialIds.set(vocabulary.tokens[id] ?? '', id);
    this.#specialIds.delete('');
    // Longest first: one special token may begin with another.
    const alternatives = [...this.#specialIds.keys()].sort((a, b) => b.length - a.length).map(escapeForPattern);
    this.#specialPattern = alternatives.length > 0 ? new RegExp(`(${alternatives.join('|')})`, 'u') : undefined;
  }

  /** Ids of plain text. What looks like a special token is ordinary text here, so that no document can speak as a role. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const word of preTokenize(text, this.#vocabulary.preTokenizer)) {
      for (const id of this.#encodeWord(word)) ids.push(id);
    }
    return ids;
  }

  /** The id of a special token written in full; undefined for anything else. */
  specialId(text: string): number | undefined {
    return this.#specialIds.get(text);
  }

  /** Splits trusted text around its special tokens, which become parts of their own. */
  splitSpecial(text: string): readonly string[] {
    return this.#specialPattern === undefined ? [text] : text.split(this.#specialPattern);
  }

  #encodeWord(word: string): readonly number[] {
    const cached = this.#words.get(word);
    if (cached !== undefined) return cached;
    const symbols: number[] = [];
    for (const byte of Buffer.from(word, 'utf8')) {
      const id = this.#byteTokens[byte] ?? -1;
      if (id >= 0) symbols.push(id);
    }
    const merged = mergeWord(symbols, (left, right) => this.#merges.get(pairKey(left, right)));
    if (word.length <= CACHED_WORD_CHARACTERS) {
      // Starting over now and then is cheaper than an order of use on every word.
      if (this.#words.size >= CACHED_WORDS) this.#words.clear();
      this.#words.set(word, merged);
    }
    return merged;
  }
}

const PAIR_BASE = 2 ** 26;

function pairKey(left: number, right: number): number {
  return left * PAIR_BASE + right;
}

function mergeTable(vocabulary: Vocabulary, ids: ReadonlyMap<string, number>): ReadonlyMap<number, Merge> {
  const merges = new Map<number, Merge>();
  vocabulary.merges.forEach((merge, rank) => {
    const blank = merge.indexOf(' ', 1);
    const left = ids.get(merge.slice(0, blank));
    const right = ids.get(merge.slice(blank + 1));
    const token = ids.get(merge.slice(0, blank) + merge.slice(blank + 1));
    if (blank < 0 || left === undefined || right === undefined || token === undefined) {
      throw modelInvalid(`merge ${rank} joins what is no token`, { merge: rank });
    }
    const key = pairKey(left, right);
    if (!merges.has(key)) merges.set(key, { rank, token });
  });
  return merges;
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
