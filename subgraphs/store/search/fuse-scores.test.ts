import { describe, expect, it } from 'vitest';
import { fuseScores } from './fuse-scores.ts';

const words = (...scores: readonly (readonly [number, number])[]) =>
  scores.map(([position, score]) => ({ position, score }));
const near = (...scores: readonly (readonly [number, number])[]) =>
  scores.map(([position, similarity]) => ({ position, similarity }));
const options = { first: 10, leastSimilarity: 0.2, coverage: 1, brevityOf: () => 0 };

describe('fused scores', () => {
  it('are shares of the best by words, and of the nearest by meaning, which counts less', () => {
    const fused = fuseScores(words([1, 20], [2, 10]), near([2, 0.8], [3, 0.5]), options);
    expect(fused.map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(fused[0]?.score).toBe(1);
    expect(fused[1]?.score).toBeCloseTo(0.5 + 0.4, 9);
    expect(fused[2]?.score).toBeCloseTo(0.2, 9);
  });

  it('put what both found before what one of them found as well', () => {
    const fused = fuseScores(words([1, 20], [2, 18]), near([2, 0.7], [3, 0.6]), options);
    expect(fused.map(({ position }) => position)).toEqual([2, 1, 3]);
  });

  it('of one search alone are in its own order, and as many as were asked for', () => {
    const two = { ...options, first: 2 };
    expect(fuseScores(words([5, 3], [9, 2], [7, 1]), [], two).map(({ position }) => position)).toEqual([5, 9]);
    expect(fuseScores([], near([5, 0.9], [9, 0.5], [7, 0.3]), two).map(({ position }) => position)).toEqual([5, 9]);
    expect(fuseScores([], [], two)).toEqual([]);
  });

  it('of messages lend those beside them a share of their meaning, and of documents nothing', () => {
    const [byWords, byMeaning] = [words([1, 10], [4, 1], [9, 1]), near([5, 0.8], [1, 0.2])];
    const said = fuseScores(byWords, byMeaning, { ...options, brevityOf: () => 1 });
    expect(said.map(({ position }) => position)).toEqual([1, 5, 4, 9]);
    expect(said[1]?.score).toBeCloseTo(0.4, 9);
    expect(said[2]?.score).toBeCloseTo(0.1 + 0.4 * 0.2, 9);
    const mixed = fuseScores(byWords, byMeaning, { ...options, brevityOf: (position) => Number(position === 4) });
    expect(mixed.find(({ position }) => position === 4)?.score).toBeCloseTo(0.1, 9);
    expect(mixed.find(({ position }) => position === 5)?.score).toBeCloseTo(0.4, 9);
  });

  it('of words that hardly cover the query stand behind what is near', () => {
    const [byWords, byMeaning] = [words([1, 20], [2, 19]), near([3, 0.7], [2, 0.3])];
    const order = (coverage: number) =>
      fuseScores(byWords, byMeaning, { ...options, coverage }).map(({ position }) => position);
    expect(order(0.5)).toEqual([2, 1, 3]);
    expect(order(0.05)).toEqual([3, 2, 1]);
    expect(order(0)).toEqual([3, 2, 1]);
  });

  it('of equals take the newer, and stay numbers where all are as far as may be', () => {
    expect(fuseScores(words([1, 2], [2, 2]), [], options).map(({ position }) => position)).toEqual([2, 1]);
    expect(fuseScores(words([1, 2]), near([2, 0.2]), options)).toEqual([
      { position: 1, score: 1 },
      { position: 2, score: 0 },
    ]);
  });
});
