import type { SearchAnswer } from '../calls/store.ts';

/**
 * Logistic regressions on questions of `npm run eval` without a folder, the half to fit on, as if as many of them had an answer as had
 * none. A question with names in it (`--questions 1600 --seed 7`, searched by words) is answered where they stand together, in whatever
 * words the rest of it is; near misses are among those without an answer. One without names by how much of it one place has, and by how
 * near the nearest is.
 */
const BY_NAMES = { constant: -2.65, together: 3.89, there: 0.78 } as const;
const WITH_MEANING = { constant: -1.67, coverage: 2.06, similarity: 0.74 } as const;
const BY_WORDS = { constant: -1.3, coverage: 2.12, similarity: 0 } as const;

/**
 * How likely it is that what answers the question was found, 0-1. It tells questions about what is not there from others, near misses
 * too (see README.md for how well), and is unsure of those without names in other words than the text's. Null where nothing was searched.
 */
export function confidenceOf(found: SearchAnswer): number | null {
  if (found.indexedThrough < 0) return null;
  return Number((1 / (1 + Math.exp(-logitOf(found)))).toFixed(3));
}

function logitOf({ names, coverage, similarity }: SearchAnswer): number {
  if (names !== null) return BY_NAMES.constant + BY_NAMES.together * names.together + BY_NAMES.there * names.there;
  const { constant, ...weights } = similarity === null ? BY_WORDS : WITH_MEANING;
  return constant + weights.coverage * coverage + weights.similarity * (similarity ?? 0);
}
