import { type AskedTerms, tellingShare } from './question-terms.ts';
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
  /** How much of what is asked stands in it alone. */
  readonly covered: number;
  /** Whether a name is asked about: 1 or 0. */
  readonly hasName: number;
  /** Share of the next best that are of the same text. */
  readonly focus: number;
  /** Whether a default is asked for and nothing says that it is one: 1 or 0, a half where columns have no names. */
  readonly lacksDefault: number;
  /** Whether it has what looks as what is asked for: 1 or 0, and a half where nobody knows what that is. */
  readonly typed: number;
  /** How far it is before the next one that says something else. */
  readonly margin: number;
  /** Whether the search found its passage first: 1, less the later. */
  readonly agreement: number;
  /** How sure the working set is that the answer is in it; a half where it does not say. */
  readonly set: number;
  /** How much tells what is asked about, of four words or names: by one word alone, much is near that is none. */
  readonly telling: number;
  /** How near it is in meaning to the question, 0-1; where that was not compared as near as most are. */
  readonly meant: number;
}

const USUAL_BEST_SCORE = 1.5;
/** Another word for the same lacks a little. */
const SMALL_LACK = 0.25;
const ENOUGH_TELLING = 4;
const USUAL_COSINE = 0.45;

export function confidenceFeatures(found: Found, setConfidence: number | null): ConfidenceFeatures | null {
  const best = found.units.find(({ isNear }) => isNear);
  if (best === undefined) return null;
  const next = found.units.find((other) => saysOther(best, other));
  return {
    score: clipped(best.score / USUAL_BEST_SCORE),
    near: clipped(best.covered + best.around),
    missing: clipped(best.missingTelling),
    missingNames: clipped(best.missingNames),
    lacks: clipped(best.lacks),
    whole: Number(best.lacks < SMALL_LACK),
    covered: clipped(best.covered),
    hasName: Number(found.asked.names.length > 0),
    focus: focusOf(found.units),
    lacksDefault: best.lacksDefault,
    typed: found.asked.type === null ? 0.5 : Number(best.typed > 0 || best.typedHeading !== null),
    margin: clipped(next === undefined ? 1 : best.rating - next.rating),
    agreement: 1 / (1 + best.unit.rank),
    set: setConfidence ?? 0.5,
    telling: clipped(tellingOf(found.asked) / ENOUGH_TELLING),
    meant: clipped(best.cosine ?? USUAL_COSINE),
  };
}

function tellingOf({ words, names, kinds }: AskedTerms): number {
  return names.length + words.filter((word) => tellingShare(word) === 1 && !kinds.has(word)).length;
}

const NEXT_BEST = 5;

function focusOf(units: readonly ScoredUnit[]): number {
  const [best, ...next] = units.slice(0, 1 + NEXT_BEST);
  return next.length === 0 ? 1 : next.filter(({ unit }) => unit.about === best?.unit.about).length / next.length;
}

function saysOther(best: ScoredUnit, other: ScoredUnit): boolean {
  return other !== best && !other.unit.own.terms.isSubsetOf(best.unit.own.terms);
}

function clipped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
