import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { termSetOf } from '@supercontext/text/terms.ts';
import type { Hit } from '../calls/store.ts';
import type { LogEntry } from '../log/session-log.ts';
import { excerpt } from './excerpt.ts';
import { weighTerms } from './terms.ts';

/** How much the passage counts beside the fragment it stands in. */
const FIT = 0.5;

/** What search found, with what the log says of it. */
export interface Candidate {
  readonly hit: Hit;
  readonly entry: LogEntry;
}

/** What would be shown of a candidate: all of it, or the passage that fits the question. */
export interface Passage extends Candidate {
  readonly text: string;
  /** 0-1 and a little over: what search says of the fragment, and how well what is shown of it fits. */
  readonly score: number;
}

export interface Ranking {
  /** The best first. */
  readonly passages: readonly Passage[];
  /** The question's terms, each with how much it tells the candidates apart. */
  readonly weights: ReadonlyMap<string, number>;
}

/**
 * Ranks candidates by what search says of them and by how well the passage of at most `passageTokens` that would be shown fits
 * the question. Works in slices: hundreds of candidates take longer than others can wait.
 */
export async function rankPassages(
  candidates: readonly Candidate[],
  question: string,
  passageTokens: number,
  signal: AbortSignal | undefined,
): Promise<Ranking> {
  const terms = await inSlices(candidates, ({ hit }) => termSetOf(hit.text), signal);
  const weights = weighTerms(termSetOf(question), terms);
  const best = Math.max(Number.MIN_VALUE, ...candidates.map(({ hit }) => hit.score));
  const needsExcerpts = candidates.some(({ hit }) => hit.tokens > passageTokens);
  const passageOf = (candidate: Candidate): Passage => {
    const { hit } = candidate;
    const found = hit.score / best;
    if (!needsExcerpts) return { ...candidate, text: hit.text, score: found };
    const { text, fit } = excerpt(hit, weights, passageTokens);
    const shown = hit.tokens <= passageTokens ? hit.text : text;
    return { ...candidate, text: shown, score: withFit(found, fit) };
  };
  const passages = await inSlices(candidates, passageOf, signal);
  return { passages: passages.sort((a, b) => b.score - a.score || a.hit.position - b.hit.position), weights };
}

/** The score of a text by that of what it stands in, and by how well it fits. */
export function withFit(found: number, fit: number): number {
  return (1 - FIT) * found + FIT * Math.min(fit, 1.5);
}
