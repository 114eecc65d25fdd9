import { BYTE_CHARACTERS } from './byte-alphabet.ts';
import { type Merge, mergeWord } from './merge-word.ts';
import { modelInvalid } from './model-invalid.ts';
import { preTokenize } from './pre-tokenize.ts';
import type { MergedVocabulary } from './vocabulary.ts';

const CACHED_WORDS = 1 << 16;
const CACHED_WORD_CHARACTERS = 64;
const PAIR_BASE = 2 ** 26;

/** Byte-level BPE: text falls into words, the bytes of each are merged in the order of the vocabulary's merges. */
export class WordEncoder {
  readonly #vocabulary: MergedVocabulary;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #byteTokens: Int32Array;
  readonly #merges: ReadonlyMap<number, Merge>;
  readonly #words = new Map<string, readonly number[]>();

  /** Throws `MODEL_INVALID` when a merge names no token of the vocabulary. */
  constructor(vocabulary: MergedVocabulary, tokens: readonly string[]) {
    this.#vocabulary = vocabulary;
    const ids = new Map<string, number>();
    tokens.forEach((token, id) => {
      if (!ids.has(token)) ids.set(token, id);
    });
    this.#ids = ids;
    // A byte the vocabulary never saw has no token; it is left out of the text, as llama.cpp does.
    this.#byteTokens = Int32Array.from(BYTE_CHARACTERS, (character) => ids.get(character) ?? -1);
    this.#merges = mergeTable(vocabulary.merges, ids);
  }

  encode(text: string): number[] {
    const ids: number[] = [];
    for (const word of preTokenize(text, this.#vocabulary.preTokenizer)) {
      for (const id of this.#encodeWord(word)) ids.push(id);
    }
    return ids;
  }

  #encodeWord(word: string): readonly number[] {
    const cached = this.#words.get(word);
    if (cached !== undefined) return cached;
    const bytes = Buffer.from(word, 'utf8');
    const merged = this.#wholeWord(bytes) ?? this.#merge(bytes);
    if (word.length <= CACHED_WORD_CHARACTERS) {
      // Starting over now and then is cheaper than an order of use on every word.
      if (this.#words.size >= CACHED_WORDS) this.#words.clear();
      this.#words.set(word, merged);
    }
    return merged;
  }

  #wholeWord(bytes: Buffer): readonly number[] | undefined {
    if (!this.#vocabulary.takesWholeWords) return undefined;
    let written = '';
    for (const byte of bytes) written += BYTE_CHARACTERS[byte] ?? '';
    const id = this.#ids.get(written);
    return id === undefined ? undefined : [id];
  }

  #merge(bytes: Buffer): readonly number[] {
    const symbols: number[] = [];
    for (const byte of bytes) {
      const id = this.#byteTokens[byte] ?? -1;
      if (id >= 0) symbols.push(id);
    }
    return mergeWord(symbols, (left, right) => this.#merges.get(left * PAIR_BASE + right));
  }
}

function mergeTable(merges: readonly string[], ids: ReadonlyMap<string, number>): ReadonlyMap<number, Merge> {
  const table = new Map<number, Merge>();
  merges.forEach((merge, rank) => {
    const blank = merge.indexOf(' ', 1);
    const left = ids.get(merge.slice(0, blank));
    const right = ids.get(merge.slice(blank + 1));
    const token = ids.get(merge.slice(0, blank) + merge.slice(blank + 1));
    if (blank < 0 || left === undefined || right === undefined || token === undefined) {
      throw modelInvalid(`merge ${rank} joins what is no token`, { merge: rank });
    }
    const key = left * PAIR_BASE + right;
    if (!table.has(key)) table.set(key, { rank, token });
  });
  return table;
}
