import { PieceEncoder } from './encode-pieces.ts';
import { WordEncoder } from './encode-words.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Text to token ids, by the vocabulary of one model. */
export class Tokenizer {
  readonly #encoder: { encode(text: string): number[] };
  readonly #specialIds = new Map<string, number>();
  readonly #specialPattern: RegExp | undefined;

  /** Throws `MODEL_INVALID` when a merge or a byte names no token of the vocabulary. */
  constructor({ tokens, special, pieces }: Vocabulary) {
    this.#encoder = pieces.kind === 'merged' ? new WordEncoder(pieces, tokens) : new PieceEncoder(pieces, tokens);
    for (const id of special) this.#specialIds.set(tokens[id] ?? '', id);
    this.#specialIds.delete('');
    // Longest first: one special token may begin with another.
    const alternatives = [...this.#specialIds.keys()].sort((a, b) => b.length - a.length).map(escapeForPattern);
    this.#specialPattern = alternatives.length > 0 ? new RegExp(`(${alternatives.join('|')})`, 'u') : undefined;
  }

  /** Ids of plain text. What looks like a special token is ordinary text here, so that no document can speak as a role. */
  encode(text: string): number[] {
    return this.#encoder.encode(text);
  }

  /** The id of a special token written in full; undefined for anything else. */
  specialId(text: string): number | undefined {
    return this.#specialIds.get(text);
  }

  /** Splits trusted text around its special tokens, which become parts of their own. */
  splitSpecial(text: string): readonly string[] {
    return this.#specialPattern === undefined ? [text] : text.split(this.#specialPattern);
  }
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
