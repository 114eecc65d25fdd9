import { describe, expect, it } from 'vitest';
import { showRow } from './show-row.ts';
import { cellsOf } from './table-rows.ts';
import { splitUnits } from './units.ts';

/** What is shown of the last row of a text in so many characters. */
function shown(text: string, asked: Readonly<Record<string, number>>, maximum: number): string {
  const row = splitUnits(text).findLast((unit) => unit.row !== null)?.row;
  if (!row) throw new Error('no row');
  return showRow(text, row, new Map(Object.entries(asked)), { maximum, measure: ({ length }) => length });
}

const table = '| host | idle timeout | zone | owner |\n|---|---|---|---|\n| kiln | 800 s | north | Ada Lovelace |';

describe('a row that is shown', () => {
  it('stands below the names of its columns', () => {
    expect(shown(table, {}, 200)).toBe(table);
    expect(shown(`${table}\n| oven | 90 s | south | Alan Turing |`, {}, 200)).toBe(
      '| host | idle timeout | zone | owner |\n…\n| oven | 90 s | south | Alan Turing |',
    );
  });

  it('keeps what is asked for by the name of the column or by the cell, then its first cells', () => {
    expect(shown(table, { timeout: 1 }, 50)).toBe('| host | idle timeout | …\n| kiln | 800 s | …');
    expect(shown(table, { lovelac: 1 }, 50)).toBe('| host | … | owner |\n…\n| kiln | … | Ada Lovelace |');
    expect(shown(table, {}, 24)).toBe('| host | …\n| kiln | …');
  });

  it('keeps the most wanted of what does not all fit', () => {
    expect(shown(table, { timeout: 1, zon: 3, owner: 2 }, 24)).toBe('… | zone | …\n… | north | …');
  });

  it('is what there is where nothing fits', () => {
    expect(shown('| a | b |\n|-|-|\n| long enough | x |', { long: 1 }, 2)).toBe('| a | …\n| long enough | …');
    expect(shown('| one cell |', {}, 2)).toBe('| one cell |');
  });

  it('has no names where the table has none, and its own separator', () => {
    expect(shown('| alpha | beta | gamma |', { beta: 1 }, 20)).toBe('… | beta | …');
    expect(shown('mass,port,sort\n1,2,3\n4,"5,6",7', { port: 1 }, 20)).toBe('…,port,…\n…,"5,6",…');
  });

  it.each([
    table,
    `| a   |   b |  c |\n|:-:|---|---|\n|  x  || ${'long '.repeat(20)} |`,
    'mass,port,sort\n1,2,3\n4,"5,6",7',
  ])('is made of stretches of its text, word for word: %j', (text) => {
    for (let maximum = 1; maximum < 120; maximum += 7) {
      for (const asked of ['timeout', 'c', 'port', 'owner']) {
        const parts = shown(text, { [asked]: 1 }, maximum).split(/\s*…\s*/);
        for (const part of parts) expect(text).toContain(part.trim());
      }
    }
  });
});

describe('the cells of a row', () => {
  const cells = (line: string, separator: Parameters<typeof cellsOf>[2]) =>
    cellsOf(line, { from: 0, to: line.length }, separator).map(({ from, to }) => line.slice(from, to));

  it('are parted by bars, but not by escaped ones', () => {
    expect(cells('  | a |  | b \\| c | d', '|')).toEqual(['a', '', 'b \\| c', 'd']);
    expect(cells('a | b |', '|')).toEqual(['a', 'b']);
    expect(cells('|', '|')).toEqual(['']);
  });

  it('are parted by commas outside of quotes, and by every tab', () => {
    expect(cells('a,"b, ""c""",', ',')).toEqual(['a', '"b, ""c"""', '']);
    expect(cells('5"\tb\t', '\t')).toEqual(['5"', 'b', '']);
  });
});
