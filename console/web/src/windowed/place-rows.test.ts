import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cpuMs } from '../../../../test/support/cpu-time.ts';
import { placeRows, rowAt, rowsWithin } from './place-rows.ts';

const keysOf = (heights: readonly number[]) => heights.map((_, index) => String(index));
const placesOf = (heights: readonly number[]) => placeRows(keysOf(heights), (key) => heights[Number(key)] ?? 0);

it('places each row behind the one before', () => {
  expect([...placesOf([10, 20, 5])]).toEqual([0, 10, 30, 35]);
  expect([...placesOf([])]).toEqual([0]);
});

it('finds the row at a place, and the nearest where there is none', () => {
  const places = placesOf([10, 20, 5]);
  expect([-5, 0, 9, 10, 29, 30, 34, 99].map((pixels) => rowAt(places, pixels))).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
  expect(rowAt(placesOf([]), 3)).toBe(0);
});

it('finds all rows of a stretch, and no others', () => {
  expect(rowsWithin(placesOf([]), 0, 100)).toEqual({ from: 0, to: 0 });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      fc.nat(500),
      fc.nat(300),
      (heights, top, size) => {
        const places = placesOf(heights);
        const { from, to } = rowsWithin(places, top, top + size);
        const seen = heights.flatMap((height, index) => {
          const begin = places[index] ?? 0;
          return begin <= top + size && begin + height > top ? [index] : [];
        });
        const last = heights.length - 1;
        expect([from, to]).toEqual(seen.length === 0 ? [last, last + 1] : [seen[0], (seen.at(-1) ?? 0) + 1]);
      },
    ),
  );
});

it('finds its way among ten thousand rows in no time that anybody sees', () => {
  const heights = Array.from({ length: 10_000 }, (_, index) => 40 + (index % 300));
  const find = () => {
    for (let times = 0; times < 20; times++) rowsWithin(placesOf(heights), times * 1_000, times * 1_000 + 900);
  };
  expect(cpuMs(find) / 20).toBeLessThan(16);
});
