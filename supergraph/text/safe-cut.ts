import {
  APOSTROPHE,
  characterTable,
  DIGIT,
  IDEOGRAPH,
  isBlank,
  isDrawnWithBefore,
  kindOfCharacter,
  LETTER,
  MARK,
  SEPARATOR,
  SURROGATE,
  SYLLABLE,
  UNDERSCORE,
} from './characters.ts';

/** How far back from a place a better one is looked for, in UTF-16 units: longer words are rare, and cut. */
const REACH = 1_024;
/** What a segmenter is shown: its time grows with the text. */
const WINDOW = 128;

const words = new Intl.Segmenter('und', { granularity: 'word' });
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** How good a cut is; more is better. */
const INSIDE = 0;
const AFTER_JOINER = 1;
const AFTER_SEPARATOR = 2;
const AFTER_BLANK = 3;

/**
 * A place in (from, at] where `text` may be cut so that no word and no drawn character is parted: behind a blank if one is near,
 * else behind another separator, else behind what joins the parts of an identifier; in a run without any of these, between
 * words as the script has them, and at last between characters.
 * @param begins A place up to `from` at which a character begins
 * @returns `at` when the text ends there or before
 */
export function safeCut(text: string, at: number, from: number, begins: number = from): number {
  if (at >= text.length) return text.length;
  const found = [-1, -1, -1];
  for (let place = at; place > Math.max(from, at - REACH); place--) {
    const kind = cutAt(text, place);
    if (kind === AFTER_BLANK) return place;
    if (kind !== INSIDE && found[kind] === -1) found[kind] = place;
  }
  const best = found[AFTER_SEPARATOR] !== -1 ? found[AFTER_SEPARATOR] : found[AFTER_JOINER];
  if (best !== undefined && best !== -1) return best;
  const word = isWithoutBlanks(text, at) ? lastBoundary(words, text, at, from) : -1;
  return word !== -1 ? word : betweenCharacters(text, at, from, begins);
}

function cutAt(text: string, place: number): number {
  const cut = cutBetween(text, place);
  return cut !== INSIDE && isDrawnWithBefore(text, place) ? INSIDE : cut;
}

function cutBetween(text: string, place: number): number {
  const { kinds } = characterTable();
  const before = text.charCodeAt(place - 1);
  const after = text.charCodeAt(place);
  if (before === 13 && after === 10) return INSIDE;
  if (isBlank(before)) return isBlank(after) ? INSIDE : AFTER_BLANK;
  const kind = kinds[before] as number;
  if (kind === SURROGATE) return isLoneSymbol(text, place) ? AFTER_SEPARATOR : INSIDE;
  if (before === 46 || before === 45 || kind === UNDERSCORE || kind === APOSTROPHE)
    return isWord(after) ? AFTER_JOINER : AFTER_SEPARATOR;
  return isWord(before) ? INSIDE : AFTER_SEPARATOR;
}

/** Of a flag of a region: its letters are drawn with the flag before them. */
function isTag(code: number): boolean {
  return code >= 0xe0020 && code <= 0xe007f;
}

/** Whether an emoji or other sign ends before `place`, and nothing that follows belongs to it. */
function isLoneSymbol(text: string, place: number): boolean {
  const code = text.codePointAt(place - 2) ?? 0;
  if (code < 0x10000 || kindOfCharacter(String.fromCodePoint(code)) !== SEPARATOR) return false;
  const after = text.codePointAt(place) ?? 0;
  return !isFlagHalf(text, place - 2) && (after < 0x1f3fb || after > 0x1f3ff) && !isTag(after);
}

function isWord(unit: number): boolean {
  const kind = characterTable().kinds[unit] as number;
  return (kind >= LETTER && kind <= UNDERSCORE) || (kind >= IDEOGRAPH && kind <= MARK) || kind === SURROGATE;
}

function isWithoutBlanks(text: string, at: number): boolean {
  const { kinds } = characterTable();
  const kind = kinds[text.charCodeAt(at - 1)] as number;
  return kind === IDEOGRAPH || kind === SYLLABLE || (kind === MARK && kinds[text.charCodeAt(at)] !== DIGIT);
}

/** The last place up to `at` at which a segment begins, -1 when the one there begins before the window. */
function lastBoundary(segmenter: Intl.Segmenter, text: string, at: number, from: number): number {
  const start = Math.max(from, at - WINDOW);
  const segment = segmenter.segment(text.slice(start, at + WINDOW)).containing(at - start);
  if (segment === undefined || segment.index === 0) return -1;
  return start + segment.index;
}

function betweenCharacters(text: string, at: number, from: number, begins: number): number {
  if (isFlagHalf(text, wholeCharacter(text, at) - 2)) return betweenFlags(text, at, from, begins);
  const place = lastBoundary(graphemes, text, at, from);
  return place > from ? place : wholeCharacter(text, at);
}

/** Flags are pairs of letters of their own, told apart by counting from where their run begins. */
function betweenFlags(text: string, at: number, from: number, begins: number): number {
  let place = wholeCharacter(text, at);
  let letters = 0;
  for (let before = place - 2; before >= begins && isFlagHalf(text, before); before -= 2) letters++;
  if (letters % 2 === 1 && isFlagHalf(text, place)) place -= 2;
  return place > from ? place : wholeCharacter(text, at);
}

function isFlagHalf(text: string, at: number): boolean {
  const code = text.codePointAt(at) ?? 0;
  return code >= 0x1f1e6 && code <= 0x1f1ff;
}

/** `at`, or one less where it would part a surrogate pair or a CRLF. */
function wholeCharacter(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  if (before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff) return at - 1;
  return before === 13 && after === 10 ? at - 1 : at;
}
