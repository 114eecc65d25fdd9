import { termsOf } from '@supercontext/text/terms.ts';
import { TEXT_VERSION } from '@supercontext/text/version.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import { describe, expect, it } from 'vitest';
import { checkFidelity } from './check-fidelity.ts';
import { ALLOWANCE, extract, FIDELITY_FLOOR, METHOD } from './extract.ts';
import { splitUnits } from './split-units.ts';

/** A report in which each subject is spoken of in several places, among much small talk. */
const SUBJECTS = ['turbine bearing', 'coolant pressure', 'harbour licence', 'ferry timetable', 'insurance premium'];
const TALK = [
  'Well, everybody said hello and found a chair.',
  'There was some coffee, and it was good.',
  'Somebody opened the window for a while.',
  'We went on to the next point after that.',
  'It was generally felt that this was so.',
  'Nobody had anything to add at this point.',
];

function report(): string {
  const lines: string[] = [];
  for (let round = 0; round < 12; round++) {
    for (let talk = 0; talk < 5; talk++) lines.push(`${TALK[(round + talk) % TALK.length]}`);
    const subject = SUBJECTS[round % SUBJECTS.length];
    lines.push(`The ${subject} was measured again and the ${subject} is a concern.`);
    lines.push(`It was agreed that the ${subject} is handled by the yard.`);
  }
  return lines.join(' ');
}

/** Whole sentences from the beginning: what a plain excerpt keeps. */
function firstSentences(text: string, budgetTokens: number): string {
  let kept = '';
  for (const unit of splitUnits(text)) {
    if (countTokens(`${kept} ${unit.text}`) > budgetTokens) break;
    kept = `${kept} ${unit.text}`;
  }
  return kept;
}

function coverage(summary: string): number {
  const terms = new Set(termsOf(summary));
  const wanted = SUBJECTS.flatMap(termsOf);
  return wanted.filter((term) => terms.has(term)).length / wanted.length;
}

describe('extracting', () => {
  const text = report();
  const budgetTokens = Math.round(countTokens(text) / 10);

  it('keeps the terms of every subject at a tenth of the length, where the first sentences keep few', () => {
    const summary = extract([text], budgetTokens);
    expect(summary.tokens).toBeLessThanOrEqual(budgetTokens);
    expect(coverage(summary.text)).toBe(1);
    expect(coverage(firstSentences(text, budgetTokens))).toBeLessThan(0.5);
  });

  it('quotes: every line of a summary is in the original, in its order', () => {
    const { text: summary } = extract([text], budgetTokens);
    let at = -1;
    for (const unit of splitUnits(summary)) {
      const found = text.indexOf(unit.text, at + 1);
      expect(found).toBeGreaterThan(at);
      at = found;
    }
  });

  it('shows no row of a table without its header, also when it is made from summaries', () => {
    const rows = Array.from({ length: 60 }, (_, at) => `| service${at} | ${4_000 + at} | Harbour${at % 7} |`);
    const table = `| name | port | berth |\n|------|-----:|-------|\n${rows.join('\n')}`;
    const first = extract([`${text}\n\n${table}`, 'Nothing else.'], 400).text;
    const second = extract(['Nothing before.', first], 200).text;
    for (const summary of [first, second]) {
      const lines = summary.split('\n');
      const header = lines.indexOf('| name | port | berth |');
      const row = lines.findIndex((line) => line.startsWith('| service'));
      expect(row).toBeGreaterThan(0);
      expect(header).toBeGreaterThanOrEqual(0);
      expect(lines[header + 1]).toBe('|------|-----:|-------|');
      expect(header).toBeLessThan(row);
    }
  });

  it('is of another version when a term becomes another', () => {
    expect(METHOD.version % 1_000).toBe(TEXT_VERSION);
  });

  it('gives the same text for the same input', () => {
    expect(extract([text, text.toUpperCase()], 300)).toEqual(extract([text, text.toUpperCase()], 300));
  });

  it('says how much of the facts it kept, as an independent check finds', () => {
    const facts = Array.from({ length: 60 }, (_, line) => `reading ${line * 7 + 100} of Sensor${line % 9}`).join('\n');
    const summary = extract([facts], 80);
    expect(summary.fidelity).toBeCloseTo(checkFidelity(facts, summary.text), 5);
  });

  it('goes over its budget, but not over its allowance, to reach the fidelity floor', () => {
    const prose =
      'The committee on committees discussed the agenda of the agenda committee at length and in general terms. ';
    const figures = Array.from({ length: 40 }, (_, line) => `- item ${line + 500}: not${line}Done`);
    const original = `${prose.repeat(6)}\n\n${figures.join('\n')}`;
    const tight = extract([original], 60);
    expect(tight.fidelity >= FIDELITY_FLOOR || tight.tokens > 60).toBe(true);
    expect(tight.tokens).toBeLessThanOrEqual(60 * ALLOWANCE);
    const roomy = extract([original], 130);
    expect(roomy.fidelity).toBeGreaterThanOrEqual(FIDELITY_FLOOR);
  });

  it.each([
    ['nothing', ''],
    ['blank lines', '\n\n   \n'],
    ['only rules and fences', '---\n```\n\n```\n====='],
  ])('makes an empty text of %s', (_name, empty) => {
    expect(extract([empty], 100)).toEqual({ text: '', tokens: 0, fidelity: 1 });
  });

  it.each([
    ['one endless word', 'x'.repeat(20_000)],
    ['characters of many tokens', '\u{1F9EC}\u{1FAE8}'.repeat(4_000)],
    ['minified code', 'a=b=>c[d]??e;'.repeat(2_000)],
    ['control tokens as text', 'say <|endoftext|> and <|im_start|> '.repeat(300)],
  ])('stays in its allowance for %s', (_name, odd) => {
    const summary = extract([odd], 100);
    expect(summary.tokens).toBeLessThanOrEqual(100 * ALLOWANCE);
    expect(summary.tokens).toBe(countTokens(summary.text));
    expect(summary.text.length).toBeGreaterThan(0);
    expect(summary.text.isWellFormed()).toBe(true);
  });

  it('keeps a text that fits whole, but for its repetitions', () => {
    const short = 'The pump stands still. The valve is open.';
    expect(extract([short, short], 1_000).text).toBe(short);
  });
});
