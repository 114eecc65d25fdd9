import { describe, expect, it } from 'vitest';
import { leastSimilarityOf } from './least-similarity.ts';
import { fuseScores } from './search/fuse-scores.ts';

const byMeaning = [0.7, 0.62, 0.6].map((similarity, position) => ({ position, similarity }));

describe('leastSimilarityOf', () => {
  it('is that of the last of the nearest where there may be more and the question has names', () => {
    expect(leastSimilarityOf(byMeaning, 3, true)).toBe(0.6);
    expect(leastSimilarityOf(byMeaning, 4, true)).toBe(0.2);
    expect(leastSimilarityOf(byMeaning, 3, false)).toBe(0.2);
    expect(leastSimilarityOf([], 3, true)).toBe(0.2);
  });

  it('lets what has the words best not fall behind what is hardly nearer than anything else', () => {
    const byWords = [9, 1, 2].map((position, at) => ({ position, score: [10, 8, 8][at] as number }));
    const first = (leastSimilarity: number) =>
      fuseScores(byWords, byMeaning, { first: 3, leastSimilarity, coverage: 1, brevityOf: () => 0 })[0]?.position;
    expect(first(leastSimilarityOf(byMeaning, 3, false))).toBe(1);
    expect(first(leastSimilarityOf(byMeaning, 3, true))).toBe(9);
  });
});
