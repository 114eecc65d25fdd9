import { type Merge, mergeWord } from './merge-word.ts';
import { modelInvalid } from './model-invalid.ts';
import type { ScoredVocabulary } from './vocabulary.ts';

const PAIR_BASE = 2 ** 26;
/** Pairs that were looked at before are known; texts of every script could make as many as they like. */
const CACHED_PAIRS = 1 << 18;

/** What stands for a blank in the vocabularies of SentencePiece. */
export const BLANK = '\u2581';

/**
 * SentencePiece's BPE: the whole text is one word of characters; of two neighbours that together are a token those with the best
 * score are merged first, the leftmost of equal ones. A character that is no token is written as its bytes.
 */
export class PieceEncoder {
  readonly #vocabulary: ScoredVocabulary;
  readonly #tokens: readonly string[];
  readonly #ids = new Map<string, number>();
  readonly #byteTokens: Int32Array;
  readonly #pairs = new Map<number, Merge | null>();

  /** Throws `MODEL_INVALID` when a byte names no token of the vocabulary. */
  constructor(vocabulary: ScoredVocabulary, tokens: readonly string[]) {
    this.#vocabulary = vocabulary;
    this.#tokens = tokens;
    tokens.forEach((token, id) => {
      if (!this.#ids.has(token)) this.#ids.set(token, id);
    });
    this.#byteTokens = Int32Array.from({ length: 256 }, (_, byte) => {
      const id = this.#ids.get(byteToken(byte));
      if (id === undefined) throw modelInvalid(`it has no token ${byteToken(byte)}`);
      return id;
    });
  }

  encode(text: string): number[] {
    if (text === '') return [];
    const written = (this.#vocabulary.addsBlank ? ` ${text}` : text).replaceAll(' ', BLANK);
    // Characters that are no token have numbers of their own beyond the vocabulary: with a neighbour they may be part of one.
    const strange: string[] = [];
    const numbers = new Map<string, number>();
    const symbols = Array.from(written, (character) => {
      const known = this.#ids.get(character) ?? numbers.get(character);
      if (known !== undefined) return known;
      const number = this.#tokens.length + strange.length;
      strange.push(character);
      numbers.set(character, number);
      return number;
    });
    const textOf = (symbol: number): string => this.#tokens[symbol] ?? strange[symbol - this.#tokens.length] ?? '';
    const merged = mergeWord(symbols, (left, right) => this.#find(left, right, textOf));
    return merged.flatMap((symbol) => (symbol < this.#tokens.length ? symbol : this.#bytesOf(textOf(symbol))));
  }

  #find(left: number, right: number, textOf: (symbol: number) => string): Merge | undefined {
    if (left >= this.#tokens.length || right >= this.#tokens.length) return this.#merge(textOf(left) + textOf(right));
    const key = left * PAIR_BASE + right;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known ?? undefined;
    const merge = this.#merge(textOf(left) + textOf(right));
    if (this.#pairs.size >= CACHED_PAIRS) this.#pairs.clear();
    this.#pairs.set(key, merge ?? null);
    return merge;
  }

  #merge(text: string): Merge | undefined {
    const token = this.#ids.get(text);
    return token === undefined ? undefined : { rank: -(this.#vocabulary.scores[token] ?? 0), token };
  }

  #bytesOf(character: string): number[] {
    return Array.from(Buffer.from(character, 'utf8'), (byte) => this.#byteTokens[byte] ?? 0);
  }
}

/** As SentencePiece writes a byte that is part of no token. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
