import type { ReactNode } from 'react';
import { ErrorNote } from '../error-note.tsx';
import type { Reference } from '../references/reference.ts';
import { AnswerText } from './answer-text.tsx';
import { CitationList } from './citation-list.tsx';
import { isRunning, type ShownTurn } from './conversation-state.ts';
import { StreamFacts } from './stream-facts.tsx';

interface Props {
  readonly turn: ShownTurn;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onCancel: () => void;
  readonly onOpen: (reference: Reference) => void;
}

/** One question and its answer. */
export function TurnView({ turn, selected, onSelect, onCancel, onOpen }: Props): ReactNode {
  const { answer, prompt, citations, error } = turn;
  const running = isRunning(turn);
  return (
    <article className={selected ? 'turn turn-selected' : 'turn'} aria-label={prompt} aria-busy={running}>
      <p className="question">{prompt}</p>
      <div className="answer">
        {answer.text === '' && running && <p className="thinking">Reading the working set…</p>}
        {answer.text !== '' && <AnswerText text={answer.text} citations={citations} onOpen={onOpen} />}
        {answer.failure !== null && (
          <ErrorNote error={{ ...answer.failure, remedy: answer.failure.retryable ? 'Ask again.' : null }} />
        )}
        {answer.phase === 'failed' && answer.failure === null && (
          <p className="note note-error">This answer broke off.</p>
        )}
        {error !== null && <ErrorNote error={error} />}
        <CitationList citations={citations} onOpen={onOpen} />
        <footer className="turn-footer">
          <StreamFacts turn={turn} />
          {running && answer.generationId !== null && (
            <button type="button" className="button quiet" onClick={onCancel}>
              Stop
            </button>
          )}
          {!running && answer.generationId !== null && !selected && (
            <button type="button" className="button quiet" onClick={onSelect}>
              Show its context
            </button>
          )}
        </footer>
      </div>
    </article>
  );
}
