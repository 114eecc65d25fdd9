import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { askedType, typedTokens } from './asked-type.ts';

describe('askedType', () => {
  it.each([
    ['What time is it at the harbour?', 'date'],
    ['Which time servers are asked?', null],
    ['Which came out first, clay 1.2 or kiln 3.0?', 'date'],
    ['What does the clerk try first?', null],
    ['How do I get rid of pots older than a month?', null],
    ['Which exit code means that the name is taken?', 'exit'],
    ['Which status code has a pot that is not there?', 'status'],
    ['What is the return value of fire?', 'code'],
  ] as const)('%s asks for %s', (question, type) => {
    expect(askedType(question)).toBe(type);
  });
});

describe('typedTokens', () => {
  it.each([
    ['meaning', 'a'],
    ['meaning', 'a-'],
    ['meaning', "'a"],
    ['duration', '1,'],
    ['size', '1,'],
    ['date', '1'],
  ] as const)('looks for a %s in a text of nothing but %s in time that grows with it', (type, piece) => {
    const text = `x${piece.repeat(32_768 / piece.length)}`;
    expect(cpuMs(() => typedTokens(type, text))).toBeLessThan(100);
  });

  it('finds numbers with the marks within them', () => {
    expect(typedTokens('duration', 'after 1,500 ms, or 2,5 s').map(({ text }) => text)).toEqual(['1,500 ms', '2,5 s']);
    expect(typedTokens('size', 'at most 1,048,576 bytes').map(({ text }) => text)).toEqual(['1,048,576 bytes']);
    expect(typedTokens('date', '2026年12月3日').map(({ text }) => text)).toContain('12月');
  });
});
