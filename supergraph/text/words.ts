import { characterTable, DIGIT, IDEOGRAPH, LETTER, MARK, SURROGATE, UNDERSCORE } from './characters.ts';

/**
 * Calls `take` with the bounds of each word among the first `length` units, in order: runs of letters, digits, their marks and
 * underscores. In scripts without blanks a run is one. Linear.
 */
export function eachWord(units: Uint16Array, length: number, take: (from: number, to: number) => void): void {
  const { kinds } = characterTable();
  let start = -1;
  for (let at = 0; at < length; at++) {
    if (isInWord(kinds[units[at] as number] as number)) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      take(start, at);
      start = -1;
    }
  }
  if (start >= 0) take(start, length);
}

function isInWord(kind: number): boolean {
  return (
    (kind >= LETTER && kind <= DIGIT) ||
    kind === UNDERSCORE ||
    (kind >= IDEOGRAPH && kind <= MARK) ||
    kind === SURROGATE
  );
}
