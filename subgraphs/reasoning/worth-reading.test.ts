import { describe, expect, it } from 'vitest';
import { segmentOf } from '../../test/support/working-sets.ts';
import { notWorthReading } from './worth-reading.ts';

const selectivity = { leastShare: 0.6, firstPassages: 4, rise: 0.13 };

function left(scores: readonly number[]): (number | null)[] {
  const segments = scores.map((score, at) => segmentOf({ reason: 'evidence', text: `passage ${at}`, score }));
  const out = new Set(notWorthReading(segments, selectivity));
  return segments.filter((segment) => !out.has(segment)).map(({ score }) => score);
}

describe('what a small model is given to read', () => {
  it('is no longer the more lesser passages there are', () => {
    expect(left([1, 0.8, 0.7])).toEqual([1, 0.8, 0.7]);
    expect(left([1, 0.8, 0.7, 0.68, 0.66, 0.65, 0.64, 0.62])).toEqual([1, 0.8, 0.7, 0.68]);
  });

  it('is no noise even when little else was found', () => {
    expect(left([1, 0.5])).toEqual([1]);
  });

  it('is all that is as good as the best', () => {
    expect(left(Array(9).fill(1))).toHaveLength(9);
  });

  it('is of the evidence only: instructions, digest and latest turns stay', () => {
    const segments = (['system', 'digest', 'recent'] as const).map((reason) =>
      segmentOf({ reason, text: reason, score: null }),
    );
    expect(notWorthReading(segments, selectivity)).toEqual([]);
  });
});
