import type { SummaryNode } from '../calls/compression.ts';
import type { Passage } from './rank-passages.ts';

const HITS_FOR_A_SUMMARY = 2;

/** A leaf of the summary tree, with the score of the best passage within. */
export interface Leaf {
  readonly node: SummaryNode;
  readonly score: number;
}

/** Leaves that say in fewer tokens what two or more passages left over would say in their own words, the best first. */
export function denseLeaves(
  leaves: readonly SummaryNode[],
  passages: readonly Passage[],
  shown: ReadonlySet<number>,
  passageTokens: number,
): Leaf[] {
  return leaves
    .filter((node) => ![...shown].some((position) => isWithin(node, position)))
    .map((node) => ({ node, within: passages.filter(({ hit }) => isWithin(node, hit.position)) }))
    .filter(({ node, within }) => {
      const verbatim = within.reduce((sum, { hit }) => sum + Math.min(hit.tokens, passageTokens), 0);
      return within.length >= HITS_FOR_A_SUMMARY && Math.min(node.tokens, passageTokens) < verbatim;
    })
    .map(({ node, within }) => ({ node, score: Math.max(...within.map(({ score }) => score)) }))
    .sort((a, b) => b.score - a.score);
}

export function isWithin({ from, through }: SummaryNode, position: number): boolean {
  return position >= from && position <= through;
}
