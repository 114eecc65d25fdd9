import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BestHits } from './best-hits.ts';

describe('the best hits', () => {
  it('are those of all that were shown in order of score, of equal ones the newer first', () => {
    const scores = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 80 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 0, max: 90 }), (shown, first) => {
        const hits = shown.map((score, position) => ({ position, score }));
        const best = new BestHits(first, 85);
        for (const { position, score } of hits) best.add(position, score);
        const expected = hits
          .toSorted((one, other) => other.score - one.score || other.position - one.position)
          .slice(0, first);
        expect(best.least).toBe(expected.length === first ? (expected.at(-1)?.score ?? 0) : 0);
        expect(best.take()).toEqual(expected);
      }),
    );
  });
});
