/** What the nearest is worth beside what has the words of the query best, which is worth 1. */
const MEANING_SHARE = 0.4;

/** By the words of a query: a score above 0. */
export interface WordHit {
  readonly position: number;
  readonly score: number;
}

/** By its meaning: the cosine of the nearest window. */
export interface NearHit {
  readonly position: number;
  readonly similarity: number;
}

/**
 * Joins what a search by words and one by meaning found, each the best first: score / best score + 0.4 * (similarity - least) /
 * (best similarity - least). By scores and not by ranks: on conversations and on documents a convex sum found more than reciprocal
 * ranks did (as Bruch, Gai and Ingber report, 2023), and how much better one hit is than the next is what a working set is chosen by.
 * The best first; of equal ones the newer.
 * @param leastSimilarity What is farther was not found.
 */
export function fuseScores(
  byWords: readonly WordHit[],
  byMeaning: readonly NearHit[],
  { first, leastSimilarity }: { readonly first: number; readonly leastSimilarity: number },
): WordHit[] {
  const best = byWords[0]?.score ?? 1;
  const range = Math.max(Number.EPSILON, (byMeaning[0]?.similarity ?? 1) - leastSimilarity);
  const scores = new Map(byWords.map(({ position, score }) => [position, score / best]));
  for (const { position, similarity } of byMeaning) {
    const near = (MEANING_SHARE * Math.max(0, similarity - leastSimilarity)) / range;
    scores.set(position, (scores.get(position) ?? 0) + near);
  }
  return [...scores]
    .map(([position, score]) => ({ position, score }))
    .sort((one, other) => other.score - one.score || other.position - one.position)
    .slice(0, first);
}
