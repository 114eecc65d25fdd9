import { isBroad } from '@supercontext/text/broad-questions.ts';
import {
  type Certainty,
  type Confidence,
  certaintyOf,
  confidenceOf,
  LEAST_STATED,
  leastConfidence,
  NO_CONFIDENCE,
} from './confidence.ts';
import { type ConfidenceFeatures, confidenceFeatures } from './confidence-features.ts';
import { isContradicted } from './contradictions.ts';
import type { IndexedUnit } from './index-units.ts';
import { type Meaning, WORDS_ALONE } from './meaning.ts';
import { quoteAround } from './quote-around.ts';
import { type Quote, quoteUnit } from './quote-unit.ts';
import { type Found, indexPassages, type Passage, readQuestion } from './read-question.ts';
import { Resting } from './resting.ts';
import type { ScoredUnit } from './score-units.ts';
import { isUnfitToState } from './unfit-to-state.ts';

/** A question, or a part of one, with what is read for it. */
export interface AskedPart {
  readonly question: string;
  /** The best first. The same list may be given for several parts. */
  readonly passages: readonly Passage[];
  /** How sure the working set is that the answer is in these passages, 0-1; null where it does not say. */
  readonly confidence: number | null;
}

/** What the passages say to a part of a question. */
export interface PartReading {
  readonly question: string;
  readonly confidence: Confidence;
  readonly certainty: Certainty;
  /** What that was told by; null where there is no quote. */
  readonly features: ConfidenceFeatures | null;
  /** Null where no passage shares a word with it. */
  readonly quote: Quote | null;
  /** What was said before and is something else, the newest first. */
  readonly earlier: readonly Quote[];
  /** What else is near and says something else, the best first: none where the quote is stated. */
  readonly nearest: readonly Quote[];
}

/** What the passages say to a question. */
export interface Reading {
  /** Of the least certain part. */
  readonly certainty: Certainty;
  readonly confidence: Confidence;
  /** In the order of the question. */
  readonly parts: readonly PartReading[];
}

const MOST_EARLIER = 2;
const MOST_NEAREST = 2;
const MOST_OF_BROAD = 0.5;
/** Under what is stated. */
const MOST_OF_DOUBTED = 0.75;
/** What is said anew is asked for in the same words, about as well as what was said before. */
const RIVAL = { score: 0.4, near: 0.12, asked: 0.5 };

/**
 * Reads passages for what answers a question, part by part: pure, in slices of a few milliseconds. Reads only, and writes nothing: all
 * it returns stands in the passages.
 * @throws the signal's reason when it has been aborted; what `meaning` throws
 */
export async function readAnswer(
  parts: readonly AskedPart[],
  signal?: AbortSignal,
  meaning: Meaning = WORDS_ALONE,
): Promise<Reading> {
  const resting = new Resting(signal);
  const indexed = new Map<readonly Passage[], readonly IndexedUnit[]>();
  const read: PartReading[] = [];
  for (const part of parts) {
    const units = indexed.get(part.passages) ?? (await indexPassages(part.passages, resting));
    indexed.set(part.passages, units);
    read.push(readPart(part, await readQuestion(part.question, units, { resting, meaning }), units));
  }
  const confidence = leastConfidence(read.map((part) => part.confidence));
  return { certainty: read.length === 0 ? 'not-said' : certaintyOf(confidence), confidence, parts: read };
}

function readPart(
  { question, passages, confidence: ofSet }: AskedPart,
  found: Found,
  units: readonly IndexedUnit[],
): PartReading {
  const features = confidenceFeatures(found, ofSet);
  const touching = found.units.filter(({ isNear }) => isNear);
  const [best] = touching;
  if (features === null || best === undefined) {
    return {
      ...{ question, confidence: NO_CONFIDENCE, certainty: 'not-said', features: null },
      ...{ quote: null, earlier: [], nearest: [] },
    };
  }
  const [newest = best, ...earlier] = saidInTurn(best, touching, passages);
  const { ofQuote, ofOffer } = confidenceOf(features);
  // What asks for an account of everything is answered by no sentence; where documents contradict each other, none is believed,
  // nor is a value taken for a default because it stands beside the name.
  const isDoubted = () =>
    features.lacksDefault === 1 ||
    isUnfitToState(newest, question, found.asked) ||
    isContradicted(newest, touching, found.asked);
  const most = isBroad(question) ? MOST_OF_BROAD : ofQuote >= LEAST_STATED && isDoubted() ? MOST_OF_DOUBTED : 1;
  const confidence = { ofQuote: Math.min(ofQuote, most), ofOffer };
  const certainty = certaintyOf(confidence);
  const passageOf = ({ unit }: ScoredUnit) => passages[unit.rank]?.text ?? '';
  const said = [newest, ...earlier.slice(0, MOST_EARLIER)];
  const reading = { question, confidence, certainty, features };
  if (certainty === 'stated') {
    const [quote = null, ...before] = said.map((scored) => quoteUnit(scored, passageOf(scored), found.asked));
    return { ...reading, quote, earlier: before, nearest: [] };
  }
  const quoteOf = (scored: ScoredUnit) =>
    quoteAround(scored, { passage: passageOf(scored), units, asked: found.asked });
  const [quote = null, ...before] = said.map(quoteOf);
  return { ...reading, quote, earlier: before, nearest: othersThan([newest, ...earlier], touching, quoteOf) };
}

/** The next best, each of which says what those before do not. */
function othersThan(
  told: readonly ScoredUnit[],
  units: readonly ScoredUnit[],
  quoteOf: (scored: ScoredUnit) => Quote,
): readonly Quote[] {
  const others: { readonly scored: ScoredUnit; readonly quote: Quote }[] = [];
  const shown = told.map((scored) => ({ scored, quote: quoteOf(scored) }));
  for (const scored of units) {
    if (others.length === MOST_NEAREST) break;
    const isNew = [...shown, ...others].every(
      (one) => !scored.unit.own.terms.isSubsetOf(one.scored.unit.own.terms) && !isWithin(scored, one.quote),
    );
    if (isNew && scored.unit.kind !== 'heading') others.push({ scored, quote: quoteOf(scored) });
  }
  return others.map(({ quote }) => quote);
}

/** Whether a quote shows a unit together with its own. */
function isWithin({ unit }: ScoredUnit, { passage, around }: Quote): boolean {
  return around !== null && unit.rank === passage && unit.from >= around.from && unit.to <= around.to;
}

/** The best and what was said of the same before or after it, the newest first: of facts that contradict each other it holds. */
function saidInTurn(
  best: ScoredUnit,
  units: readonly ScoredUnit[],
  passages: readonly Passage[],
): readonly ScoredUnit[] {
  const saidAt = ({ unit }: ScoredUnit) => passages[unit.rank]?.saidAt ?? null;
  if (saidAt(best) === null) return [best];
  const near = ({ covered, around }: ScoredUnit) => covered + around;
  const isRival = (other: ScoredUnit) =>
    other === best ||
    (saidAt(other) !== null &&
      other.unit.rank !== best.unit.rank &&
      other.score >= best.score - RIVAL.score &&
      near(other) >= Math.max(RIVAL.asked, near(best) - RIVAL.near) &&
      other.typed > 0 === best.typed > 0 &&
      other.novelty > 0);
  const perPassage = new Map<number, ScoredUnit>();
  for (const unit of units.filter(isRival)) if (!perPassage.has(unit.unit.rank)) perPassage.set(unit.unit.rank, unit);
  return [...perPassage.values()].sort((one, other) => (saidAt(other) ?? 0) - (saidAt(one) ?? 0));
}
