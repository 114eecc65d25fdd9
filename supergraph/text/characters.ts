/** What a UTF-16 code unit is to whoever reads words. */
export const SEPARATOR = 0;
export const LETTER = 1;
export const UPPER = 2;
export const DIGIT = 3;
/** Joins the parts of one identifier: max_tokens. */
export const UNDERSCORE = 4;
/** Joins identifiers of one path: fs.readFile. */
export const DOT = 5;
/** Written without blanks between words, or with endings glued on, and often a word by itself: every one and every pair of them is a term. */
export const IDEOGRAPH = 6;
/** Written without blanks between words, and no word by itself: every pair of them is a term. */
export const SYLLABLE = 7;
/** Stands inside words and carries no meaning of its own: accents, vowel points, soft hyphen, joiners. */
export const MARK = 8;
export const APOSTROPHE = 9;
/** Half of a character beyond the first 65 536: the code point says what it is. */
export const SURROGATE = 10;

export interface CharacterTable {
  /** Code unit -> one of the kinds above. */
  readonly kinds: Uint8Array;
  /** Code unit -> the code unit it is compared as: lower case, without diacritics. */
  readonly folded: Uint16Array;
  /** Code unit -> 1 where a text that has it is normalized before it is read. */
  readonly isCompatible: Uint8Array;
}

/** Letters that are compared as two, or as one that Unicode does not derive them from. */
export const EXPANSIONS: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ħ', 'h'],
  ['ŧ', 't'],
  ['ı', 'i'],
  ['ς', 'σ'],
]);

const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]/u;
const SYLLABLES =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}\p{Script=Tai_Le}]/u;
/** Scripts in which a mark is an accent or a point that writers leave out; in others it is a vowel. */
const POINTED =
  /[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/u;

/** Soft hyphen, joiners and variation selectors. */
const IGNORED = /[\p{Default_Ignorable_Code_Point}]/u;

let table: CharacterTable | null = null;

/** The one table of the process, made at first use (some 20 ms). */
export function characterTable(): CharacterTable {
  table ??= makeTable();
  return table;
}

function makeTable(): CharacterTable {
  const all = allCharacters();
  const kinds = new Uint8Array(65_536);
  // The later ones win.
  fill(kinds, all, LETTERS, LETTER);
  fill(kinds, all, /\p{Lu}+/gu, UPPER);
  fill(kinds, all, /\p{N}+/gu, DIGIT);
  fill(kinds, all, new RegExp(`(?:(?=[\\p{L}\\p{M}\\p{N}])${IDEOGRAPHS.source})+`, 'gu'), IDEOGRAPH);
  fill(kinds, all, new RegExp(`(?:(?![^\\p{L}\\p{M}])${SYLLABLES.source})+`, 'gu'), SYLLABLE);
  fill(kinds, all, new RegExp(`(?:(?=\\p{M})${POINTED.source})+`, 'gu'), MARK);
  fill(kinds, all, new RegExp(`${IGNORED.source}+`, 'gu'), MARK);
  for (const [character, kind] of [
    ['_', UNDERSCORE],
    ['.', DOT],
    ["'", APOSTROPHE],
    ['\u2019', APOSTROPHE],
  ] as const) {
    kinds[character.charCodeAt(0)] = kind;
  }
  kinds.fill(SURROGATE, 0xd800, 0xe000);
  const folded = Uint16Array.from({ length: 65_536 }, (_, unit) => unit);
  const isCompatible = new Uint8Array(65_536);
  isCompatible.fill(1, 0xd800, 0xe000);
  for (const { index: unit, 0: character } of all.matchAll(CHANGING)) {
    folded[unit] = fold(unit, character);
    isCompatible[unit] = needsNormalizing(unit, character) ? 1 : 0;
  }
  return { kinds, folded, isCompatible };
}

const LETTERS = /[\p{L}\p{M}]+/gu;

/** What may have another case, another form, or a mark: the rest is compared as it is. */
const CHANGING =
  /\p{M}|[\p{Changes_When_NFKC_Casefolded}\p{Changes_When_Casemapped}\p{Ll}\p{Lu}\p{Lt}\p{Lm}\u1100-\u11ff\u0622-\u0626\u06c0-\u06d3]/gu;

/** Every character of one code unit at its own index. */
function allCharacters(): string {
  const units = Uint16Array.from({ length: 65_536 }, (_, unit) => (unit >= 0xd800 && unit < 0xe000 ? 32 : unit));
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(units);
}

function fill(kinds: Uint8Array, all: string, characters: RegExp, kind: number): void {
  for (const { index, 0: run } of all.matchAll(characters)) kinds.fill(kind, index, index + run.length);
}

/** Blanks and line ends, as a text may be cut behind; the narrow one that groups digits is none. */
export function isBlank(unit: number): boolean {
  if (unit <= 32) return unit === 32 || (unit >= 9 && unit <= 13);
  return unit >= 0xa0 && (unit === 0xa0 || (unit >= 0x2000 && unit <= 0x200a) || unit === 0x3000);
}

const FIRST_MARK = 0x300;
/** Accents, vowels and tones; Thai and Lao am are letters, and drawn with the one before all the same. */
const DRAWN_WITH_BEFORE = /^[\p{M}\u0e33\u0eb3]/u;

/** Whether what begins at `at` is drawn with the character before it, whatever that is: the vowels of many scripts are. */
export function isDrawnWithBefore(text: string, at: number): boolean {
  const code = text.codePointAt(at) ?? 0;
  if (code < 0x10000 && characterTable().kinds[code] === MARK) return true;
  return code >= FIRST_MARK && DRAWN_WITH_BEFORE.test(String.fromCodePoint(code));
}

/** Of a whole character, also of one beyond the first 65 536. */
export function kindOfCharacter(character: string): number {
  if (IGNORED.test(character)) return MARK;
  if (/\p{M}/u.test(character) && POINTED.test(character)) return MARK;
  if (!/[\p{L}\p{M}\p{N}]/u.test(character)) return SEPARATOR;
  if (SYLLABLES.test(character) && !/\p{N}/u.test(character)) return SYLLABLE;
  if (IDEOGRAPHS.test(character)) return IDEOGRAPH;
  if (/\p{Lu}/u.test(character)) return UPPER;
  return /\p{N}/u.test(character) ? DIGIT : LETTER;
}

function fold(unit: number, character: string): number {
  const lower = character.toLowerCase();
  const base = lower.normalize('NFD');
  const bare = base.length > 1 && POINTED.test(base.charAt(0)) ? base.replace(/\p{M}+/gu, '') : lower;
  const compared = EXPANSIONS.get(bare) ?? bare;
  if (compared.length === 1) return compared.charCodeAt(0);
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}

/** Composed marks, ligatures, full width, jamo, and letters that are compared as two. */
function needsNormalizing(unit: number, character: string): boolean {
  if (unit < 0x80) return false;
  if (unit >= 0xd800 && unit <= 0xdfff) return true;
  return /\p{M}/u.test(character) || character.normalize('NFKC') !== character || isExpanded(character) || isJamo(unit);
}

function isExpanded(character: string): boolean {
  const expansion = EXPANSIONS.get(character.toLowerCase()) ?? '';
  return expansion.length > 1 || character.toLowerCase().length > 1;
}

function isJamo(unit: number): boolean {
  return unit >= 0x1100 && unit <= 0x11ff;
}
