import {
  APOSTROPHE,
  characterTable,
  DIGIT,
  DOT,
  IDEOGRAPH,
  kindOfCharacter,
  LETTER,
  MARK,
  SEPARATOR,
  SURROGATE,
  SYLLABLE,
  UNDERSCORE,
  UPPER,
} from './characters.ts';
import { normalize } from './normalize.ts';
import { stem } from './stem.ts';

/** A run of letters longer than this is cut: no word is, base64 and minified code are. */
const MAXIMUM_UNITS = 64;
/** Identifiers that one whole joins: four of an address, a version or a path. */
const MAXIMUM_COMPONENTS = 5;
const FULL_STOP = 46;
const HYPHEN = 45;
const PLUS = 43;
const HASH_SIGN = 35;
const COMMA = 44;
/** Of what an apostrophe joins: aujourd'hui has the longest beginning, and a name the shortest that is one. */
const LONGEST_ELISION = 7;
const SHORTEST_ELIDED = 3;
const SHORTEST_NAME = 4;
const SHORTEST_SUFFIX = 2;

const APOSTROPHE_SIGN = 39;
const NO_BREAK = 0xa0;
const NARROW_NO_BREAK = 0x202f;
/** C++, C#, F#. */
const MAXIMUM_SIGNS = 2;

/**
 * Reads the terms of a text; README.md says what one is. Linear, and no strings are made: what is found lies in `units`, and
 * whoever extends this takes it from there before the next is read.
 */
export abstract class TermScanner {
  /** Words of the texts read since `words` was set to 0: what their length is measured in. Wholes of compounds do not count again. */
  words = 0;
  protected readonly units: Uint16Array = new Uint16Array(MAXIMUM_UNITS + MAXIMUM_SIGNS + 2);
  readonly #kinds = characterTable().kinds;
  readonly #folded = characterTable().folded;

  /** One term: `units[from..to)`, folded and stemmed. */
  protected abstract take(from: number, to: number): void;

  protected scan(given: string): void {
    const text = normalize(given);
    const kinds = this.#kinds;
    const { length } = text;
    for (let at = 0; at < length; ) {
      const kind = kinds[text.charCodeAt(at)] as number;
      if (kind >= LETTER && kind <= DIGIT) at = this.#readCompound(text, at);
      else if (kind === IDEOGRAPH || kind === SYLLABLE || kind === SURROGATE) at = this.#readRun(text, at);
      else at++;
    }
  }

  /** Reads characters of a script without blanks from `start`; returns where they end. */
  #readRun(text: string, start: number): number {
    const { units } = this;
    let at = start;
    let before = 0; // units of the character before, which lie at the front
    let taken = 0;
    let isSyllable = false;
    while (at < text.length) {
      const code = text.codePointAt(at) as number;
      const size = code > 0xffff ? 2 : 1;
      const kind = size === 1 ? (this.#kinds[code] as number) : kindOfCharacter(String.fromCodePoint(code));
      if (kind === MARK) {
        at += size;
        continue;
      }
      // Letters beyond the first 65 536 that have no lower kind are read as these are: one by one and in pairs.
      const isIdeograph = kind === IDEOGRAPH || (size === 2 && kind >= LETTER && kind <= DIGIT);
      if (!isIdeograph && kind !== SYLLABLE) break;
      for (let unit = 0; unit < size; unit++) units[before + unit] = text.charCodeAt(at + unit);
      isSyllable = kind === SYLLABLE;
      if (isIdeograph) this.take(before, before + size);
      if (before > 0) this.take(0, before + size);
      this.words++;
      taken++;
      units.copyWithin(0, before, before + size);
      before = size;
      at += size;
    }
    if (taken === 1 && isSyllable) this.take(0, before);
    if (taken > 0) return at;
    return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }

  /** Reads identifiers joined by dots and hyphens from `start`; returns where they end. */
  #readCompound(text: string, start: number): number {
    const kinds = this.#kinds;
    const folded = this.#folded;
    const { units } = this;
    let at = start;
    let end = 0; // of what is in `units`
    let partStart = 0;
    let identifierStart = 0;
    let parts = 0; // of the identifier, before the open one
    let components = 1;
    let digits = 0;
    let apostrophe = -1; // of the identifier, the first

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
          this.#takePart(partStart, cut);
          partStart = cut;
          parts++;
        }
        units[end++] = folded[unit] as number;
        if (kind === DIGIT) digits++;
        beforeLast = last;
        last = kind;
        continue;
      }
      if (kind === MARK) continue;
      const next = at + 1 < text.length ? (kinds[text.charCodeAt(at + 1)] as number) : SEPARATOR;
      if (kind === UNDERSCORE) {
        if (end > partStart) {
          this.#takePart(partStart, end);
          partStart = end;
          parts++;
        }
        beforeLast = SEPARATOR;
        last = SEPARATOR;
        continue;
      }
      if (next < LETTER || next > DIGIT) break;
      if (kind === APOSTROPHE && last !== DIGIT) {
        if (apostrophe === -1) apostrophe = end;
        continue;
      }
      // A hyphen joins codes and dates, which have digits; words that it joins are words of their own.
      const joins = kind === DOT || (unit === HYPHEN && (digits > 0 || next === DIGIT));
      if (!joins || components === MAXIMUM_COMPONENTS) break;
      this.#closeIdentifier(identifierStart, partStart, end, parts);

      units[end++] = unit === HYPHEN ? HYPHEN : FULL_STOP;
      components++;
      identifierStart = end;
      partStart = end;
      parts = 0;
      apostrophe = -1;
      beforeLast = SEPARATOR;
      last = SEPARATOR;
    }
    if (digits === end && end <= 3 && isGroup(text, at, this.#kinds)) return this.#readGroups(text, at, end);
    this.#closeIdentifier(identifierStart, partStart, end, parts);
    if (apostrophe !== -1) this.#takeAround(identifierStart, apostrophe, end);
    if (components > 1) this.#takeWhole(end);
    else if (digits === 0) this.#readSigns(text, at, end);
    return at;
  }

  /**
   * A word is found without what an apostrophe joins to it: l'église, dell'unione, Ankara'daki. What it leaves of English, can't and
   * company's, is no word.
   */
  #takeAround(start: number, apostrophe: number, end: number): void {
    const [before, behind] = [apostrophe - start, end - apostrophe];
    if (before <= LONGEST_ELISION && behind >= SHORTEST_ELIDED) this.#takeStemmed(apostrophe, end);
    if (before >= SHORTEST_NAME && behind >= SHORTEST_SUFFIX) this.#takeStemmed(start, apostrophe);
  }

  /** A version with its letter, v5.4.1, is found without it, too. */
  #takeWhole(end: number): void {
    this.take(0, end);
    const { units } = this;
    if (isDigit(units[0] as number) || !isDigit(units[1] as number)) return;
    this.take(1, end);
    let first = 2;
    while (isDigit(units[first] as number)) first++;
    this.take(1, first);
  }

  /** A number written in groups of three, 1,234,567, is the number without them. Returns where it ends. */
  #readGroups(text: string, start: number, digits: number): number {
    const { units } = this;
    let at = start;
    let end = digits;
    for (; end + 3 <= MAXIMUM_UNITS && isGroup(text, at, this.#kinds); at += 4) {
      for (let digit = 1; digit <= 3; digit++) units[end++] = text.charCodeAt(at + digit);
    }
    this.#takePart(0, end);
    return at;
  }

  /** What a word is told apart by from the same one without: C++, C#. */
  #readSigns(text: string, start: number, end: number): void {
    const { units } = this;
    let signs = 0;
    for (; signs < MAXIMUM_SIGNS; signs++) {
      const unit = text.charCodeAt(start + signs);
      if (unit !== PLUS && unit !== HASH_SIGN) break;
      units[end + signs] = unit;
    }
    if (signs === 0 || end > 3) return;
    const next = this.#kinds[text.charCodeAt(start + signs)] ?? SEPARATOR;
    if (next !== LETTER && next !== UPPER) this.take(0, end + signs);
  }

  #closeIdentifier(start: number, partStart: number, end: number, parts: number): void {
    if (end > partStart) this.#takePart(partStart, end);
    if (parts > 1 || (parts === 1 && end > partStart)) this.#takeStemmed(start, end);
  }

  #takePart(from: number, to: number): void {
    this.words++;
    this.#takeStemmed(from, to);
  }

  #takeStemmed(from: number, to: number): void {
    const { units } = this;
    // The stemmer may turn the i of -ies and -ied into y, in place; the whole that this part belongs to needs the i.
    const third = to - from < 3 ? 0 : (units[to - 3] as number);
    this.take(from, stem(units, from, to));
    if (third !== 0) units[to - 3] = third;
  }
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** What stands between groups of digits: a comma, an apostrophe or a blank that breaks no line. */
function isGroupSeparator(unit: number): boolean {
  return unit === COMMA || unit === NO_BREAK || unit === NARROW_NO_BREAK || unit === APOSTROPHE_SIGN || unit === 0x2019;
}

/** Whether a separator, three digits, and no fourth, stand at `at`. */
function isGroup(text: string, at: number, kinds: Uint8Array): boolean {
  if (at + 4 > text.length || !isGroupSeparator(text.charCodeAt(at))) return false;
  for (let digit = 1; digit <= 3; digit++) if (!isDigit(text.charCodeAt(at + digit))) return false;
  const after = kinds[text.charCodeAt(at + 4)] ?? SEPARATOR;
  return after < LETTER || after > DIGIT;
}
