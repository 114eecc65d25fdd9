import type { ConfidenceFeatures } from './confidence-features.ts';

/** What each number of a reading adds to the logit. */
export type Coefficients = Readonly<Record<keyof ConfidenceFeatures, number>> & { readonly constant: number };

/*
 * Two logistic regressions of 2026-11-30, by what `test/eval/fit-confidence.ts` does, on 1 308 readings: the half to fit on of two sets that the rules of
 * `npm run eval` make (seeds 1 and 5) in three styles of wording. What they come to on questions, documents and wordings they have not seen is a
 * table in the README of this stage.
 */

/** How sure it is that the quote answers. */
export const OF_QUOTE: Coefficients = {
  ...{ constant: -3.42, score: 0.52, near: -0.01, missing: -0.87, missingNames: -2.94, lacks: 0.19, whole: 3.33 },
  ...{ covered: -1.5, hasName: -1.26, focus: 1.54, lacksDefault: -1.22, typed: 1.73, margin: 3.4 },
  ...{ agreement: -0.38, set: 0.37 },
};

/** How sure it is that the quote, or one of the two that are nearest to it, answers. */
export const OF_OFFER: Coefficients = {
  ...{ constant: -2.13, score: 0.52, near: -0.35, missing: -1.33, missingNames: -3.65, lacks: 1.14, whole: 3.5 },
  ...{ covered: -1.45, hasName: -0.86, focus: 0.86, lacksDefault: -0.8, typed: 0.83, margin: 2.49 },
  ...{ agreement: -0.53, set: 0.7 },
};
