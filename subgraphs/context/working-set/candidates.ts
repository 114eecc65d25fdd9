import type { Degradation } from '@supercontext/contract';
import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import type { LogEntry } from '../log/session-log.ts';
import type { ContextState } from '../state.ts';
import { confidenceOf } from './confidence.ts';
import type { WorkingSetRequest } from './gather.ts';
import { gist } from './gist.ts';
import { occasionOf } from './occasion.ts';
import { entriesOf, searchLog } from './search-log.ts';
import { isShownIn } from './shown-entries.ts';

/** A fragment that may be shown, and how well it fits the question. */
export interface Candidate {
  readonly entry: LogEntry;
  /** Above 0; the best one's is 1. */
  readonly score: number;
}

/** What search found, of that what may be a source. */
export interface Candidates {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Positions of the messages that say how things are to be done from now on, the newest first. */
  readonly instructions: readonly number[];
  /** How likely it is that what answers the question was found, 0-1; null where nothing was searched. */
  readonly confidence: number | null;
  readonly indexedThrough: number;
  /** Of what the store knew to be withdrawn. */
  readonly withdrawnDigest: string;
}

/** Search is asked for more, so many times as many each time, while too little of what it finds is a source. */
const MORE = 4;
const MOST_HITS = 1_000;

/**
 * The fragments that fit the question, as many as there is use for. What a model answered here is none, unless the question is
 * about that: it was made from what is in the log, too, and fits best where the same was asked before. Where that is all that
 * search finds, it is asked for more.
 */
export async function findCandidates(
  state: ContextState,
  request: WorkingSetRequest,
  wanted: number,
  degraded: Degradation[],
): Promise<Candidates> {
  const isShown = isShownIn(request);
  const question = gist(request.question);
  const wantsAnswers = asksOfEarlierAnswers(question);
  const occasion = occasionOf(question, request.session.fragments - 1);
  for (let first = wanted; ; first = Math.min(first * MORE, MOST_HITS)) {
    const found = await searchLog(state, request, first, degraded);
    const { hits, instructions, indexedThrough, withdrawnDigest } = found;
    const positions = hits.map(({ position }) => position);
    const entries = await entriesOf(state, request.session.id, positions);
    const candidates = hits.flatMap(({ position, score }) => {
      const entry = entries.get(position);
      const mayBeSource = entry !== undefined && isShown(entry) && (wantsAnswers || !entry.isAnswer);
      return mayBeSource ? [{ entry, score: score * occasion(entry) }] : [];
    });
    const isAll = hits.length < first || first >= MOST_HITS;
    if (candidates.length >= wanted / 2 || isAll) {
      const confidence = confidenceOf(found);
      return { candidates: inShares(candidates), instructions, confidence, indexedThrough, withdrawnDigest };
    }
  }
}

/** By score, the best one's being 1. */
function inShares(candidates: readonly Candidate[]): Candidate[] {
  const best = candidates.reduce((most, { score }) => Math.max(most, score), Number.MIN_VALUE);
  return candidates
    .map(({ entry, score }) => ({ entry, score: score / best }))
    .sort((one, other) => other.score - one.score);
}
