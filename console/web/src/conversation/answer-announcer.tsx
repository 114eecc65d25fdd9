import type { ReactNode } from 'react';
import { isRunning, type ShownAnswer } from './conversation-state.ts';

/** Tells those who cannot see it how far the latest answer is; word by word it would be noise. */
export function AnswerAnnouncer({ answer }: { readonly answer: ShownAnswer | null }): ReactNode {
  return (
    <p className="visually-hidden" role="status" aria-label="The latest answer">
      {answer === null ? '' : isRunning(answer) ? 'The answer is being written.' : 'The answer is whole.'}
    </p>
  );
}
