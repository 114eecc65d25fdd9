import { isAbbreviation } from './abbreviations.ts';
import {
  characterTable,
  DIGIT,
  IDEOGRAPH,
  isBlank,
  isDrawnWithBefore,
  LETTER,
  SURROGATE,
  SYLLABLE,
  UPPER,
} from './characters.ts';
import { CERTAIN_MARKS, CLOSING, CLOSING_OR_OPENING, SPACED_MARKS } from './sentence-marks.ts';

const SPACED = 1;
const CERTAIN = 2;
const CLOSES = 3;
const MAY_CLOSE = 4;

const DOT = 46;
const QUESTION_MARK = 63;
const SEMICOLON = 59;
const GREEK_QUESTION_MARK = 0x37e;
const FULL_WIDTH_DOT = 0xff0e;

/** How many quotes, brackets and other signs may stand before the first word of a sentence. */
const MAXIMUM_SIGNS = 8;

/** Names of code begin sentences as they are written. */
const BACKTICK = 96;

let roles: Uint8Array | null = null;

/** Code unit -> what it does at the end of a sentence. */
function rolesOnce(): Uint8Array {
  if (roles !== null) return roles;
  roles = new Uint8Array(65_536);
  for (const [characters, role] of [
    [SPACED_MARKS, SPACED],
    [CERTAIN_MARKS, CERTAIN],
    [CLOSING, CLOSES],
    [CLOSING_OR_OPENING, MAY_CLOSE],
  ] as const) {
    for (const character of characters) roles[character.charCodeAt(0)] = role;
  }
  roles[SEMICOLON] = SPACED;
  roles[GREEK_QUESTION_MARK] = SPACED;
  return roles;
}

/**
 * Where the sentence that begins at `from` ends in `text[from, to)`, what closes it included: `to` when it does not end before.
 * In doubt it goes on: abbreviations, initials, versions, numbers of lists, and a dot before lower case end none. Called again
 * with what it returned, it reads every character a bounded number of times.
 */
export function sentenceEnd(text: string, from: number, to: number): number {
  const role = rolesOnce();
  for (let at = from; at < to; ) {
    const kind = role[text.charCodeAt(at)] as number;
    if (kind !== SPACED && kind !== CERTAIN) {
      at++;
      continue;
    }
    const mark = at;
    let isCertain = false;
    for (; at < to; at++) {
      const next = role[text.charCodeAt(at)] as number;
      if (next !== SPACED && next !== CERTAIN) break;
      isCertain ||= next === CERTAIN;
    }
    const marked = at;
    while (at < to && closes(role[text.charCodeAt(at)] as number, isCertain)) at++;
    if (isCertain ? endsCertainly(text, marked, at) : endsBeforeBlank(text, { from, mark, marked, at, to })) return at;
  }
  return to;
}

function closes(role: number, isCertain: boolean): boolean {
  return role === CLOSES || (role === MAY_CLOSE && !isCertain);
}

/** A full width dot in a number is none of a sentence; and an accent belongs to what stands before it. */
function endsCertainly(text: string, marked: number, at: number): boolean {
  if (text.charCodeAt(marked - 1) === FULL_WIDTH_DOT && kindAt(text, marked) === DIGIT) return false;
  return !isDrawnWithBefore(text, at);
}

interface Marks {
  /** Where the sentence begins. */
  readonly from: number;
  /** Of the first mark. */
  readonly mark: number;
  /** Behind the last one. */
  readonly marked: number;
  /** Behind what closes. */
  readonly at: number;
  readonly to: number;
}

function endsBeforeBlank(text: string, { from, mark, marked, at, to }: Marks): boolean {
  const first = text.charCodeAt(mark);
  const last = text.charCodeAt(marked - 1);
  if ((first === SEMICOLON || first === GREEK_QUESTION_MARK) && !isGreek(text.charCodeAt(mark - 1))) return false;
  if (at < to && !isBlank(text.charCodeAt(at))) {
    const asks = last !== DOT && marked === at;
    return asks && kindAt(text, at) === IDEOGRAPH && kindAt(text, mark - 1) === IDEOGRAPH;
  }
  let next = at;
  while (next < to && isBlank(text.charCodeAt(next))) next++;
  if (next === to) return false;
  const isLower = beginsLower(text, next, to);
  if (isLower === null) return false;
  // "Really? it is": whoever writes without capitals marks questions all the same.
  if (isLower) return last === QUESTION_MARK && marked === at && mark > from && !isBlank(text.charCodeAt(mark - 1));
  return first !== DOT || marked > mark + 1 || !isAbbreviation(text, { from, dot: mark, next });
}

/** Whether what follows begins with a small letter; null where it does not show, or is another mark. */
function beginsLower(text: string, next: number, to: number): boolean | null {
  const role = rolesOnce();
  for (let at = next; at < to && at < next + MAXIMUM_SIGNS; at++) {
    const kind = kindAt(text, at);
    if (kind === LETTER) return isSmall(text.charAt(at));
    if (text.charCodeAt(at) === BACKTICK) return false;
    if (kind === UPPER || kind === DIGIT || kind === IDEOGRAPH || kind === SYLLABLE || kind === SURROGATE) return false;
    if (role[text.charCodeAt(at)] === SPACED) return null;
  }
  return null;
}

/** Letters of scripts without cases are not small. */
function isSmall(letter: string): boolean {
  return letter.toLowerCase() !== letter.toUpperCase();
}

function kindAt(text: string, at: number): number {
  return characterTable().kinds[text.charCodeAt(at)] ?? 0;
}

function isGreek(unit: number): boolean {
  return (unit >= 0x370 && unit <= 0x3ff) || (unit >= 0x1f00 && unit <= 0x1fff);
}
