import type { ConfidenceFeatures } from './confidence-features.ts';

/** Of a logistic regression: what each number of a reading adds to the logit. */
export type Coefficients = Readonly<Record<keyof ConfidenceFeatures, number>> & { readonly constant: number };

/** How sure it is that the quote answers. */
export const OF_QUOTE: Coefficients = {
  ...{ constant: -3.52, score: 0.74, near: 0.62, missing: -0.33, missingNames: -2.12, lacks: -0.22, whole: 3.4 },
  ...{ covered: -1.82, hasName: -1.39, focus: 1.38, lacksDefault: -0.93, typed: 1.69, margin: 2.33 },
  ...{ agreement: -0.22, set: 0.38 },
};

/** How sure it is that the quote, or one of the two that are nearest to it, answers. */
export const OF_OFFER: Coefficients = {
  ...{ constant: -2.82, score: 0.47, near: 0.58, missing: -1.03, missingNames: -3.66, lacks: 1.2, whole: 3.54 },
  ...{ covered: -2.18, hasName: -0.79, focus: 1.07, lacksDefault: -0.9, typed: 1.04, margin: 2.04 },
  ...{ agreement: -0.48, set: 0.57 },
};
