import { type Segment, tokens, type WorkingSet, WRITTEN_VERSIONS } from '@supercontext/contract';

/** A whole fragment of a file as a segment, but for what `more` says. */
export function segmentOf(more: Partial<Segment> & Pick<Segment, 'reason' | 'text'>): Segment {
  return {
    kind: 'fragment',
    id: `ses_${'0'.repeat(24)}.${'a'.repeat(32)}`,
    score: null,
    tokens: tokens(more.text.split(' ').length),
    from: 0,
    through: 0,
    verbatim: true,
    role: 'document',
    speaker: null,
    source: { kind: 'file', name: null },
    occurredAtMs: null,
    metadata: null,
    modelWritten: false,
    ...more,
  };
}

/** A message of the latest turns. */
export function recentOf(role: 'user' | 'assistant', text: string): Segment {
  const chat = { kind: 'chat', name: null } as const;
  return segmentOf({ reason: 'recent', text, role, source: chat, modelWritten: role === 'assistant' });
}

export function workingSetOf(segments: readonly Segment[], more: Partial<WorkingSet> = {}): WorkingSet {
  const total = segments.reduce((sum, { tokens: count }) => sum + count, 0);
  return {
    contractVersion: WRITTEN_VERSIONS.workingSet,
    sessionId: `ses_${'0'.repeat(24)}`,
    revision: 1,
    budgetTokens: tokens(total),
    tokens: tokens(total),
    sessionTokens: tokens(total * 10),
    segments,
    omitted: { fragments: 3, tokens: tokens(30) },
    indexedThrough: 0,
    confidence: null,
    degraded: [],
    ...more,
  };
}
