import { expect, it } from 'vitest';
import type { SearchAnswer } from '../calls/store.ts';
import { confidenceOf } from './confidence.ts';

const found = (answer: Partial<SearchAnswer>): SearchAnswer => ({
  ...{
    hits: [],
    instructions: [],
    coverage: 0,
    names: null,
    similarity: null,
    indexedThrough: 9,
    logDigest: '',
    withdrawnDigest: '',
  },
  ...{ unsearchable: [], unsearchableCount: 0, degraded: [] },
  ...answer,
});

it('rises with how much of the question stands in one place, and with how near the nearest is', () => {
  const byWords = [0, 0.3, 0.6, 1].map((coverage) => confidenceOf(found({ coverage })) ?? Number.NaN);
  expect(byWords).toEqual([...byWords].sort((one, other) => one - other));
  expect(byWords[0]).toBeLessThan(0.3);
  expect(byWords.at(-1)).toBeGreaterThan(0.65);
  const near = [0.2, 0.5, 0.9].map((similarity) => confidenceOf(found({ coverage: 0.6, similarity })) ?? Number.NaN);
  expect(near).toEqual([...near].sort((one, other) => one - other));
});

it('asks of a question with names how they stand together, whatever else of it is found', () => {
  const named = (together: number, there: number) =>
    confidenceOf(found({ coverage: 0.9, similarity: 0.9, names: { together, there } })) ?? Number.NaN;
  expect(named(1, 1)).toBeGreaterThan(0.8);
  expect(named(0.5, 1)).toBeLessThan(named(1, 1));
  expect(named(0, 1)).toBeLessThan(0.2);
  expect(named(0, 0)).toBeLessThan(named(0, 1));
});

it('is a share, to three digits', () => {
  for (const coverage of [0, 0.123_456, 1]) {
    for (const similarity of [null, -1, 0.5, 1]) {
      const confidence = confidenceOf(found({ coverage, similarity })) ?? Number.NaN;
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(Math.round(confidence * 1_000)).toBeCloseTo(confidence * 1_000, 9);
    }
  }
});

it('is null where nothing was searched', () => {
  expect(confidenceOf(found({ indexedThrough: -1, coverage: 1 }))).toBeNull();
});
