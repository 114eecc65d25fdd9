/**
 * How sure a reading is: a logistic regression of 2026-11-29 on 516 readings, of the half to fit on of the set that `npm run eval` makes, asked
 * in three styles of wording. On the half to report, as the questions stand (119 answerable, 29 not): 58 % right, stated or offered,
 * of 64 % that it quotes right whatever it says of them; of 78 stated 13 % wrong; 97 % of the unanswerable refused. On documents and
 * wordings of another origin (`--held-out`, 199 and 81): 57 % right, stated or offered, of 78 %; of 119 stated 12 % wrong; 100 %
 * refused. So it refuses more than it need, above all what is asked in other words than the text has.
 */
export const COEFFICIENTS = {
  constant: -5.61,
  score: 0.84,
  near: 2.11,
  missing: -0.07,
  missingNames: -1.59,
  lacks: 0.8,
  whole: 3.43,
  typed: 2.12,
  margin: 1.5,
  agreement: 0.51,
  set: -0.97,
} as const;
