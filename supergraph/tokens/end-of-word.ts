/** What the o200k pattern takes a UTF-16 code unit for. */
const SIGN = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const BREAK = 4;
const BLANK = 5;
/** Beyond ASCII: Unicode says what it is. */
const FOREIGN = 6;
/** Behind the last. */
const END = 7;

const SPACE = 0x20;
const SLASH = 0x2f;
const APOSTROPHE = 0x27;
const TO_LOWER = 0x20;

const KINDS = new Uint8Array(65_536).fill(FOREIGN, 0x80);
for (const [characters, kind] of [
  ['abcdefghijklmnopqrstuvwxyz', LOWER],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER],
  ['0123456789', DIGIT],
  ['\r\n', BREAK],
  [' \t\v\f', BLANK],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

const MOST_DIGITS = 3;

/**
 * Where the word that begins at `start` ends, as the o200k pattern cuts a text; 0 where a character beyond ASCII has a say in
 * it, so that the pattern itself has to be asked. By hand, since the pattern makes a string of every word: a third of the time.
 *
 * @param units the text's `length` UTF-16 code units, and any others behind them
 * @param start 0..length-1, where a word ends or the text begins
 */
export function endOfWord(units: Uint16Array, start: number, length: number): number {
  const first = kindAt(units, start, length);
  if (first === LOWER || first === UPPER) return endOfLetters(units, start, length);
  if (first === DIGIT) return endOfDigits(units, start, length);
  if (first === FOREIGN) return 0;
  const second = kindAt(units, start + 1, length);
  if (first !== BREAK) {
    // Letters take one sign or blank before them along.
    if (second === LOWER || second === UPPER) return endOfLetters(units, start + 1, length);
    if (second === FOREIGN) return 0;
    if (first === SIGN) return endOfSigns(units, start, length);
    if (second === SIGN && units[start] === SPACE) return endOfSigns(units, start + 1, length);
  }
  return endOfBlanks(units, start, length);
}

function kindAt(units: Uint16Array, at: number, length: number): number {
  return at < length ? (KINDS[units[at] as number] as number) : END;
}

/** Capitals, then small letters, then what an apostrophe may join to them. */
function endOfLetters(units: Uint16Array, start: number, length: number): number {
  let at = start;
  while (kindAt(units, at, length) === UPPER) at++;
  while (kindAt(units, at, length) === LOWER) at++;
  if (kindAt(units, at, length) === FOREIGN) return 0;
  return at + contraction(units, at, length);
}

const [S, D, M, T, L, V, R, E] = [0x73, 0x64, 0x6d, 0x74, 0x6c, 0x76, 0x72, 0x65];

/** How long what stands at `at` of 's, 'd, 'm, 't, 'll, 've and 're is. */
function contraction(units: Uint16Array, at: number, length: number): number {
  if (at + 1 >= length || units[at] !== APOSTROPHE) return 0;
  const letter = (units[at + 1] as number) | TO_LOWER;
  if (letter === S || letter === D || letter === M || letter === T) return 2;
  if (at + 2 >= length) return 0;
  const next = (units[at + 2] as number) | TO_LOWER;
  return (letter === L && next === L) || ((letter === V || letter === R) && next === E) ? 3 : 0;
}

function endOfDigits(units: Uint16Array, start: number, length: number): number {
  let at = start + 1;
  while (at < start + MOST_DIGITS && kindAt(units, at, length) === DIGIT) at++;
  return at < start + MOST_DIGITS && kindAt(units, at, length) === FOREIGN ? 0 : at;
}

/** Signs, then ends of lines and slashes. */
function endOfSigns(units: Uint16Array, start: number, length: number): number {
  let at = start;
  while (kindAt(units, at, length) === SIGN) at++;
  if (kindAt(units, at, length) === FOREIGN) return 0;
  while (kindAt(units, at, length) === BREAK || (at < length && units[at] === SLASH)) at++;
  return at;
}

/** Through the last end of a line; where there is none, all blanks but the one that goes with the next word. */
function endOfBlanks(units: Uint16Array, start: number, length: number): number {
  let at = start;
  let behindBreak = 0;
  let kind = kindAt(units, at, length);
  while (kind === BLANK || kind === BREAK) {
    at++;
    if (kind === BREAK) behindBreak = at;
    kind = kindAt(units, at, length);
  }
  if (kind === FOREIGN) return 0;
  if (behindBreak > 0) return behindBreak;
  return kind === END || at === start + 1 ? at : at - 1;
}
