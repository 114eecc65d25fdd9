import { type IndexedUnit, indexUnits } from './index-units.ts';
import type { Meaning } from './meaning.ts';
import { type AskedTerms, askedTerms, mainQuestion } from './question-terms.ts';
import { readUnits } from './read-units.ts';
import type { Resting } from './resting.ts';
import { type ScoredUnit, scoreUnit } from './score-units.ts';
import { type RatedUnit, rateUnits } from './similarity.ts';
import { weighTerms } from './weigh-terms.ts';

/** A text that is read, the best first. */
export interface Passage {
  readonly text: string;
  /** Where it is from and who said it: its words count as being around each of its sentences. */
  readonly about: string;
  /** Of a message when it was said, of later ones more; null of anything else, which no later text puts right. */
  readonly saidAt: number | null;
}

/** What reading passages for one question came to. */
export interface Found {
  readonly asked: AskedTerms;
  /** The best first; at most `MOST_KEPT`, of each passage the best ones. */
  readonly units: readonly RatedUnit[];
}

const MOST_KEPT = 64;
/** Takes passages apart, in slices. */
export async function indexPassages(passages: readonly Passage[], resting: Resting): Promise<IndexedUnit[]> {
  const units: IndexedUnit[] = [];
  for (const [rank, { text, about }] of passages.entries()) {
    for (const unit of indexUnits(readUnits(text), about, rank)) units.push(unit);
    await resting.ifNeeded();
  }
  return units;
}

/** The units that answer `question` best, by their words and, where it can be told, by their meaning. */
export async function readQuestion(
  question: string,
  units: readonly IndexedUnit[],
  { resting, meaning: { similarity, likeness } }: { readonly resting: Resting; readonly meaning: Meaning },
): Promise<Found> {
  const asked = askedTerms(question);
  const weighed = await weighTerms(asked, units, { likeness, resting });
  const scored: ScoredUnit[] = [];
  for (const unit of units) {
    scored.push(scoreUnit(unit, asked, weighed));
    await resting.ifNeeded();
  }
  const best = scored.sort((one, other) => other.score - one.score).slice(0, MOST_KEPT);
  return { asked, units: await rateUnits(mainQuestion(question), best, similarity) };
}
