import type { ChosenEvidence } from '@supercontext/client';
import { memo, type ReactNode, useCallback } from 'react';
import { CopyButton } from '../copy-button.tsx';
import { ErrorNote } from '../error-note.tsx';
import { shortName } from '../references/reference.ts';
import { AnswerText } from './answer-text.tsx';
import { CitationList } from './citation-list.tsx';
import { isRunning, type ShownAnswer, type ShownTurn, shownAnswer } from './conversation-state.ts';
import { StreamFacts } from './stream-facts.tsx';

/** What can be done with a turn. */
export interface TurnActions {
  readonly select: (turn: ShownTurn) => void;
  readonly cite: (turn: ShownTurn, number: number) => void;
  readonly edit: (turn: ShownTurn) => void;
  readonly askAgain: (turn: ShownTurn) => void;
  readonly choose: (turn: ShownTurn, answer: number | null) => void;
  readonly cancel: (answer: ShownAnswer) => void;
}

interface Props {
  readonly turn: ShownTurn;
  readonly selected: boolean;
  readonly actions: TurnActions;
}

/** One question and the answer to it that is to be seen. */
export const TurnView = memo(({ turn, selected, actions }: Props): ReactNode => {
  const answer = shownAnswer(turn);
  return (
    <article
      className={selected ? 'turn turn-selected' : 'turn'}
      aria-label={turn.prompt}
      tabIndex={-1}
      aria-busy={answer !== null && isRunning(answer)}
    >
      <p className="question">{turn.prompt}</p>
      <div className="answer">
        {answer === null ? (
          <p className="note note-warning">What was answered cannot be read just now.</p>
        ) : (
          <Answer turn={turn} answer={answer} actions={actions} />
        )}
        <footer className="turn-footer">
          <Buttons turn={turn} answer={answer} selected={selected} actions={actions} />
          {answer !== null && <StreamFacts answer={answer} />}
        </footer>
      </div>
    </article>
  );
});

function Answer({ turn, answer, actions }: { turn: ShownTurn; answer: ShownAnswer; actions: TurnActions }): ReactNode {
  const { seen, citations, error } = answer;
  const cite = useCallback((number: number) => actions.cite(turn, number), [actions, turn]);
  return (
    <>
      {seen.text === '' && isRunning(answer) && <Reading evidence={seen.evidence} />}
      {seen.text !== '' && <AnswerText text={seen.text} citations={citations} onCite={cite} />}
      {seen.failure !== null && (
        <ErrorNote error={{ ...seen.failure, remedy: seen.failure.retryable ? 'Ask again.' : null }} />
      )}
      {seen.phase === 'failed' && seen.failure === null && <p className="note note-error">This answer broke off.</p>}
      {error !== null && <ErrorNote error={error} />}
      <CitationList citations={citations} onCite={cite} />
    </>
  );
}

/** What is being read, before the first word. */
function Reading({ evidence }: { readonly evidence: readonly ChosenEvidence[] | null }): ReactNode {
  return (
    <>
      <p className="thinking">Reading the working set…</p>
      {evidence !== null && evidence.length > 0 && (
        <ul className="citations" aria-label="Evidence">
          {evidence.map(({ number, name }) => (
            <li key={number} className="chip chip-unnamed">
              <span className="chip-number">{number}</span>
              <span className="chip-name">{name === null ? 'Conversation' : shortName(name)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Buttons({ turn, answer, selected, actions }: Props & { readonly answer: ShownAnswer | null }): ReactNode {
  if (answer !== null && isRunning(answer)) {
    return (
      <div className="turn-buttons">
        {answer.seen.generationId !== null && (
          <button type="button" className="button quiet" onClick={() => actions.cancel(answer)}>
            Stop
          </button>
        )}
      </div>
    );
  }
  return (
    <div className="turn-buttons">
      {answer !== null && answer.seen.text !== '' && <CopyButton what="answer" text={() => answer.seen.text} />}
      <button
        type="button"
        className="button quiet"
        title="Puts the question back below, to be asked anew"
        onClick={() => actions.edit(turn)}
      >
        Edit
      </button>
      {turn.id !== null && (
        <button
          type="button"
          className="button quiet"
          title="Asks the same question once more; the answers before stay"
          onClick={({ currentTarget }) => {
            focusTurn(currentTarget);
            actions.askAgain(turn);
          }}
        >
          Regenerate
        </button>
      )}
      {turn.index !== null && !selected && (
        <button
          type="button"
          className="button quiet"
          onClick={({ currentTarget }) => {
            focusTurn(currentTarget);
            actions.select(turn);
          }}
        >
          Show its context
        </button>
      )}
      <AnswerPager turn={turn} onChoose={(at) => actions.choose(turn, at)} />
    </div>
  );
}

/** The turn takes the focus from a button that is about to go. */
function focusTurn(button: HTMLElement): void {
  button.closest<HTMLElement>('.turn')?.focus();
}

function AnswerPager({ turn, onChoose }: { turn: ShownTurn; onChoose: (answer: number | null) => void }): ReactNode {
  const { answers, chosen } = turn;
  if (answers.length < 2) return null;
  const last = answers.length - 1;
  const at = Math.min(chosen ?? last, last);
  return (
    <span className="answer-pager">
      <button
        type="button"
        className="button quiet"
        aria-label="Earlier answer"
        aria-disabled={at === 0}
        onClick={() => at > 0 && onChoose(at - 1)}
      >
        ‹
      </button>
      <span aria-live="polite">
        {at + 1} of {answers.length}
      </span>
      <button
        type="button"
        className="button quiet"
        aria-label="Later answer"
        aria-disabled={at === last}
        onClick={() => at < last && onChoose(at + 1 === last ? null : at + 1)}
      >
        ›
      </button>
    </span>
  );
}
