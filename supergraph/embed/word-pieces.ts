import { ContractError } from '@supercontext/contract';
import { basicWords } from './basic-words.ts';

/** A longer word is unknown as a whole. */
const MOST_CHARACTERS = 100;
/** Words whose pieces are remembered; then all are forgotten, as the frequent ones are back at once. */
const MOST_REMEMBERED = 50_000;
const CONTINUED = '##';

/** Ids of the pieces that a model wants by name. */
export interface MarkIds {
  readonly unknown: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Cuts a text into the word pieces of a vocabulary: of each word the longest piece that begins it, then of the rest. What a text
 * says of special tokens are characters like any other.
 */
export class WordPieces {
  readonly marks: MarkIds;
  readonly size: number;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #longest: number;
  readonly #remembered = new Map<string, readonly number[]>();

  /** @param vocabulary One piece a line; its line is its id. @throws ContractError MODEL_INVALID when it lacks a mark */
  constructor(vocabulary: string) {
    const pieces = vocabulary.split('\n').map((line) => line.replace(/\r$/, ''));
    if (pieces.at(-1) === '') pieces.pop();
    this.size = pieces.length;
    this.#ids = new Map(pieces.map((piece, id) => [piece, id]));
    this.#longest = pieces.reduce((longest, piece) => Math.max(longest, piece.length), 0);
    this.marks = {
      unknown: this.#mark('[UNK]'),
      first: this.#mark('[CLS]'),
      last: this.#mark('[SEP]'),
    };
  }

  /** Ids in order, without marks. Linear in the text. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const word of basicWords(text)) {
      for (const id of this.#piecesOf(word)) ids.push(id);
    }
    return ids;
  }

  #piecesOf(word: string): readonly number[] {
    const known = this.#remembered.get(word);
    if (known !== undefined) return known;
    const pieces = this.#cut(word);
    if (word.length > MOST_CHARACTERS) return pieces;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(word, pieces);
    return pieces;
  }

  #cut(word: string): readonly number[] {
    const unknown = [this.marks.unknown];
    if (word.length > MOST_CHARACTERS && [...word].length > MOST_CHARACTERS) return unknown;
    const pieces: number[] = [];
    for (let from = 0; from < word.length; ) {
      const prefix = from === 0 ? '' : CONTINUED;
      let to = Math.min(word.length, from + this.#longest);
      let id = this.#ids.get(prefix + word.slice(from, to));
      while (id === undefined && --to > from) id = this.#ids.get(prefix + word.slice(from, to));
      if (id === undefined) return unknown;
      pieces.push(id);
      from = to;
    }
    return pieces;
  }

  #mark(piece: string): number {
    const id = this.#ids.get(piece);
    if (id === undefined) throw new ContractError('MODEL_INVALID', `the vocabulary has no ${piece}`);
    return id;
  }
}
