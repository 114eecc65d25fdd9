import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { MAXIMUM_TOKENS, MINIMUM_TOKENS, splitText } from './split-text.ts';

const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');
const readme = readFileSync(join(NODE_MODULES, 'fastify/README.md'), 'utf8');
const source = readFileSync(join(NODE_MODULES, 'graphql/execution/execute.js'), 'utf8');

function check(text: string): string[] {
  const parts = [...splitText(text, countTokens)];
  expect(parts.map((part) => part.text).join('') === text, 'lossless').toBe(true);
  for (const [index, part] of parts.entries()) {
    expect(part.text.length).toBeGreaterThan(0);
    expect(part.tokens).toBe(countTokens(part.text));
    expect(part.tokens).toBeLessThanOrEqual(MAXIMUM_TOKENS);
    if (index < parts.length - 1) expect(part.tokens).toBeGreaterThanOrEqual(MINIMUM_TOKENS);
    expect(part.text.isWellFormed()).toBe(text.isWellFormed());
  }
  return parts.map((part) => part.text);
}

/** Text as hostile as it comes: runs of anything, in any order and length. */
const run = fc.tuple(
  fc.constantFrom(
    ' ',
    '\n',
    '\r\n',
    '\t',
    'a',
    'Z',
    '9',
    '. ',
    '好',
    '。',
    '👩‍👩‍👧',
    '\u{10ffff}',
    '#',
    '```\n',
    'word ',
    '=',
    '\n\n',
    'é',
    '<|endoftext|>',
    '\u0301',
  ),
  fc.integer({ min: 1, max: 4_000 }),
);
const hostile = fc
  .array(run, { minLength: 1, maxLength: 12 })
  .map((runs) => runs.map(([unit, times]) => unit.repeat(times)).join(''));

describe('splitText', () => {
  it('keeps every character and the bounds of a fragment, whatever the text', () => {
    fc.assert(
      fc.property(hostile, (text) => void check(text)),
      { numRuns: 60 },
    );
  });

  it('keeps every character of random Unicode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), (text) => void check(text)),
      { numRuns: 100 },
    );
  });

  it.each([
    ['a megabyte on one line', 'the quick brown fox, '.repeat(50_000)],
    ['a megabyte without a space', 'abcdefghijklmnopqrstuvwxyz'.repeat(40_000)],
    ['a megabyte of line ends', '\n'.repeat(1_000_000)],
    ['a megabyte of CRLF', 'line\r\n'.repeat(170_000)],
    ['a megabyte of emoji', '👩‍👩‍👧'.repeat(60_000)],
    ['a megabyte of blanks', ' '.repeat(1_000_000)],
  ])('splits %s in well under a second a megabyte', (_name, text) => {
    expect(cpuMs(() => check(text), 1)).toBeLessThan(6_000);
  });

  it('never parts a CRLF', () => {
    const parts = check('x\r\n'.repeat(10_000));
    for (const part of parts.slice(1)) expect(part.startsWith('\n')).toBe(false);
  });

  it('cuts documentation before its headings and source between its declarations', () => {
    const sections = check(readme);
    expect(sections.length).toBeGreaterThan(3);
    expect(sections.slice(1).filter((part) => /^#{1,6} /.test(part)).length / (sections.length - 1)).toBeGreaterThan(
      0.5,
    );
    const functions = check(source);
    const atMargin = functions.slice(1).filter((part) => /^\S/.test(part));
    expect(atMargin.length / (functions.length - 1)).toBeGreaterThan(0.6);
  });

  it('does not take a fence apart where it can cut elsewhere', () => {
    const prose = 'A sentence of prose that says a thing.\n\n'.repeat(30);
    const code = `\`\`\`js\n${'const a = 1;\n\n'.repeat(40)}\`\`\`\n\n`;
    for (const part of check(`${prose}${code}${prose}${code}${prose}`)) {
      expect((part.match(/^```/gm) ?? []).length % 2).toBe(0);
    }
  });

  it.each([
    ['English', 'The committee met at noon in the old hall, and left. ', /\bleft\. $/],
    ['Hindi', 'समिति दोपहर को मिली और फिर सब लोग घर चले गए। ', /। $/],
    ['Arabic', 'اجتمعت اللجنة ظهرا ثم ذهب الجميع إلى البيت؟ ', /؟ $/],
    ['Chinese', '委员会中午开会，然后大家都回家了。', /。$/],
  ])('cuts a long line of %s behind a sentence', (_language, sentence, end) => {
    const parts = check(sentence.repeat(300));
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part).toMatch(end);
  });

  it('gives the same parts for the same text', () => {
    expect([...splitText(readme, countTokens)]).toEqual([...splitText(readme, countTokens)]);
  });
});
