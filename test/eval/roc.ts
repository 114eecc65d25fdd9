import { bootstrap, type Interval, resample } from './bootstrap.ts';

/** How well a score tells one kind of question from the other. */
export interface Separation {
  /** 0-1: the chance that an answerable question scores higher than an unanswerable one, a tie counting half. */
  readonly auc: number;
  readonly interval: Interval;
  readonly answerable: number;
  readonly unanswerable: number;
}

/**
 * The area under the receiver operating characteristic, from ranks.
 *
 * @returns NaN unless there is a score on both sides
 * @see Mann and Whitney, On a test of whether one of two random variables is stochastically larger (1947)
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  if (positives.length === 0 || negatives.length === 0) return Number.NaN;
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ].sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.score === all[from]?.score) to++;
    // Ranks count from 1; those that tie share the middle one.
    const rank = (from + 1 + to) / 2;
    rankSum += rank * all.slice(from, to).filter(({ positive }) => positive).length;
    from = to;
  }
  const least = (positives.length * (positives.length + 1)) / 2;
  return (rankSum - least) / (positives.length * negatives.length);
}

/** The area with a bootstrap interval, each kind drawn from its own; null unless there is a score on both sides. */
export function separation(answerable: readonly number[], unanswerable: readonly number[]): Separation | null {
  if (answerable.length === 0 || unanswerable.length === 0) return null;
  return {
    auc: areaUnderCurve(answerable, unanswerable),
    interval: bootstrap((random) => areaUnderCurve(resample(answerable, random), resample(unanswerable, random))),
    answerable: answerable.length,
    unanswerable: unanswerable.length,
  };
}
