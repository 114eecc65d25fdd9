import type { ReactNode } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCount } from '../format.ts';
import type { Conversation } from './use-conversation.ts';

interface Props {
  readonly conversation: Conversation;
  /** Whether nothing has been appended to the session. */
  readonly isEmpty: boolean;
  /** The turn that is looked for, by its number in the graph; null for none. */
  readonly sought: number | null;
  readonly found: boolean;
}

/** What is to be said of a conversation as a whole: that it is being read, that it is empty, what of it is missing. */
export function HistoryNote({ conversation, isEmpty, sought, found }: Props): ReactNode {
  const { history, turns, loadOlder, reload } = conversation;
  if (history.phase === 'failed') return <ErrorNote error={history.error} onRetry={reload} />;
  if (history.phase === 'loading') return turns.length === 0 && <p className="log-note">Loading the conversation…</p>;
  if (typeof history.older === 'object') return <ErrorNote error={history.older} onRetry={() => loadOlder()} />;
  const isReading = history.older === 'loading';
  return (
    <>
      {/* What is only away for now its turns say themselves, and it comes by itself. */}
      {history.incomplete?.retryable === false && <ErrorNote error={history.incomplete} />}
      {isReading && (
        <p className="log-note" role="status">
          {sought !== null && !found ? `Looking for turn ${formatCount(sought)}…` : 'Loading earlier turns…'}
        </p>
      )}
      {sought !== null && !found && history.before === null && !isReading && (
        <p className="note note-warning">There is no turn {formatCount(sought)} in this session.</p>
      )}
      {turns.length === 0 && <Empty isEmpty={isEmpty} />}
    </>
  );
}

function Empty({ isEmpty }: { readonly isEmpty: boolean }): ReactNode {
  return (
    <div className="log-empty">
      <p>{isEmpty ? 'This session knows nothing yet.' : 'Nothing has been asked yet.'}</p>
      <p className="faint">
        {isEmpty
          ? 'Drop files anywhere on this page, or add them above, then ask.'
          : 'Each answer shows what the model saw, and what it did not.'}
      </p>
    </div>
  );
}
