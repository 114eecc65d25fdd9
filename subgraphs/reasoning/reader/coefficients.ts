import type { ConfidenceFeatures } from './confidence-features.ts';

/** What each number of a reading adds to the logit. */
export type Coefficients = Readonly<Record<keyof ConfidenceFeatures, number>> & { readonly constant: number };

/*
 * Two logistic regressions of 2026-11-30, by what `test/eval/fit-confidence.ts` does, on 1 116 readings: the half to fit on of the set that the rules of
 * `npm run eval` make, in three styles of wording, and 85 questions in a person's own words about manuals; each by words alone, and with meanings
 * compared. What they come to on questions, documents and wordings they have not seen is a table in the README of this stage.
 */

/** How sure it is that the quote answers. */
export const OF_QUOTE: Coefficients = {
  ...{ constant: -4.74, score: 1.33, near: 0.58, missing: -0.45, missingNames: -1.69, lacks: -0.11, whole: 2.33 },
  ...{ covered: -1.09, hasName: -0.34, focus: 0.86, lacksDefault: -0.46, typed: 0.47, margin: 0.95 },
  ...{ agreement: 0.36, set: 1.46, telling: 1.56 },
};

/** How sure it is that the quote, or one of the two that are nearest to it, answers. */
export const OF_OFFER: Coefficients = {
  ...{ constant: -2.94, score: 1.33, near: 0.73, missing: -0.71, missingNames: -2.28, lacks: -0.08, whole: 1.99 },
  ...{ covered: -1.55, hasName: -0.26, focus: 0.38, lacksDefault: -0.12, typed: 0.39, margin: 0.24 },
  ...{ agreement: -0.19, set: 1.4, telling: 1.62 },
};
