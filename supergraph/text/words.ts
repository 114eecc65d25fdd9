import { characterTable, DIGIT, IDEOGRAPH, LETTER, MARK, SURROGATE, UNDERSCORE } from './characters.ts';

/**
 * The words of a text as they stand there, in order and with repetitions: runs of letters, digits, their marks and
 * underscores. In scripts without blanks a run is one. Linear.
 */
export function wordsOf(text: string): string[] {
  const { kinds } = characterTable();
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && isInWord(kinds[text.charCodeAt(at)] as number)) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      words.push(text.slice(start, at));
      start = -1;
    }
  }
  return words;
}

function isInWord(kind: number): boolean {
  return (
    (kind >= LETTER && kind <= DIGIT) ||
    kind === UNDERSCORE ||
    (kind >= IDEOGRAPH && kind <= MARK) ||
    kind === SURROGATE
  );
}
