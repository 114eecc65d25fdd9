/** What a UTF-16 code unit is to the tokenizer. Surrogates count as letters, so an astral character is never cut. */
export const SEPARATOR = 0;
export const LETTER = 1;
export const UPPER = 2;
export const DIGIT = 3;
/** Joins the parts of one identifier: max_tokens. */
export const UNDERSCORE = 4;
/** Joins identifiers of one path: fs.readFile. */
export const DOT = 5;
/** Written without spaces between words, so every character and every pair of them is a term. */
export const IDEOGRAPH = 6;
/** Stands inside words and carries no meaning of its own: combining marks, soft hyphen, joiners. */
export const MARK = 7;
export const APOSTROPHE = 8;

export interface CharacterTable {
  /** Code unit -> one of the kinds above. */
  readonly kinds: Uint8Array;
  /** Code unit -> the code unit it is compared as: lower case, Latin without diacritics. */
  readonly folded: Uint16Array;
}

let table: CharacterTable | null = null;

/** The one table of the process, made at first use (about 20 ms). */
export function characterTable(): CharacterTable {
  table ??= makeTable();
  return table;
}

function makeTable(): CharacterTable {
  const kinds = new Uint8Array(65_536);
  const folded = new Uint16Array(65_536);
  for (let unit = 0; unit < 65_536; unit++) {
    const character = String.fromCharCode(unit);
    kinds[unit] = kindOf(unit, character);
    folded[unit] = fold(unit, character);
  }
  return { kinds, folded };
}

function kindOf(unit: number, character: string): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return LETTER;
  if (character === '_') return UNDERSCORE;
  if (character === '.') return DOT;
  if (character === "'" || character === '\u2019') return APOSTROPHE;
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) return IDEOGRAPH;
  if (/\p{Lu}/u.test(character)) return UPPER;
  if (/\p{L}/u.test(character)) return LETTER;
  if (/\p{N}/u.test(character)) return DIGIT;
  if (/[\p{M}\u00ad\u200b-\u200d]/u.test(character)) return MARK;
  return SEPARATOR;
}

function fold(unit: number, character: string): number {
  const isLatin = unit < 0x250 || (unit >= 0x1e00 && unit < 0x1f00);
  const base = isLatin ? character.normalize('NFD').charAt(0) : character;
  const lower = base.toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}
