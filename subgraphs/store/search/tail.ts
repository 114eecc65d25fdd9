import { type IndexPart, MAXIMUM_FREQUENCY, MAXIMUM_WORDS, type Scoring, SPOKEN } from './index-part.ts';
import type { Tokenizer } from './tokenize.ts';

const NONE = -1;

/** Growable columns hold this many rows at first: most sessions are short. */
const FIRST_ROWS = 256;

/**
 * The open end of a session's index: takes one document after another and can be searched at every moment.
 *
 *   slots        hash table, open addressing: term -> number of the term + 1, 0 where empty
 *   terms        number of the term -> its hash, how many documents hold it, its newest posting
 *   postings     document (16 bits: a part holds at most 65 536), frequency, the next older posting of the same term
 *
 * Adding touches only what the document holds, whatever the size of the tail.
 */
export class Tail implements IndexPart {
  documents = 0;
  words = 0;
  termCount = 0;
  postingCount = 0;
  lengths: Uint16Array<ArrayBuffer> = new Uint16Array(64);
  terms: Float64Array<ArrayBuffer> = new Float64Array(FIRST_ROWS);
  frequencies: Uint32Array<ArrayBuffer> = new Uint32Array(FIRST_ROWS);
  newest: Int32Array<ArrayBuffer> = new Int32Array(FIRST_ROWS);
  postingDocuments: Uint16Array<ArrayBuffer> = new Uint16Array(FIRST_ROWS * 2);
  postingFrequencies: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_ROWS * 2);
  older: Int32Array<ArrayBuffer> = new Int32Array(FIRST_ROWS * 2);
  #slots: Int32Array<ArrayBuffer> = new Int32Array(FIRST_ROWS * 2);

  get sizeBytes(): number {
    return (
      this.lengths.byteLength +
      this.terms.byteLength +
      this.frequencies.byteLength +
      this.newest.byteLength +
      this.postingDocuments.byteLength +
      this.postingFrequencies.byteLength +
      this.older.byteLength +
      this.#slots.byteLength
    );
  }

  /** Adds the text that `tokenizer` has just read as the next document. */
  add(tokenizer: Tokenizer, isSpoken = false): void {
    const document = this.documents++;
    const words = Math.min(tokenizer.words, MAXIMUM_WORDS);
    if (document === this.lengths.length) this.lengths = grown(this.lengths, Uint16Array);
    this.lengths[document] = isSpoken ? words | SPOKEN : words;
    this.words += words;
    const { terms, count } = tokenizer;
    for (let at = 0; at < count; at++) this.#count(terms[at] as number, document);
  }

  documentFrequency(term: number): number {
    const number = this.find(term);
    return number === NONE ? 0 : (this.frequencies[number] as number);
  }

  documentsOf(term: number): Uint16Array {
    const number = this.find(term);
    const documents = new Uint16Array(this.documentFrequency(term));
    let at = documents.length;
    let posting = number === NONE ? NONE : (this.newest[number] as number);
    for (; posting !== NONE; posting = this.older[posting] as number) {
      documents[--at] = this.postingDocuments[posting] as number;
    }
    return documents;
  }

  addScores(term: number, { weight, lengthBase, lengthSlope }: Scoring, scores: Float64Array, offset: number): void {
    const number = this.find(term);
    if (number === NONE) return;
    for (let posting = this.newest[number] as number; posting !== NONE; posting = this.older[posting] as number) {
      const document = this.postingDocuments[posting] as number;
      const frequency = this.postingFrequencies[posting] as number;
      const length = lengthBase + lengthSlope * ((this.lengths[document] as number) & MAXIMUM_WORDS);
      scores[offset + document] = (scores[offset + document] as number) + (weight * frequency) / (frequency + length);
    }
  }

  holds(term: number, document: number): boolean {
    const number = this.find(term);
    let posting = number === NONE ? NONE : (this.newest[number] as number);
    while (posting !== NONE && (this.postingDocuments[posting] as number) > document) {
      posting = this.older[posting] as number;
    }
    return posting !== NONE && this.postingDocuments[posting] === document;
  }

  #count(term: number, document: number): void {
    const number = this.#findOrAdd(term);
    const newest = this.newest[number] as number;
    if (newest !== NONE && this.postingDocuments[newest] === document) {
      const frequency = this.postingFrequencies[newest] as number;
      if (frequency < MAXIMUM_FREQUENCY) this.postingFrequencies[newest] = frequency + 1;
      return;
    }
    const posting = this.postingCount++;
    if (posting === this.older.length) {
      this.older = grown(this.older, Int32Array);
      this.postingDocuments = grown(this.postingDocuments, Uint16Array);
      this.postingFrequencies = grown(this.postingFrequencies, Uint8Array);
    }
    this.postingDocuments[posting] = document;
    this.postingFrequencies[posting] = 1;
    this.older[posting] = newest;
    this.newest[number] = posting;
    this.frequencies[number] = (this.frequencies[number] as number) + 1;
  }

  /** The number of a term, -1 when no document holds it. */
  find(term: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = term & mask; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1;
      if (number === NONE || this.terms[number] === term) return number;
    }
  }

  #findOrAdd(term: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = term & mask;
    for (; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1;
      if (number === NONE) break;
      if (this.terms[number] === term) return number;
    }
    const number = this.termCount++;
    if (number === this.terms.length) {
      this.terms = grown(this.terms, Float64Array);
      this.frequencies = grown(this.frequencies, Uint32Array);
      this.newest = grown(this.newest, Int32Array);
    }
    this.terms[number] = term;
    this.frequencies[number] = 0;
    this.newest[number] = NONE;
    slots[slot] = number + 1;
    if (this.termCount * 2 > slots.length) this.#rehash(slots.length * 2);
    return number;
  }

  #rehash(size: number): void {
    const slots = new Int32Array(size);
    const mask = size - 1;
    for (let number = 0; number < this.termCount; number++) {
      let slot = (this.terms[number] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

function grown<T extends Column>(column: T, type: new (length: number) => T): T {
  const larger = new type(column.length * 2);
  larger.set(column);
  return larger;
}
