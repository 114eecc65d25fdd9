import { type ReactNode, useDeferredValue, useEffect, useState } from 'react';
import type { SessionsWanted } from './load-sessions.ts';
import { NewSessionForm } from './new-session-form.tsx';
import { SessionFilter } from './session-filter.tsx';
import { SessionList } from './session-list.tsx';
import { useSessions } from './use-sessions.ts';

interface Props {
  /** Counts what may have changed the sessions. */
  readonly changes: number;
  readonly selectedId: string | null;
  readonly onOpen: (title: string) => Promise<unknown>;
  readonly onSelect: () => void;
}

/** The sessions, with the way to open one and to find one. */
export function Sidebar({ changes, selectedId, onOpen, onSelect }: Props): ReactNode {
  const [wanted, setWanted] = useState<SessionsWanted>({ title: '', archived: false });
  const { title, archived } = useDeferredValue(wanted);
  const sessions = useSessions({ title: title.trim(), archived });
  const { refresh } = sessions;
  useEffect(() => {
    if (changes > 0) refresh();
  }, [changes, refresh]);
  return (
    <nav className="sidebar" aria-label="Sessions">
      <NewSessionForm onOpen={onOpen} />
      <SessionFilter wanted={wanted} onChange={setWanted} />
      <SessionList sessions={sessions} selectedId={selectedId} onSelect={onSelect} />
    </nav>
  );
}
