import { expect, it } from 'vitest';
import { UnitTable } from './unit-table.ts';

const unitsOf = (text: string): Uint16Array =>
  Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

it('has what was added, wherever it stands, and nothing else', () => {
  const table = new UnitTable();
  const words = Array.from({ length: 20_000 }, (_, n) => `w${n.toString(36)}ü`);
  for (const [n, word] of words.entries()) {
    const units = unitsOf(word);
    expect(table.get(units, 0, units.length)).toBe(-1);
    table.add(units, 0, units.length, n);
  }
  expect(table.size).toBe(words.length);
  expect(table.length).toBe(words.join('').length);
  for (const [n, word] of words.entries()) {
    const units = unitsOf(`<${word}>`);
    expect(table.get(units, 1, units.length - 1)).toBe(n);
    expect(table.get(units, 0, units.length)).toBe(-1);
  }
});

it('begins anew when it is cleared', () => {
  const table = new UnitTable();
  const [one, two] = [unitsOf('one'), unitsOf('two')];
  table.add(one, 0, 3, 1);
  table.clear();
  table.add(two, 0, 3, 2);
  expect(table.get(one, 0, 3)).toBe(-1);
  expect(table.get(two, 0, 3)).toBe(2);
  expect(table.size).toBe(1);
});
