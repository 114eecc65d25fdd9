import type { Degradation } from '@supercontext/contract';
import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import type { LogEntry } from '../log/session-log.ts';
import type { ContextState } from '../state.ts';
import type { WorkingSetRequest } from './gather.ts';
import { gist } from './gist.ts';
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
  const wantsAnswers = asksOfEarlierAnswers(gist(request.question));
  for (let first = wanted; ; first = Math.min(first * MORE, MOST_HITS)) {
    const { hits, ...found } = await searchLog(state, request, first, degraded);
    const positions = hits.map(({ position }) => position);
    const entries = await entriesOf(state, request.session.id, positions);
    const best = hits[0]?.score ?? 1;
    const candidates = hits.flatMap(({ position, score }) => {
      const entry = entries.get(position);
      const mayBeSource = entry !== undefined && isShown(entry) && (wantsAnswers || !entry.isAnswer);
      return mayBeSource ? [{ entry, score: score / best }] : [];
    });
    const isAll = hits.length < first || first >= MOST_HITS;
    if (candidates.length >= wanted / 2 || isAll) return { ...found, candidates };
  }
}
