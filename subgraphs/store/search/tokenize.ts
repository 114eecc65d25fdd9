import {
  APOSTROPHE,
  characterTable,
  DIGIT,
  DOT,
  IDEOGRAPH,
  LETTER,
  MARK,
  SEPARATOR,
  UNDERSCORE,
  UPPER,
} from './characters.ts';
import { stem } from './stem.ts';

/**
 * The version of what text becomes in an index: tokenizer, stemmer, hash and layout. Segments of another version are made
 * again from their fragments, so change it with any of them.
 */
export const INDEX_VERSION = 1;

/** A run of letters longer than this is cut: no word is, base64 and minified code are. */
const MAXIMUM_UNITS = 64;
const MAXIMUM_COMPONENTS = 4;
const FULL_STOP = 46;

/**
 * The terms of a text, as 52-bit hashes in whole floats, in order and with repetitions. No strings are made and none are kept:
 * two of a million terms share a hash with probability 1e-4, and then one query ranks a little off.
 *
 *   fs.readFileSync(max_tokens)  ->  fs  read  file  sync  readfilesync  fs.readfilesync  max  token  maxtoken
 */
export class Tokenizer {
  /** Hashes of the last text, `count` of them; overwritten by the next. */
  terms: Float64Array = new Float64Array(1_024);
  count = 0;
  /** Words of the last text: what its length is measured in. Wholes of compounds do not count again. */
  words = 0;
  readonly #units = new Uint16Array(MAXIMUM_UNITS + 2);
  readonly #kinds = characterTable().kinds;
  readonly #folded = characterTable().folded;

  /** Fills `terms`, `count` and `words` with what `texts` hold together. Linear in their length. */
  read(...texts: readonly string[]): void {
    this.count = 0;
    this.words = 0;
    for (const text of texts) this.#readText(text);
  }

  #readText(text: string): void {
    const kinds = this.#kinds;
    const length = text.length;
    let at = 0;
    let ideographAt = -2;
    while (at < length) {
      const unit = text.charCodeAt(at);
      const kind = kinds[unit] as number;
      if (kind >= LETTER && kind <= DIGIT) {
        at = this.#readCompound(text, at);
        continue;
      }
      if (kind === IDEOGRAPH) {
        this.#units[0] = ideographAt === at - 1 ? text.charCodeAt(at - 1) : 0;
        this.#units[1] = unit;
        this.#add(hash(this.#units, 1, 2));
        if (ideographAt === at - 1) this.#add(hash(this.#units, 0, 2));
        this.words++;
        ideographAt = at;
      }
      at++;
    }
  }

  /** Reads identifiers joined by dots from `start`, returns where they end. */
  #readCompound(text: string, start: number): number {
    const kinds = this.#kinds;
    const folded = this.#folded;
    const units = this.#units;
    let at = start;
    let end = 0; // of what is in `units`
    let partStart = 0;
    let identifierStart = 0;
    let parts = 0; // of the identifier, before the open one
    let components = 1;
    let last = SEPARATOR;
    let beforeLast = SEPARATOR;
    for (; at < text.length && end < MAXIMUM_UNITS; at++) {
      const unit = text.charCodeAt(at);
      const kind = kinds[unit] as number;
      if (kind >= LETTER && kind <= DIGIT) {
        let cut = -1;
        if (kind === UPPER && (last === LETTER || last === DIGIT)) cut = end;
        else if (kind === LETTER && last === UPPER && beforeLast === UPPER) cut = end - 1;
        if (cut > partStart) {
          this.#addPart(partStart, cut);
          partStart = cut;
          parts++;
        }
        units[end++] = folded[unit] as number;
        beforeLast = last;
        last = kind;
        continue;
      }
      if (kind === MARK) continue;
      const next = at + 1 < text.length ? (kinds[text.charCodeAt(at + 1)] as number) : SEPARATOR;
      if (kind === UNDERSCORE) {
        if (end > partStart) {
          this.#addPart(partStart, end);
          partStart = end;
          parts++;
        }
        beforeLast = SEPARATOR;
        last = SEPARATOR;
        continue;
      }
      if (next < LETTER || next > DIGIT) break;
      if (kind === APOSTROPHE && last !== DIGIT) continue;
      if (kind !== DOT || components === MAXIMUM_COMPONENTS) break;
      this.#closeIdentifier(identifierStart, partStart, end, parts);
      units[end++] = FULL_STOP;
      components++;
      identifierStart = end;
      partStart = end;
      parts = 0;
      beforeLast = SEPARATOR;
      last = SEPARATOR;
    }
    this.#closeIdentifier(identifierStart, partStart, end, parts);
    if (components > 1) this.#add(hash(units, 0, end));
    return at;
  }

  #closeIdentifier(start: number, partStart: number, end: number, parts: number): void {
    if (end > partStart) this.#addPart(partStart, end);
    if (parts > 1 || (parts === 1 && end > partStart)) this.#addStemmed(start, end);
  }

  #addPart(from: number, to: number): void {
    this.words++;
    this.#addStemmed(from, to);
  }

  #addStemmed(from: number, to: number): void {
    const units = this.#units;
    // The stemmer may turn the i of -ies and -ied into y, in place; the whole that this part belongs to needs the i.
    const third = to - from < 3 ? 0 : (units[to - 3] as number);
    this.#add(hash(units, from, stem(units, from, to)));
    if (third !== 0) units[to - 3] = third;
  }

  #add(term: number): void {
    if (this.count === this.terms.length) {
      const larger = new Float64Array(this.terms.length * 2);
      larger.set(this.terms);
      this.terms = larger;
    }
    this.terms[this.count++] = term;
  }
}

const TWO_TO_32 = 4_294_967_296;

/** 52 bits of `units[from..to)`, never 0, which marks an empty place in tables. Two unlike multiplicative hashes, mixed at the end. */
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
