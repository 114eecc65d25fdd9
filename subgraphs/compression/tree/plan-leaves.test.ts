import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_LEAF, LEAF_FRAGMENTS, LEAF_TOKENS, type LogEntry, planLeaves } from './plan-leaves.ts';

const SESSION = `ses_${'0'.repeat(24)}`;

function log(tokens: readonly number[]): LogEntry[] {
  return tokens.map((count, position) => ({ position, fragmentId: `${SESSION}.${position}`, tokens: count }));
}

const sizes = fc.array(fc.integer({ min: 1, max: 1_024 }), { maxLength: 600 });

describe('planning leaves', () => {
  it('never moves a boundary when the log grows', () => {
    fc.assert(
      fc.property(sizes, fc.nat({ max: 600 }), (tokens, cut) => {
        const entries = log(tokens);
        const before = planLeaves(SESSION, FIRST_LEAF, entries.slice(0, cut)).leaves;
        const after = planLeaves(SESSION, FIRST_LEAF, entries).leaves;
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  it('gives the same leaves in pages as in one go', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 599 }), (tokens, page) => {
        const entries = log(tokens);
        const paged = [];
        let cursor = FIRST_LEAF;
        for (let end = page; end < entries.length + page; end += page) {
          const planned = planLeaves(SESSION, cursor, entries.slice(cursor.from, end));
          paged.push(...planned.leaves);
          cursor = planned.next;
        }
        expect(paged).toEqual(planLeaves(SESSION, FIRST_LEAF, entries).leaves);
      }),
    );
  });

  it('covers the log without gap or overlap, but for a ragged end smaller than a leaf', () => {
    fc.assert(
      fc.property(sizes, (tokens) => {
        const entries = log(tokens);
        const { leaves, next } = planLeaves(SESSION, FIRST_LEAF, entries);
        const covered = leaves.flatMap((leaf) => leaf.children);
        expect(covered).toEqual(entries.slice(0, next.from).map((entry) => entry.fragmentId));
        expect(leaves.map((leaf) => leaf.ordinal)).toEqual(leaves.map((_, index) => index));
        const ragged = tokens.slice(next.from);
        expect(ragged.reduce((sum, count) => sum + count, 0)).toBeLessThan(LEAF_TOKENS);
        expect(ragged.length).toBeLessThan(LEAF_FRAGMENTS);
      }),
    );
  });

  it('makes leaves of about 4 096 tokens from fragments of the usual sizes', () => {
    const tokens = Array.from({ length: 4_000 }, (_, position) => 256 + ((position * 7_919) % 769));
    const { leaves } = planLeaves(SESSION, FIRST_LEAF, log(tokens));
    const mean = leaves.reduce((sum, leaf) => sum + leaf.originalTokens, 0) / leaves.length;
    expect(mean).toBeGreaterThan(3_800);
    expect(mean).toBeLessThan(4_200);
  });
});
