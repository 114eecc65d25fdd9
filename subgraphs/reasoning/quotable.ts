import type { Segment } from '@supercontext/contract';

/** A segment of a working set with its place there. */
export interface QuotableSegment {
  readonly segment: Segment;
  readonly place: number;
}

/**
 * What an answer may cite, the one of number 1 first: the evidence as a prompt numbers it, and behind it, for who quotes, what stands in
 * the working set without a number: instructions, pins and what was said last, as far as no model has written it.
 */
export function quotable(segments: readonly Segment[]): {
  readonly evidence: readonly QuotableSegment[];
  readonly beside: readonly QuotableSegment[];
} {
  const all = segments.map((segment, place) => ({ segment, place }));
  return {
    evidence: all.filter(({ segment }) => segment.reason === 'evidence'),
    beside: all.filter(({ segment: { reason, modelWritten } }) => BESIDE.has(reason) && !modelWritten),
  };
}

const BESIDE: ReadonlySet<Segment['reason']> = new Set(['system', 'pin', 'recent']);
