import type { Segment, SegmentReason, WorkingSet } from '@supercontext/contract';
import { whyShown } from './why-shown.ts';

/** A segment as the graph shows it. */
export interface NumberedSegment extends Segment {
  /** What it can be cited by: the place of evidence among its like, from 1; null for all other segments. */
  readonly number: number | null;
}

export function numbered(segments: WorkingSet['segments']): NumberedSegment[] {
  let number = 0;
  return segments.map((segment) => ({ ...segment, number: segment.reason === 'evidence' ? ++number : null }));
}

/** The types of a working set, which the stage that makes it and the one that keeps it show alike. */
export const workingSetResolvers = {
  WorkingSet: {
    segments: ({ segments }: WorkingSet) => numbered(segments),
    omittedFragments: ({ omitted }: WorkingSet) => omitted.fragments,
    omittedTokens: ({ omitted }: WorkingSet) => omitted.tokens,
  },
  Segment: {
    __resolveType: ({ kind }: Segment) =>
      kind === 'summary' ? ('SummarySegment' as const) : ('FragmentSegment' as const),
  },
  FragmentSegment: {
    why: whyShown,
    reason: ({ reason }: Segment) => capitals(reason),
    role: ({ role }: Segment) => (role === null ? null : capitals(role)),
    source: ({ source }: Segment) => (source === null ? null : { kind: capitals(source.kind), name: source.name }),
    occurredAt: ({ occurredAtMs }: Segment) => (occurredAtMs === null ? null : new Date(occurredAtMs).toISOString()),
    fragment: ({ id }: Segment) => ({ id }),
    summary: () => null,
  },
  SummarySegment: {
    why: whyShown,
    reason: ({ reason }: { readonly reason: SegmentReason }) => capitals(reason),
    fragment: () => null,
    summary: ({ id }: Segment) => ({ id }),
  },
};

function capitals<Word extends string>(word: Word): Uppercase<Word> {
  return word.toUpperCase() as Uppercase<Word>;
}
