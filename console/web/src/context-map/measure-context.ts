import type { WorkingSetFieldsFragment } from '@supercontext/client';

/** The reasons for which a segment is in the working set, in the order in which the model sees them. */
const REASONS = ['SYSTEM', 'PIN', 'DIGEST', 'RECENT', 'EVIDENCE'] as const;
type Reason = (typeof REASONS)[number];

export interface ReasonShare {
  readonly reason: Reason;
  readonly segments: number;
  readonly tokens: number;
  /** Tokens of the session that these segments stand for. */
  readonly originalTokens: number;
  /** Share of the budget, 0-1. */
  readonly ofBudget: number;
}

type SegmentFields = WorkingSetFieldsFragment['segments'][number];

/** Tokens of the session that one segment stands for: more than its own when it is a summary or an excerpt. */
export function originalTokensOf({ tokens, fragment, summary }: SegmentFields): number {
  return summary?.originalTokens ?? fragment?.tokens ?? tokens;
}

/** What the budget went to, by reason, without those that got nothing. */
export function sharesOf({ segments, budgetTokens }: WorkingSetFieldsFragment): readonly ReasonShare[] {
  return REASONS.flatMap((reason) => {
    const chosen = segments.filter((segment) => segment.reason === reason);
    if (chosen.length === 0) return [];
    const tokens = chosen.reduce((sum, segment) => sum + segment.tokens, 0);
    const originalTokens = chosen.reduce((sum, segment) => sum + originalTokensOf(segment), 0);
    return [{ reason, segments: chosen.length, tokens, originalTokens, ofBudget: tokens / Math.max(1, budgetTokens) }];
  });
}

export interface LogSpan {
  /** Place in the list of segments. */
  readonly index: number;
  readonly reason: string;
  /** Shares of the log, 0-1. */
  readonly from: number;
  readonly width: number;
}

/** Where in the session's log each segment comes from, the log being as long as the last position known. */
export function spansOf({ segments, indexedThrough }: WorkingSetFieldsFragment): readonly LogSpan[] {
  const length = 1 + Math.max(0, indexedThrough, ...segments.map(({ through }) => through));
  return segments.map(({ reason, from, through }, index) => ({
    index,
    reason,
    from: Math.max(0, from) / length,
    width: (Math.max(from, through) - Math.max(0, from) + 1) / length,
  }));
}
