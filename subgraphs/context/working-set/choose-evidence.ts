import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { SummaryNode } from '../calls/compression.ts';
import { denseLeaves } from './dense-leaves.ts';
import { type Candidate, rankPassages } from './rank-passages.ts';
import { Selection } from './selection.ts';
import type { Relevance } from './shares.ts';
import type { Draft } from './stable-part.ts';

/** The best hits may spend this share of the room on their own words before summaries have their turn. */
const VERBATIM_FIRST = 0.6;

export interface EvidenceRequest {
  readonly question: string;
  /** As search ranked them. */
  readonly candidates: readonly Candidate[];
  /** Lowest nodes of the summary tree over the hits, where there are any. */
  readonly leaves: readonly SummaryNode[];
  /** At most, for one passage. */
  readonly passageTokens: number;
  readonly relevance: Relevance;
  readonly signal?: AbortSignal;
}

/**
 * Fills what is left of the budget with what was found for the question, the best first: whole fragments where they fit
 * their share, else the passage that fits the question. What several lesser hits of one stretch would say at length, the
 * stretch's summary says in short; never both. Nothing is said twice, and nothing is shown that is not worth its reading.
 * Works in slices: hundreds of candidates take longer than others can wait.
 */
export async function chooseEvidence(draft: Draft, request: EvidenceRequest): Promise<void> {
  const { question, candidates, leaves, relevance, signal } = request;
  const { ledger } = draft;
  const passageTokens = Math.min(request.passageTokens, ledger.leftTokens);
  const { passages: ranked, weights } = await rankPassages(candidates, question, passageTokens, signal);
  const best = ranked[0]?.score ?? 0;
  const passages = ranked.filter(({ score }) => score >= best * relevance.least);
  const selection = new Selection(draft, { best, relevance });

  const verbatimUntil = ledger.spentTokens + ledger.leftTokens * (leaves.length === 0 ? 1 : VERBATIM_FIRST);
  await inSlices(passages, (passage) => ledger.spentTokens < verbatimUntil && selection.offerPassage(passage), signal);
  for (const leaf of denseLeaves(leaves, passages, selection.positions, passageTokens)) {
    selection.offerSummary(leaf, weights, passageTokens);
  }
  await inSlices(passages, (passage) => selection.offerPassage(passage), signal);
}
