import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAXIMUM_UNIT_LENGTH, splitUnits } from './split-units.ts';

const texts = (text: string) => splitUnits(text).map((unit) => unit.text);

describe('splitting into units', () => {
  it('ends a sentence at its stop, and not at an abbreviation or inside a number', () => {
    expect(texts('Dr. Weber measured 3.5 volts, e.g. at noon. It held! Did it? Yes.')).toEqual([
      'Dr. Weber measured 3.5 volts, e.g. at noon.',
      'It held!',
      'Did it?',
      'Yes.',
    ]);
  });

  it('reads wrapped lines as one paragraph and keeps headings, list items and lines of code apart', () => {
    const text =
      '# Title\nOne sentence over\ntwo lines.\n\n- first item\n- second item\n\n```js\nconst a = 1;\n\nrun(a)\n```\n\nEnd.';
    expect(texts(text)).toEqual([
      '# Title',
      'One sentence over two lines.',
      '- first item',
      '- second item',
      'const a = 1;',
      'run(a)',
      'End.',
    ]);
    expect(splitUnits(text).map((unit) => unit.isHeading)).toEqual([true, false, false, false, false, false, false]);
  });

  it('loses no letter or digit outside of fences, whatever the text', () => {
    const alphabet = fc.constantFrom(
      'a',
      'B',
      '7',
      ' ',
      '.',
      '! ',
      '\n',
      '\n\n',
      '# ',
      '- ',
      '    ',
      'é',
      '漢',
      '😀',
      '"',
    );
    const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 200 }), (parts) => {
        const text = parts.join('');
        expect(letters(texts(text).join(''))).toBe(letters(text));
      }),
    );
  });

  it('keeps the place of its header with each row of a table', () => {
    const units = splitUnits(
      'Before.\n\n| name | port |\n|---|---|\n| kiln | 4011 |\n| loom | 4012 |\n\n| no | header |',
    );
    expect(units.map(({ text, header }) => [text, header])).toEqual([
      ['Before.', null],
      ['| name | port |\n|---|---|', null],
      ['| kiln | 4011 |', 1],
      ['| loom | 4012 |', 1],
      ['| no | header |', null],
    ]);
  });

  it('drops lines of code that say nothing', () => {
    expect(texts('```\nrun(() => {\n  stop();\n});\n```')).toEqual(['run(() => {', 'stop();']);
  });

  it('parts no word, no family and no flag where it cuts', () => {
    const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}';
    for (const one of ['international ', family, '\u{1f1e9}\u{1f1ea}', 'e\u0301']) {
      for (const part of texts(one.repeat(700))) {
        expect(part.length).toBeLessThanOrEqual(MAXIMUM_UNIT_LENGTH);
        expect(part.replaceAll(one.trim(), '').trim()).toBe('');
      }
    }
  });

  it('cuts what has no ends, never through a character', () => {
    const long = texts(`${'x'.repeat(399)}${'😀'.repeat(500)}`);
    expect(Math.max(...long.map((text) => text.length))).toBeLessThanOrEqual(MAXIMUM_UNIT_LENGTH);
    expect(long.every((text) => text.isWellFormed())).toBe(true);
    expect(long.join('')).toBe(`${'x'.repeat(399)}${'😀'.repeat(500)}`);
  });
});
