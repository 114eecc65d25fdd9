import type { Segment } from '@supercontext/contract';

/** Why a segment is in a working set, in a sentence for people. */
export function whyShown({ kind, reason, score, role, verbatim }: Segment): string {
  switch (reason) {
    case 'system':
      return role === 'user'
        ? 'The user asked that this be kept to, whatever the question is.'
        : 'Instructions of the session are always shown.';
    case 'pin':
      return 'It is pinned.';
    case 'digest':
      return 'It sums up the session for whoever cannot read all of it.';
    case 'recent':
      return 'It is one of the latest messages.';
    case 'evidence':
      return whyEvidence(kind, score, verbatim);
  }
}

function whyEvidence(kind: Segment['kind'], score: number | null, verbatim: boolean): string {
  if (kind === 'summary' && score === 0) return 'It sums up a stretch of the session of which nothing else is shown.';
  if (kind === 'summary') return 'It sums up several texts that fit the question and have no room themselves.';
  if (score === null || score === 0) return 'Nothing in it fits the question, but all of the session has room.';
  const part = verbatim ? '' : ' This is the passage of it that fits.';
  if (score >= 1) return `Of all that was found it fits the question best.${part}`;
  return `It fits the question ${Math.max(1, Math.round(score * 100))} % as well as the best, and was worth its length.${part}`;
}
