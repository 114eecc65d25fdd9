import { type Random, seededRandom } from '../support/random.ts';

const RESAMPLES = 1_000;
const SEED = 20_260;

/** Bounds of a figure, both included. */
export type Interval = readonly [low: number, high: number];

/**
 * A 95 % percentile bootstrap interval of a figure, the same for the same data.
 *
 * @param resampled the figure of one resample, drawn with replacement by `random`
 * @see Efron, Bootstrap methods: another look at the jackknife (1979)
 */
export function bootstrap(resampled: (random: Random) => number): Interval {
  const random = seededRandom(SEED);
  const figures = Array.from({ length: RESAMPLES }, () => resampled(random)).sort((a, b) => a - b);
  const at = (share: number) => figures[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** The interval of the mean of `values` over resamples of them. */
export function meanInterval(values: readonly number[]): Interval {
  return bootstrap((random) => mean(resample(values, random)));
}

/** As many values again, drawn with replacement. */
export function resample(values: readonly number[], random: Random): number[] {
  return values.map(() => values[random.below(values.length)] ?? Number.NaN);
}

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which `share` of the values lie, by nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
