/** What the nearest is worth beside what has the words of the query best, which is worth 1. */
const MEANING_SHARE = 0.4;
/** The meaning of a short message stands partly in what was said before and after it: so much of theirs is its own. */
const BESIDE_SHARE = 0.2;

/** Where no place has so much of the query, its words tell less, and in proportion: of a text that shares nothing but "the", hardly anything. */
const ENOUGH_COVERAGE = 0.25;
const LEAST_WORD_SHARE = 0.1;

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

export interface FusingOptions {
  /** Hits at most. */
  readonly first: number;
  /** What is farther was not found by meaning. */
  readonly leastSimilarity: number;
  /** 0-1: how much of the query one of the first hits by words has by itself. */
  readonly coverage: number;
  /** 1 where a short message of a conversation is, less the longer it is, and 0 where none is. */
  readonly brevityOf: (position: number) => number;
}

/**
 * Joins what a search by words and one by meaning found, each the best first: score / best score + 0.4 * (similarity - least) /
 * (best similarity - least), of which short messages lend each other a fifth. By scores and not by ranks: on conversations and on documents a convex sum found more than reciprocal
 * ranks did (as Bruch, Gai and Ingber report, 2023), and how much better one hit is than the next is what a working set is chosen by.
 * The best first; of equal ones the newer.
 */
export function fuseScores(
  byWords: readonly WordHit[],
  byMeaning: readonly NearHit[],
  { first, leastSimilarity, coverage, brevityOf }: FusingOptions,
): WordHit[] {
  const worth = Math.min(1, coverage / ENOUGH_COVERAGE);
  const best = (byWords[0]?.score ?? 1) / Math.max(LEAST_WORD_SHARE, worth);
  const range = Math.max(Number.EPSILON, (byMeaning[0]?.similarity ?? 1) - leastSimilarity);
  const scores = new Map(byWords.map(({ position, score }) => [position, score / best]));
  const meanings = new Map(
    byMeaning.map(({ position, similarity }) => [position, Math.max(0, similarity - leastSimilarity) / range]),
  );
  const meaning = (position: number) => meanings.get(position) ?? 0;
  for (const { position } of byMeaning) if (!scores.has(position)) scores.set(position, 0);
  return [...scores]
    .map(([position, score]) => {
      const beside = [position - 1, position + 1].filter((at) => brevityOf(at) > 0);
      const lent = BESIDE_SHARE * brevityOf(position) * beside.reduce((sum, at) => sum + meaning(at), 0);
      return { position, score: score + MEANING_SHARE * (meaning(position) + lent) };
    })
    .sort((one, other) => other.score - one.score || other.position - one.position)
    .slice(0, first);
}
