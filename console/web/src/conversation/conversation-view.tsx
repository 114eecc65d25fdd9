import type { ReactNode } from 'react';
import { ErrorNote } from '../error-note.tsx';
import type { Reference } from '../references/reference.ts';
import { isRunning, type ShownTurn } from './conversation-state.ts';
import { QuestionForm } from './question-form.tsx';
import { TurnView } from './turn-view.tsx';
import type { Conversation } from './use-conversation.ts';
import { useFollowing } from './use-following.ts';

interface Props {
  readonly conversation: Conversation;
  readonly isEmpty: boolean;
  readonly selected: ShownTurn | null;
  readonly onSelect: (turn: ShownTurn) => void;
  readonly onOpen: (reference: Reference) => void;
}

/** The conversation and the place to go on with it; scrolls along while the reader is at its end. */
export function ConversationView({ conversation, isEmpty, selected, onSelect, onOpen }: Props): ReactNode {
  const { turns, history } = conversation;
  const last = turns.at(-1);
  const log = useFollowing<HTMLDivElement>(last, turns.length);

  return (
    <section className="conversation" aria-label="Conversation">
      <div className="log" role="log" aria-label="Answers" ref={log}>
        {history === 'loading' && turns.length === 0 && <p className="hint">Loading the conversation…</p>}
        {typeof history === 'object' && <ErrorNote error={history} onRetry={conversation.reload} />}
        {history === 'loaded' && turns.length === 0 && (
          <div className="hint">
            <p>{isEmpty ? 'This session knows nothing yet.' : 'Nothing has been asked yet.'}</p>
            <p className="faint">
              {isEmpty
                ? 'Drop files anywhere on this page, or add them on the left, then ask.'
                : 'Each answer shows what the model saw, and what it did not.'}
            </p>
          </div>
        )}
        {turns.map((turn) => (
          <TurnView
            key={turn.key}
            turn={turn}
            selected={turn === selected}
            onSelect={() => onSelect(turn)}
            onCancel={() => conversation.cancel(turn)}
            onOpen={onOpen}
          />
        ))}
      </div>
      <QuestionForm busy={last !== undefined && isRunning(last)} onAsk={conversation.ask} />
    </section>
  );
}
