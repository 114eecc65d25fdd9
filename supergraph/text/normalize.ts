import { characterTable, EXPANSIONS } from './characters.ts';

const BEYOND_ASCII = /[^\0-\x7f]/;

/** A blank that breaks no line within a number; it would be a blank like others. */
const GROUPED = /(?<=\p{Nd})[\u00a0\u202f](?=\p{Nd}{3}(?!\p{Nd}))/gu;

const EXPANDED = new RegExp(
  `[${[...EXPANSIONS]
    .filter(([, to]) => to.length > 1)
    .map(([from]) => from)
    .join('')}ẞİ]`,
  'giu',
);

/**
 * The text in the one form its characters are read in: composed (NFC), compatible forms as what they mean (full width,
 * ligatures, circled and mathematical letters: NFKC), and letters that are compared as two written as two. The same string
 * where nothing is to be done, which a table finds out; linear.
 */
export function normalize(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  const { isCompatible } = characterTable();
  for (let at = 0; at < text.length; at++) {
    if (isCompatible[text.charCodeAt(at)] === 1) {
      return written(text.replace(GROUPED, "'").normalize('NFKC'));
    }
  }
  return text;
}

function written(text: string): string {
  return text.replace(EXPANDED, (letter) => {
    const lower = letter.toLowerCase().normalize('NFD').charAt(0);
    return EXPANSIONS.get(letter.toLowerCase()) ?? lower;
  });
}
