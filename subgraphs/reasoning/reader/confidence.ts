import { type Coefficients, OF_OFFER, OF_QUOTE } from './coefficients.ts';
import type { ConfidenceFeatures } from './confidence-features.ts';

/** How sure one may be that something is answered, in the words of the graph. */
export type Certainty = 'stated' | 'unsure' | 'not-said';

/** How sure a reading is, 0-1. */
export interface Confidence {
  /** That the quote answers. */
  readonly ofQuote: number;
  /** That the quote, or one of the two that are nearest to it, answers. */
  readonly ofOffer: number;
}

/** Of the quote, to be stated. */
export const LEAST_STATED = 0.8;
/** Of what is offered, not to be refused. */
export const LEAST_OFFERED = 0.4;

export const NO_CONFIDENCE: Confidence = { ofQuote: 0, ofOffer: 0 };

/** See `coefficients.ts` for what they were fitted on, and the README of the stage for how well they hold. */
export function confidenceOf(features: ConfidenceFeatures): Confidence {
  return { ofQuote: probability(OF_QUOTE, features), ofOffer: probability(OF_OFFER, features) };
}

function probability(coefficients: Coefficients, features: ConfidenceFeatures): number {
  let logit = coefficients.constant;
  for (const name of Object.keys(features) as (keyof ConfidenceFeatures)[])
    logit += coefficients[name] * features[name];
  return 1 / (1 + Math.exp(-logit));
}

/** What is stated is offered, too. */
export function certaintyOf({ ofQuote, ofOffer }: Confidence): Certainty {
  if (ofQuote >= LEAST_STATED) return 'stated';
  return ofOffer >= LEAST_OFFERED ? 'unsure' : 'not-said';
}

/** The least of several, each by itself. */
export function leastConfidence(all: readonly Confidence[]): Confidence {
  return {
    ofQuote: Math.min(1, ...all.map(({ ofQuote }) => ofQuote)),
    ofOffer: Math.min(1, ...all.map(({ ofOffer }) => ofOffer)),
  };
}
