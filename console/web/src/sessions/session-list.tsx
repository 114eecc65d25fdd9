import type { SessionFieldsFragment } from '@supercontext/client';
import type { ReactNode } from 'react';
import { ErrorNote } from '../error-note.tsx';
import { formatCompact, formatMoment } from '../format.ts';
import type { Loaded } from '../use-loaded.ts';

interface Props {
  readonly sessions: Loaded<readonly SessionFieldsFragment[]>;
  readonly selectedId: string | null;
  readonly onSelect: (session: SessionFieldsFragment) => void;
  readonly onRetry: () => void;
}

export function SessionList({ sessions, selectedId, onSelect, onRetry }: Props): ReactNode {
  if (sessions.phase === 'loading') return <p className="hint">Loading sessions…</p>;
  if (sessions.phase === 'failed') return <ErrorNote error={sessions.error} onRetry={onRetry} />;
  if (sessions.value.length === 0) return <p className="hint faint">No sessions yet. Open the first one above.</p>;
  return (
    <ul className="session-list" aria-label="All sessions">
      {sessions.value.map((session) => (
        <li key={session.id}>
          <button
            type="button"
            className="session"
            aria-current={session.id === selectedId ? 'true' : undefined}
            onClick={() => onSelect(session)}
          >
            <span className="session-title">{titleOf(session)}</span>
            <span className="faint">
              {formatCompact(session.tokens)} tokens · {formatMoment(session.createdAt)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function titleOf({ title, id }: SessionFieldsFragment): string {
  return title ?? `Untitled ${id.slice(-4)}`;
}
