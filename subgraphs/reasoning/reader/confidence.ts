import { COEFFICIENTS } from './coefficients.ts';
import type { Found } from './read-question.ts';
import type { ScoredUnit } from './score-units.ts';

/** What tells a right answer from a wrong one, and a question that is answered from one that is not: each about 0-1. */
export interface ConfidenceFeatures {
  /** How well the best unit answers. */
  readonly score: number;
  /** How much of what is asked stands in it or around it. */
  readonly near: number;
  /** Share of the telling words and names that its whole passage does not have. */
  readonly missing: number;
  /** Share of the names that stand neither in it nor around it. */
  readonly missingNames: number;
  /** How much the one thing tells that stands least in it or around it. */
  readonly lacks: number;
  /** Whether all that tells stands in it or around it: 1 or 0. */
  readonly whole: number;
  /** Whether it has what looks as what is asked for: 1 or 0, and a half where nobody knows what that is. */
  readonly typed: number;
  /** How far it is before the next one that says something else. */
  readonly margin: number;
  /** Whether the search found its passage first: 1, less the later. */
  readonly agreement: number;
  /** How sure the working set is that the answer is in it; a half where it does not say. */
  readonly set: number;
}

/** How sure one may be that something is answered, 0-1, and in the words of the graph. */
export type Certainty = 'stated' | 'unsure' | 'not-said';

export const LEAST_STATED = 0.8;
export const LEAST_UNSURE = 0.5;
const USUAL_BEST_SCORE = 1.5;
/** Another word for the same lacks a little. */
const SMALL_LACK = 0.25;

export function confidenceFeatures(found: Found, setConfidence: number | null): ConfidenceFeatures | null {
  const [best] = found.units;
  if (best === undefined) return null;
  const next = found.units.find((other) => saysOther(best, other));
  return {
    score: clipped(best.score / USUAL_BEST_SCORE),
    near: clipped(best.covered + best.around),
    missing: clipped(best.missingTelling),
    missingNames: clipped(best.missingNames),
    lacks: clipped(best.lacks),
    whole: Number(best.lacks < SMALL_LACK && !best.lacksDefault),
    typed: found.asked.type === null ? 0.5 : Number(best.typed > 0 || best.typedHeading !== null),
    margin: clipped(next === undefined ? 1 : best.score - next.score),
    agreement: 1 / (1 + best.unit.rank),
    set: setConfidence ?? 0.5,
  };
}

function saysOther(best: ScoredUnit, other: ScoredUnit): boolean {
  return other !== best && !other.unit.own.terms.isSubsetOf(best.unit.own.terms);
}

/** Of a logistic regression: see `coefficients.ts` for what it was fitted on, and how well it holds. */
export function confidenceOf(features: ConfidenceFeatures): number {
  let logit: number = COEFFICIENTS.constant;
  for (const name of Object.keys(features) as (keyof ConfidenceFeatures)[])
    logit += COEFFICIENTS[name] * features[name];
  return 1 / (1 + Math.exp(-logit));
}

export function certaintyOf(confidence: number): Certainty {
  if (confidence >= LEAST_STATED) return 'stated';
  return confidence >= LEAST_UNSURE ? 'unsure' : 'not-said';
}

function clipped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
