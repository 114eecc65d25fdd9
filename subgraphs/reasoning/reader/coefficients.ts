/**
 * How sure a reading is: a logistic regression on 2026-11-29, of 411 readings: the half to fit on of the set that `npm run eval` makes, asked
 * in three styles of wording. On the half to report, as the questions stand (119 answerable, 29 not): 58 % right, stated or offered; of
 * 78 stated 13 % wrong; 97 % of the unanswerable refused. On documents and wordings of another origin (`--held-out`, 199 and
 * 81): 54 % right, of 111 stated 12 % wrong, 100 % refused.
 */
export const COEFFICIENTS = {
  constant: -5.4,
  score: 0.81,
  near: 1.96,
  missing: -0.13,
  missingNames: -1.59,
  lacks: 0.74,
  whole: 3.42,
  typed: 2.04,
  margin: 1.52,
  agreement: 0.52,
  set: -0.94,
} as const;
