import type { ConfidenceFeatures } from './confidence-features.ts';

/** What each number of a reading adds to the logit. */
export type Coefficients = Readonly<Record<keyof ConfidenceFeatures, number>> & { readonly constant: number };

/*
 * Two logistic regressions of 2026-11-30, by what `test/eval/fit-confidence.ts` does, on 1 116 readings: the half to fit on of the set that the rules of
 * `npm run eval` make, in three styles of wording, and, twice, 85 questions in a person's own words about manuals; each by words alone, and with
 * meanings compared. What they come to on questions, documents and wordings they have not seen is a table in the README of this stage.
 */

/** How sure it is that the quote answers. */
export const OF_QUOTE: Coefficients = {
  ...{ constant: -3.97, score: 1.62, near: 0.08, missing: -0.64, missingNames: -2, lacks: -0.46, whole: 1.54 },
  ...{ covered: -0.64, hasName: -0.22, focus: 0.79, lacksDefault: 0.09, typed: 0.35, margin: 1.43 },
  ...{ agreement: 0.35, set: 1.4, telling: 1.5, meant: -0.15 },
};

/** How sure it is that the quote, or one of the two that are nearest to it, answers. */
export const OF_OFFER: Coefficients = {
  ...{ constant: -2.93, score: 1.22, near: 0.48, missing: -0.62, missingNames: -1.88, lacks: 0.16, whole: 1.63 },
  ...{ covered: -1.27, hasName: -0.08, focus: 0.32, lacksDefault: 0.54, typed: 0.16, margin: 0.66 },
  ...{ agreement: 0.03, set: 1.4, telling: 1.22, meant: 0.72 },
};
