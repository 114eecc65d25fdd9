import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { mean, meanInterval, quantile } from './bootstrap.ts';

it('gives an interval of the width that the standard error says', () => {
  const values = Array.from({ length: 400 }, (_, at) => at % 2);
  const [low, high] = meanInterval(values);
  // Of 400 fair coins: 0.5 ± 1.96 × 0.5 / √400.
  expect(low).toBeGreaterThan(0.5 - 0.049 - 0.012);
  expect(low).toBeLessThan(0.5 - 0.049 + 0.012);
  expect(high).toBeGreaterThan(0.5 + 0.049 - 0.012);
  expect(high).toBeLessThan(0.5 + 0.049 + 0.012);
});

it('holds the true mean in about 95 of 100 samples', () => {
  const random = seededRandom(7);
  let held = 0;
  for (let sample = 0; sample < 200; sample++) {
    const [low, high] = meanInterval(Array.from({ length: 100 }, () => (random.chance(0.4) ? 1 : 0)));
    if (low <= 0.4 && high >= 0.4) held++;
  }
  expect(held).toBeGreaterThan(180);
  expect(held).toBeLessThan(199);
});

it('is the same for the same values, and a point for values that are all alike', () => {
  const values = [0.1, 0.9, 0.4, 0.4, 0.7];
  expect(meanInterval(values)).toEqual(meanInterval(values));
  expect(meanInterval([0.25, 0.25, 0.25])).toEqual([0.25, 0.25]);
});

it('has no mean and no quantile of nothing', () => {
  expect(mean([])).toBeNaN();
  expect(quantile([], 0.5)).toBeNaN();
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(3);
  expect(quantile([4, 1, 3, 2], 0.95)).toBe(4);
});
