import fc from 'fast-check';
import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants';
import { expect, it } from 'vitest';
import { endOfWord } from './end-of-word.ts';

/** The words of a text by hand, null from where the pattern has to be asked. */
function byHand(text: string): (string | null)[] {
  const units = Uint16Array.from({ length: text.length + 1 }, (_, at) => text.charCodeAt(at));
  const words: (string | null)[] = [];
  for (let at = 0; at < text.length; ) {
    const end = endOfWord(units, at, text.length);
    words.push(end === 0 ? null : text.slice(at, end));
    if (end === 0) break;
    at = end;
  }
  return words;
}

const byPattern = (text: string): string[] => text.match(O200K_TOKEN_SPLIT_REGEX) ?? [];

const EACH_ASCII = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));
const OF_EACH_KIND = ['a', 's', 'l', 'v', 'e', 'B', 'S', 'L', '7', ' ', '\t', '\r', '\n', '.', '/', "'", '\0'];

it('cuts any text of ASCII as the pattern does', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...EACH_ASCII), maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(...OF_EACH_KIND), maxLength: 30 }),
  );
  fc.assert(
    fc.property(text, (text) => {
      expect(byHand(text)).toEqual(byPattern(text));
    }),
    { numRuns: 20_000, seed: 20261129 },
  );
});

it('cuts every text of four characters, one of each kind, as the pattern does', () => {
  for (const one of OF_EACH_KIND)
    for (const two of OF_EACH_KIND)
      for (const three of OF_EACH_KIND)
        for (const four of OF_EACH_KIND) {
          const text = one + two + three + four;
          if (byHand(text).join('|') !== byPattern(text).join('|')) expect(byHand(text)).toEqual(byPattern(text));
        }
});

it('never cuts otherwise where other characters stand among them', () => {
  const foreign = ['é', 'É', '—', '\u00a0', '\u2028', '²', '好', '\u0301', '😀', '\ud800', '\ufeff', 'ſ', 'K'];
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...OF_EACH_KIND, ...foreign), maxLength: 30 }), (text) => {
      const expected = byPattern(text);
      for (const [at, word] of byHand(text).entries()) if (word !== null) expect(word).toBe(expected[at]);
    }),
    { numRuns: 20_000, seed: 20261129 },
  );
});
