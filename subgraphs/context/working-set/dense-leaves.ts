import type { SummaryNode } from '../calls/compression.ts';
import type { Candidate } from './candidates.ts';

const HITS_FOR_A_SUMMARY = 2;

/** A leaf of the summary tree, with the score of the best candidate within. */
export interface Leaf {
  readonly node: SummaryNode;
  readonly score: number;
}

/** Leaves that say in fewer tokens what two or more candidates left over would say in their own words, the best first. */
export function denseLeaves(
  leaves: readonly SummaryNode[],
  candidates: readonly Candidate[],
  shown: ReadonlySet<number>,
  passageTokens: number,
): Leaf[] {
  return leaves
    .filter((node) => ![...shown].some((position) => isWithin(node, position)))
    .map((node) => ({ node, within: candidates.filter(({ entry }) => isWithin(node, entry.position)) }))
    .filter(({ node, within }) => {
      const verbatim = within.reduce((sum, { entry }) => sum + Math.min(entry.tokens, passageTokens), 0);
      return within.length >= HITS_FOR_A_SUMMARY && Math.min(node.tokens, passageTokens) < verbatim;
    })
    .map(({ node, within }) => ({ node, score: Math.max(...within.map(({ score }) => score)) }))
    .sort((a, b) => b.score - a.score);
}

function isWithin({ from, through }: SummaryNode, position: number): boolean {
  return position >= from && position <= through;
}
