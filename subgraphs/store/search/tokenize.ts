import { TermScanner } from '@supercontext/text/scan-terms.ts';
import { TEXT_VERSION } from '@supercontext/text/version.ts';

/** Of the hash below and of how a segment is laid out. */
const LAYOUT_VERSION = 3;

/** What segments are made with: those of another version are made again from their fragments. */
export const INDEX_VERSION = LAYOUT_VERSION * 1_000 + TEXT_VERSION;

/**
 * The terms of a text, as 52-bit hashes in whole floats, in order and with repetitions. No strings are made and none are kept:
 * two of a million terms share a hash with probability 1e-4, and then one query ranks a little off.
 *
 *   fs.readFileSync(max_tokens)  ->  fs  read  file  sync  readfilesync  fs.readfilesync  max  token  maxtoken
 */
export class Tokenizer extends TermScanner {
  /** Hashes of the last text, `count` of them; overwritten by the next. */
  terms: Float64Array = new Float64Array(1_024);
  count = 0;

  /** Fills `terms`, `count` and `words` with what `texts` hold together. Linear in their length. */
  read(...texts: readonly string[]): void {
    this.count = 0;
    this.words = 0;
    for (const text of texts) this.scan(text);
  }

  /** Adds to the terms of the last text the marks of those of `name`, its source's. */
  markSource(name: string): void {
    const { count, words } = this;
    this.scan(name);
    const marks = this.terms.slice(count, this.count).map(sourceMark);
    this.count = count;
    this.words = words;
    for (const mark of new Set(marks)) this.mark(mark);
  }

  /** Adds a term that no text has to those of the last text. */
  mark(term: number): void {
    if (this.count === this.terms.length) {
      const larger = new Float64Array(this.terms.length * 2);
      larger.set(this.terms);
      this.terms = larger;
    }
    this.terms[this.count++] = term;
  }

  protected override take(from: number, to: number): void {
    this.mark(hash(this.units, from, to));
  }
}

/** Marks a document as one that tells how things are to be done from now on. No word of a text has this hash. */
export const INSTRUCTION = 1;

const TWO_TO_32 = 4_294_967_296;

/** What a document is marked with whose source has `term` in its name; a term as good as any other, and no word's. */
export function sourceMark(term: number): number {
  const high = Math.floor(term / TWO_TO_32) ^ 0x5bd1e;
  return high * TWO_TO_32 + ((term ^ 0x27d4eb2f) >>> 0) || 1;
}

/** 52 bits of `units[from..to)`, never 0, which marks an empty place in tables, and hardly ever 1. Two unlike multiplicative hashes, mixed at the end. */
function hash(units: Uint16Array, from: number, to: number): number {
  let one = 0x811c9dc5;
  let two = 0x9747b28c;
  for (let at = from; at < to; at++) {
    const unit = units[at] as number;
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(((two << 5) | (two >>> 27)) ^ unit, 0x9e3779b1);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b);
  one ^= one >>> 13;
  two = Math.imul(two ^ (two >>> 15), 0xc2b2ae35);
  two ^= two >>> 16;
  return (two & 0xfffff) * TWO_TO_32 + (one >>> 0) || 1;
}
