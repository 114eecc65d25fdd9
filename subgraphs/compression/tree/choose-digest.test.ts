import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METHOD } from '../method/extract.ts';
import { chooseDigest } from './choose-digest.ts';
import type { TreeNode } from './plan-parents.ts';

const LEAF = 10;

/** The frontier of a complete tree of so many leaves, as the digits of that number in base 8 say. */
function frontierOf(leaves: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  let from = 0;
  for (let level = 6; level >= 0; level--) {
    const span = 8 ** level;
    for (; from + span <= leaves; from += span) nodes.push(node(level, from, span));
  }
  return nodes;
}

function node(level: number, leaf: number, span: number, version = METHOD.version): TreeNode {
  return {
    id: `${version}:${level}:${leaf}`,
    level,
    ordinal: leaf / span,
    from: leaf * LEAF,
    through: (leaf + span) * LEAF - 1,
    tokens: 200 + ((leaf * 31) % 200),
    originalTokens: span * 4_096,
    method: { ...METHOD, version },
  };
}

const ids = (nodes: readonly TreeNode[]) => nodes.map(({ id }) => id);

describe('choosing a digest', () => {
  it('fits the budget, in log order, without overlap, whatever the tree and the budget', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000 }), fc.nat({ max: 10_000 }), (leaves, budgetTokens) => {
        const digest = chooseDigest(frontierOf(leaves), budgetTokens);
        expect(digest.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(budgetTokens);
        for (const [index, next] of digest.entries()) {
          expect(next.from).toBeGreaterThan(digest[index - 1]?.through ?? -1);
        }
      }),
    );
  });

  it('covers the whole session when the budget allows it', () => {
    const digest = chooseDigest(frontierOf(488), 100_000);
    expect(digest[0]?.from).toBe(0);
    expect(digest.at(-1)?.through).toBe(488 * LEAF - 1);
  });

  it('covers most with few tokens: the highest nodes come first', () => {
    expect(chooseDigest(frontierOf(65), 450).map(({ level }) => level)).toEqual([2]);
  });

  it('gives up a node only when its parent is made, as leaves come in one by one', () => {
    for (const budgetTokens of [500, 1_500, 8_000]) {
      for (let leaves = 1; leaves < 600; leaves++) {
        const before = chooseDigest(frontierOf(leaves), budgetTokens);
        const after = chooseDigest(frontierOf(leaves + 1), budgetTokens);
        const isCompaction = (leaves + 1) % 8 === 0;
        if (!isCompaction) expect(ids(after).slice(0, before.length)).toEqual(ids(before));
      }
    }
  });

  it('prefers a new method where it covers as much, and keeps the old where it does not yet', () => {
    const old = [node(1, 0, 8, 1), node(1, 8, 8, 1)];
    const remade = [node(1, 0, 8, 2), node(0, 8, 1, 2), node(0, 9, 1, 2)];
    expect(ids(chooseDigest([...old, ...remade], 10_000))).toEqual(['2:1:0', '1:1:8']);
  });

  it('is empty for an empty tree and for a budget no node fits', () => {
    expect(chooseDigest([], 1_000)).toEqual([]);
    expect(chooseDigest(frontierOf(3), 64)).toEqual([]);
  });
});
