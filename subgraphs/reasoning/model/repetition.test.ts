import { expect, test } from 'vitest';
import { Repetition } from './repetition.ts';

/** After how many tokens the repetition is noticed; null when it is not. */
function noticed(tokens: readonly number[]): number | null {
  const repetition = new Repetition();
  const at = tokens.findIndex((token) => repetition.push(token));
  return at < 0 ? null : at + 1;
}
const times = (piece: readonly number[], count: number): number[] => Array.from({ length: count }, () => piece).flat();

test('the same piece over and over is noticed, whatever came before', () => {
  expect(noticed(times([7], 200))).toBe(96);
  expect(noticed([1, 2, 3, ...times([7, 8, 9], 60)])).toBe(3 + 96);
  const long = Array.from({ length: 48 }, (_, index) => index);
  expect(noticed(times(long, 9))).toBe(8 * 48);
});

test('what only looks like it is not', () => {
  expect(noticed(times([7], 95))).toBeNull();
  const row = [5, 6, 5, 6, 5, 9];
  const table = Array.from({ length: 40 }, (_, index) => [...row, 100 + index]).flat();
  expect(noticed(table)).toBeNull();
  expect(noticed([...times([7], 90), 8, ...times([7], 90)])).toBeNull();
});
