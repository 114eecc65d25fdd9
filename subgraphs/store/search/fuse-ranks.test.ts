import { describe, expect, it } from 'vitest';
import { fuseRanks } from './fuse-ranks.ts';

const list = (...positions: number[]) => ({ hits: positions.map((position) => ({ position })), weight: 1 });

describe('fused ranks', () => {
  it('put first what both lists have, then the better places of either', () => {
    const fused = fuseRanks([list(1, 2, 3), list(3, 4, 1)], 10);
    expect(fused.map(({ position }) => position)).toEqual([3, 1, 4, 2]);
    expect(fused[0]?.score).toBeCloseTo(1 / 63 + 1 / 61, 10);
  });

  it('of one list alone are its own order, and as many as were asked for', () => {
    expect(fuseRanks([list(5, 9, 7), list()], 2).map(({ position }) => position)).toEqual([5, 9]);
    expect(fuseRanks([list(), list()], 5)).toEqual([]);
  });

  it('follow the weights, and of equals take the newer', () => {
    expect(fuseRanks([list(1), list(2)], 2).map(({ position }) => position)).toEqual([2, 1]);
    expect(fuseRanks([{ ...list(1), weight: 2 }, list(2)], 2).map(({ position }) => position)).toEqual([1, 2]);
  });
});
