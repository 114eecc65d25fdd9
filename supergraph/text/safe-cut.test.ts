import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeCut } from './safe-cut.ts';

/** A text cut again and again, each part at most `length` long. */
function parts(text: string, length: number): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; ) {
    const to = safeCut(text, from + length, from);
    found.push(text.slice(from, to));
    from = to;
  }
  return found;
}

const words = Array.from({ length: 400 }, (_, at) => `keyword${at}x`);

describe('a cut', () => {
  it.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['JSON', '","'],
    ['slashes', '/'],
    ['backslashes', '\\'],
    ['pipes', '|'],
    ['tabs', '\t'],
    ['no-break blanks', '\u00a0'],
    ['ideographic blanks', '\u3000'],
    ['ideographic commas', '、'],
    ['emoji', '\u{1f525}'],
    ['underscores', '_'],
    ['hyphens', '-'],
  ])('parts no word of a line joined by %s', (_name, separator) => {
    const found = parts(words.join(separator), 100);
    expect(found.join('')).toBe(words.join(separator));
    const whole = new Set(found.flatMap((part) => part.match(/keyword\d+x/g) ?? []));
    expect(whole.size).toBe(words.length);
  });

  it.each([
    ['Thai', 'เมื่อวานนี้เซิร์ฟเวอร์ล่มเพราะหน่วยความจำเต็ม', ['เซิร์ฟเวอร์', 'หน่วย']],
    ['Japanese', 'データベースの移行は後方互換でなければならない', ['データベース', 'なければ']],
  ])('parts no word of a text in %s', (_name, sentence, inside) => {
    const found = parts(sentence.repeat(20), 40);
    expect(found.join('')).toBe(sentence.repeat(20));
    for (const word of inside) {
      expect(found.reduce((sum, part) => sum + part.split(word).length - 1, 0)).toBe(20);
    }
  });

  it.each([
    ['families', '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'],
    ['flags', '\u{1f1e9}\u{1f1ea}'],
    ['flags of regions', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['skin tones', '\u{1f44d}\u{1f3fd}'],
    ['keycaps', '1\ufe0f\u20e3'],
    ['accents', 'e\u0301'],
    ['jamo', '\u1112\u1161\u11ab'],
    ['line ends', '\r\n'],
  ])('parts none of many %s', (_name, character) => {
    for (const length of [37, 38, 39, 40, 41]) {
      for (const part of parts(character.repeat(200), length)) expect(part.length % character.length).toBe(0);
    }
  });

  it.each(['।ी', '-ை', '。\u0301', '|\u0e33', '.\u{11038}'])(
    'parts no sign from what is drawn over it: %s',
    (drawn) => {
      const text = `${'漢'.repeat(20)}${drawn}${'漢'.repeat(20)}`;
      for (let at = 21; at < 40; at++) expect(safeCut(text, at, 0)).not.toBe(21);
    },
  );

  it('moves on through any text, and stays behind the place it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 8, max: 64 }), (text, length) => {
        for (let from = 0; from < text.length; ) {
          const to = safeCut(text, from + length, from);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(from + length);
          from = to;
        }
      }),
      { numRuns: 500 },
    );
  });
});
