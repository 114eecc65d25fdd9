import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { readUnits } from './read-units.ts';

describe('readUnits', () => {
  it('reads a line of ten thousand sentences as fast as ten thousand lines', () => {
    const text = (sentence: string, end: string) => `${sentence}${end}`.repeat(32_768 / (sentence.length + end.length));
    expect(readUnits(text('港。', '')).length).toBeGreaterThan(10_000);
    expect(cpuMs(() => readUnits(text('港。', '')))).toBeLessThan(100);
    expect(cpuMs(() => readUnits(text('-', ' a\n')))).toBeLessThan(100);
  });

  it('knows how far a line is indented, whatever stands before it', () => {
    const text = 'A ledger is kept\nby the clerk. It is blue. It is old.\n\n- port\n  - 7443\r\n  - 7444\n';
    const parentsOf = readUnits(text).map(({ text: said, parents }) => [said, ...parents]);
    expect(parentsOf).toEqual([
      ['A ledger is kept by the clerk.'],
      ['It is blue.'],
      ['It is old.'],
      ['port'],
      ['7443', 'port'],
      ['7444', 'port'],
    ]);
  });
});
