import type { Segment } from '@supercontext/contract';

/**
 * How good evidence has to be for a model to be given it, as a share of what the best scores. A small model is confused by what it
 * does not need, and slow to read it; a large one sorts it out by itself. The first passages have to be no noise, each further one
 * has to be nearer to the best.
 */
export interface Selectivity {
  /** 0-1, for the first passages. */
  readonly leastShare: number;
  /** How many those are. */
  readonly firstPassages: number;
  /** Added for each further one, 0-1. */
  readonly rise: number;
}

/** Of the segments of a working set, the evidence that is not worth this model's reading. */
export function notWorthReading(
  segments: readonly Segment[],
  { leastShare, firstPassages, rise }: Selectivity,
): Segment[] {
  const evidence = segments.filter(({ reason }) => reason === 'evidence');
  const best = Math.max(0, ...evidence.map(({ score }) => score ?? 0));
  let read = 0;
  return evidence.filter(({ score }) => {
    const share = Math.min(1, leastShare + rise * Math.max(0, read + 1 - firstPassages));
    const isWorthIt = (score ?? 0) >= best * share;
    if (isWorthIt) read++;
    return !isWorthIt;
  });
}
