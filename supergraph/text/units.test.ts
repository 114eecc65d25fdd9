import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { inOneLine, MAXIMUM_UNIT_LENGTH, splitUnits } from './units.ts';

const lines = (text: string) => splitUnits(text).map((unit) => inOneLine(text, unit));
const kinds = (text: string) => splitUnits(text).map(({ kind }) => kind);

const FAMILY = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}';

describe('splitting into units', () => {
  it('takes headings, list items, lines of code and sentences apart, and joins wrapped lines', () => {
    const text =
      '# Title\nOne sentence over\ntwo lines. Another.\n\n- first item that goes\n  on\n- second\n\n```js\nconst a = 1;\n\n# not a title\n```\n\nEnd.';
    expect(lines(text)).toEqual([
      '# Title',
      'One sentence over two lines.',
      'Another.',
      '- first item that goes on',
      '- second',
      'const a = 1;',
      '# not a title',
      'End.',
    ]);
    expect(kinds(text)).toEqual(['heading', 'prose', 'prose', 'item', 'item', 'code', 'code', 'prose']);
  });

  it('knows a title by the rule under it', () => {
    expect(splitUnits('Install\n=======\nRun it.\n\nUse\n---\nSo.').map(({ kind }) => kind)).toEqual([
      'heading',
      'prose',
      'heading',
      'prose',
    ]);
  });

  it('keeps short lines, settings and lines of a log apart', () => {
    const text =
      'Shopping\nMilk\nBread\n\nhost: alpha\nport: 80\n\n2026-11-29 08:00 the server has been started on port 80\n2026-11-29 08:01 it is ready';
    expect(lines(text)).toEqual([
      'Shopping',
      'Milk',
      'Bread',
      'host: alpha',
      'port: 80',
      '2026-11-29 08:00 the server has been started on port 80',
      '2026-11-29 08:01 it is ready',
    ]);
  });

  it('joins a wrapped line that begins like a setting', () => {
    expect(
      lines('Each file in the folder of migrations needs to follow the\npattern: its version, then its name.'),
    ).toEqual(['Each file in the folder of migrations needs to follow the pattern: its version, then its name.']);
  });

  it('reads a quotation without the marks before its lines', () => {
    expect(lines('> It goes on in the next line, since it is as long\n> as a line of a letter. So.\n\nNo.')).toEqual([
      '> It goes on in the next line, since it is as long as a line of a letter.',
      'So.',
      'No.',
    ]);
  });

  it('numbers what goes on in the same line alike', () => {
    expect(splitUnits('One. Two.\n\nThree.\n- Four. Five.').map(({ block }) => block)).toEqual([0, 0, 1, 2, 2]);
  });

  it('closes a fence with its own marks only', () => {
    expect(kinds('~~~\n```\na. B\n```\n~~~\nc. D')).toEqual(['code', 'code', 'code', 'prose']);
    expect(kinds('````\n```js\na\n```\n````\nb')).toEqual(['code', 'code', 'code', 'prose']);
  });

  it('finds out of a fence that had been opened before the text begins', () => {
    expect(kinds('const a = 1;\n```\nThe end of it.\n\n```js\nrun()\n```\nSo be it.')).toEqual([
      'code',
      'prose',
      'code',
      'prose',
    ]);
    expect(kinds('```\nrun it\n```\nSo.\n```js\nrun()\n```')).toEqual(['code', 'prose', 'code']);
  });

  it('reads every line end', () => {
    for (const end of ['\n', '\r\n', '\r'])
      expect(lines(['# A', '- b', '', 'c.'].join(end))).toEqual(['# A', '- b', 'c.']);
  });

  it('has the place of the header with every row of a table', () => {
    const text =
      'Before.\n\n| name | port |\n|---|:-:|\n| alpha | 80 |\n| beta | 90 |\n\n| x | y |\nafter\n\na | b\n-|-\n1 | 2';
    const rows = splitUnits(text).flatMap(({ row }) => (row === null ? [] : [row]));
    expect(rows.map(({ header }) => header && text.slice(header.from, header.to))).toEqual([
      null,
      '| name | port |',
      '| name | port |',
      null,
      null,
      'a | b',
    ]);
  });

  it.each([
    ['commas', ',', ','],
    ['semicolons', ';', ';'],
    ['tabs', '\t', '\t'],
  ] as const)('reads a table with %s', (_name, between, separator) => {
    const text = [
      ['name', 'port', 'zone'],
      ['alpha', '80', 'eu'],
      ['beta', '90', ''],
    ]
      .map((row) => row.join(between))
      .join('\n');
    expect(kinds(text)).toEqual(['row', 'row', 'row']);
    expect(splitUnits(text)[2]?.row).toMatchObject({ header: { from: 0, to: 14 }, separator });
  });

  it('takes prose with commas for prose', () => {
    expect(
      kinds('In March, April, and May it rains.\nIn June, July, and August it does not.\nSo, be it.'),
    ).not.toContain('row');
  });
});

describe('a long unit', () => {
  it.each([
    ['words', 'lorem ipsum '.repeat(2_000), /^(?:lorem|ipsum)\b.*\b(?:lorem|ipsum)$/s],
    ['one word', 'x'.repeat(20_000), /^x+$/],
    ['Chinese', '数据库的迁移必须向后兼容'.repeat(900), /^\p{Script=Han}+$/u],
    ['Thai', 'เซิร์ฟเวอร์ล่มเพราะหน่วยความจำเต็ม'.repeat(400), /^\p{L}/u],
    ['families', FAMILY.repeat(900), new RegExp(`^(?:${FAMILY})+$`, 'u')],
    ['flags', '\u{1f1e9}\u{1f1ea}'.repeat(3_000), /^(?:\u{1f1e9}\u{1f1ea})+$/u],
    ['accents', 'e\u0301'.repeat(5_000), /^(?:e\u0301)+$/],
    ['cells', `|${'cell|'.repeat(3_000)}`, /^(?:\||c).*[|l]$/],
  ])('of %s is cut between them', (_name, text, whole) => {
    const units = splitUnits(text);
    expect(units.length).toBeGreaterThan(3);
    for (const { from, to } of units) {
      expect(to - from).toBeLessThanOrEqual(MAXIMUM_UNIT_LENGTH);
      expect(text.slice(from, to)).toMatch(whole);
    }
    expect(units.map((unit) => text.slice(unit.from, unit.to)).join('')).toBe(
      text.endsWith(' ') ? lorem(text, units) : text,
    );
  });
});

/** Only blanks are lost where it was cut. */
function lorem(text: string, units: readonly { from: number; to: number }[]): string {
  let at = 0;
  for (const { from, to } of units) {
    expect(text.slice(at, from).trim()).toBe('');
    at = to;
  }
  return units.map(({ from, to }) => text.slice(from, to)).join('');
}

it('leaves nothing out but blanks, fences and rules, keeps the order, and cuts nothing in half', () => {
  const unit = fc.constantFrom(
    ...[
      'a',
      'B.',
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
      '。',
      FAMILY,
      '"',
      '|',
      '|-|',
      '\r\n',
    ],
    ...['```\n', '---\n', '> ', ',', '\t', '; ', 'e.g. '],
  );
  const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 120 }), (parts) => {
      const text = parts.join('');
      const units = splitUnits(text);
      let at = 0;
      for (const { from, to, row } of units) {
        expect(from).toBeGreaterThanOrEqual(at);
        expect(to).toBeGreaterThan(from);
        expect(text.slice(from, to)).toBe(text.slice(from, to).trim());
        if (row !== null) expect(row.from <= from && to <= row.to).toBe(true);
        at = to;
      }
      const said = units.map(({ from, to }) => text.slice(from, to)).join('');
      expect(letters(said)).toBe(letters(text.replaceAll(/^\s*```.*$/gm, '')));
    }),
    { numRuns: 500 },
  );
});

it('begins and ends between drawn characters', () => {
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const unit = fc.constantFrom(
    ...[
      'a',
      'B',
      ' ',
      '.',
      '。',
      '؟',
      '।',
      '?',
      '|',
      '\n',
      '漢',
      'ก',
      'กำ',
      '각',
      '"',
      '”',
      FAMILY,
      '🇩🇪',
      '👍🏽',
      'e\u0301',
    ],
    ...['\u{20000}', 'ก์', '1\ufe0f\u20e3', '。\u0301', '।์', '।ी', '-ை', '|\u0e33', '.\u{11038}'],
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60 }), fc.constantFrom(1, 40), (parts, times) => {
      const text = parts.join('').repeat(times);
      const begins = new Set(Array.from(graphemes.segment(text), ({ index }) => index)).add(text.length);
      for (const { from, to } of splitUnits(text)) expect([begins.has(from), begins.has(to)]).toEqual([true, true]);
    }),
    { numRuns: 300 },
  );
});

describe('the time it takes', () => {
  it.each([
    ['bars', '|', 200_000],
    ['dots', 'a.', 200_000],
    ['one long word', 'x', 1_000_000],
    ['one long line', 'word and word, ', 70_000],
    ['blanks', ' ', 1_000_000],
    ['dots apart', '. ', 200_000],
    ['quotes', '. "', 200_000],
    ['marks', '.', 1_000_000],
    ['families', FAMILY, 40_000],
    ['accents', '\u0301', 1_000_000],
    ['cells', 'a| ', 200_000],
    ['rows', '|a|b|\n', 32_000],
    ['headers without tables', 'a,b,c\n\n', 16_000],
    ['fences', '```\n', 64_000],
    ['names of fences', '```a\n', 64_000],
    ['blanks before fences', ' ```', 200_000],
    ['returns', 'a\r', 32_000],
  ])('grows with the text for many %s', (_name, part, times) => {
    const best = (text: string) => cpuMs(() => splitUnits(text), 4);
    const short = best(part.repeat(times / 16));
    // Sixteen times as long, and the garbage; a square would take 256 times as long.
    expect(best(part.repeat(times))).toBeLessThan(short * 80 + 30);
  });
});
