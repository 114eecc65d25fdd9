import type { SearchAnswer } from '../calls/store.ts';

/**
 * Of a logistic regression on the questions of `npm run eval` without a folder, the half to fit on, as if as many of them had an answer
 * as had none; a quarter of those with one ask in other words than the text, and near misses are among those without.
 */
const WITH_MEANING = { constant: -1.67, coverage: 2.06, similarity: 0.74 } as const;
const BY_WORDS = { constant: -1.3, coverage: 2.12, similarity: 0 } as const;

/**
 * How likely it is that what answers the question was found, 0-1: by how much of the question, its rare words above all, one place has by
 * itself, and by how near the nearest is. It tells questions about what is not there from others where they use the words of the text
 * (see test/eval/README.md for how well), and is unsure of those in other words. Null where nothing was searched.
 */
export function confidenceOf({ coverage, similarity, indexedThrough }: SearchAnswer): number | null {
  if (indexedThrough < 0) return null;
  const { constant, ...weights } = similarity === null ? BY_WORDS : WITH_MEANING;
  const logit = constant + weights.coverage * coverage + weights.similarity * (similarity ?? 0);
  return Number((1 / (1 + Math.exp(-logit))).toFixed(3));
}
