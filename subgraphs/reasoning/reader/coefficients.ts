import type { ConfidenceFeatures } from './confidence-features.ts';

/** What each number of a reading adds to the logit. */
export type Coefficients = Readonly<Record<keyof ConfidenceFeatures, number>> & { readonly constant: number };

/*
 * Two logistic regressions of 2026-11-30, by what `test/eval/fit-confidence.ts` does, on 1 276 readings: the half to fit on of the set that the rules of
 * `npm run eval` make, in three styles of wording, and, twice, 85 questions in a person's own words about manuals; each by words alone, and with
 * meanings compared, the half to fit on also of passages that are found by meaning. What they come to on questions, documents and wordings they have not seen is a table in the README of this stage.
 */

/** How sure it is that the quote answers. */
export const OF_QUOTE: Coefficients = {
  ...{ constant: -4.6, score: 1.95, near: -0.05, missing: -1.04, missingNames: -2.15, lacks: 0.13, whole: 1.88 },
  ...{ covered: -0.63, hasName: -0.32, focus: 0.71, lacksDefault: -0.31, typed: 0.63, margin: 1.35 },
  ...{ agreement: 0.19, set: 1.65, telling: 1.4, meant: 0.15 },
};

/** How sure it is that the quote, or one of the two that are nearest to it, answers. */
export const OF_OFFER: Coefficients = {
  ...{ constant: -3.49, score: 1.21, near: 0.63, missing: -0.82, missingNames: -2, lacks: 0.57, whole: 2.18 },
  ...{ covered: -1.54, hasName: -0.11, focus: 0.08, lacksDefault: 0.64, typed: 0.34, margin: 0.66 },
  ...{ agreement: -0.08, set: 1.42, telling: 1.28, meant: 1.24 },
};
