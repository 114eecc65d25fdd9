import { LEAST_SIMILARITY } from './search/vectors/search-by-meaning.ts';

/**
 * The cosine from which on meaning counts. What is not among the `most` nearest may be as near as the last of them, and counts nothing: where
 * the question has names, which nobody says in other words, it is not to fall behind all of those for that.
 *
 * @param byMeaning the nearest first
 */
export function leastSimilarityOf(
  byMeaning: readonly { readonly similarity: number }[],
  most: number,
  hasNames: boolean,
): number {
  const last = hasNames ? byMeaning[most - 1] : undefined;
  return last === undefined ? LEAST_SIMILARITY : Math.max(LEAST_SIMILARITY, last.similarity);
}
