/** How fast a rank loses its worth: the usual figure of reciprocal rank fusion. */
const RANK_BASE = 60;

/** One way to search: what it found, the best first, and how much its word counts. */
export interface RankedList<Hit extends { readonly position: number }> {
  readonly hits: readonly Hit[];
  readonly weight: number;
}

export interface FusedHit {
  readonly position: number;
  readonly score: number;
}

/**
 * Joins what several searches found by reciprocal rank: a hit is worth weight / (60 + rank) in each list that has it, after Cormack,
 * Clarke and Buettcher (2009). The best first; of equal ones the newer. Scores of the lists are not looked at, so that they need not be
 * of one kind.
 */
export function fuseRanks<Hit extends { readonly position: number }>(
  lists: readonly RankedList<Hit>[],
  first: number,
): FusedHit[] {
  const scores = new Map<number, number>();
  for (const { hits, weight } of lists) {
    for (const [rank, { position }] of hits.entries()) {
      scores.set(position, (scores.get(position) ?? 0) + weight / (RANK_BASE + rank + 1));
    }
  }
  return [...scores]
    .map(([position, score]) => ({ position, score }))
    .sort((one, other) => other.score - one.score || other.position - one.position)
    .slice(0, first);
}
