import { termSetOf } from '@supercontext/text/terms.ts';
import { countTokens } from '@supercontext/tokens/count-tokens.ts';
import type { SummaryNode } from '../calls/compression.ts';
import type { Candidate } from './candidates.ts';
import { denseLeaves, type Leaf } from './dense-leaves.ts';
import { excerpt } from './excerpt.ts';
import { NearDuplicates } from './near-duplicates.ts';
import { originOfSummary } from './origin.ts';
import type { Draft } from './stable-part.ts';
import { weighTerms } from './terms.ts';

export interface SummaryRequest {
  readonly question: string;
  readonly candidates: readonly Candidate[];
  /** Lowest nodes of the summary tree over them. */
  readonly leaves: readonly SummaryNode[];
  /** At most, for one of them. */
  readonly passageTokens: number;
}

/**
 * Fills what is left of the budget with summaries of stretches of which several fragments fit the question and none is shown:
 * what they would say at length, it says in short. Never both.
 */
export function addSummaries(draft: Draft, { question, candidates, leaves, passageTokens }: SummaryRequest): void {
  const shown = new Set(draft.ledger.segments.flatMap(({ kind, from }) => (kind === 'fragment' ? [from] : [])));
  const weights = weighTerms(
    termSetOf(question),
    leaves.map(({ text }) => termSetOf(text)),
  );
  const repeated = new NearDuplicates();
  for (const leaf of denseLeaves(leaves, candidates, shown, passageTokens)) {
    addSummary(draft, leaf, { weights, passageTokens, repeated });
  }
}

/** Whole where it fits its share, else the sentences of it that fit the question. */
function addSummary(
  { ledger, coverage, modelNodes }: Draft,
  { node, score }: Leaf,
  {
    weights,
    passageTokens,
    repeated,
  }: {
    readonly weights: ReadonlyMap<string, number>;
    readonly passageTokens: number;
    readonly repeated: NearDuplicates;
  },
): void {
  const { id, from, through } = node;
  const isWhole = node.tokens <= passageTokens;
  const text = isWhole ? node.text : excerpt({ text: node.text, name: null }, weights, passageTokens);
  const tokens = isWhole ? node.tokens : countTokens(text);
  if (tokens > ledger.leftTokens || ledger.segments.some((segment) => segment.id === id)) return;
  if (coverage.touches(node) && !coverage.includes(node)) return;
  if (repeated.isRepeated(text)) return;
  const segment = { kind: 'summary', id, reason: 'evidence', score, text, tokens, from, through } as const;
  if (!ledger.add({ ...segment, verbatim: false, ...originOfSummary(modelNodes.has(id)) })) return;
  coverage.add(node, node.originalTokens);
}
