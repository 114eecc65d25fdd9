import { SessionDocument, type SessionFieldsFragment } from '@supercontext/client';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useClient } from './connection/connection-context.ts';
import { ErrorNote } from './error-note.tsx';
import { Lost } from './places.tsx';
import type { TurnPlace } from './routing/route.ts';
import { goTo } from './routing/use-route.ts';
import type { SessionFiles } from './sessions/session-bar.tsx';
import { titleOf } from './sessions/session-title.ts';
import { useLoaded } from './use-loaded.ts';
import { Workspace } from './workspace.tsx';

interface Props {
  readonly sessionId: string;
  readonly at: TurnPlace | null;
  /** Counts what may have changed the session. */
  readonly changes: number;
  readonly files: SessionFiles;
  readonly onChanged: () => void;
}

/** What an address of a session leads to, whether there is one or not. */
export function SessionPage({ sessionId, changes, onChanged, ...props }: Props): ReactNode {
  const client = useClient();
  const load = useCallback(
    async (signal: AbortSignal): Promise<SessionFieldsFragment | null> =>
      (await client.query(SessionDocument, { id: sessionId }, { signal })).session,
    [client, sessionId],
  );
  const [loaded, reload] = useLoaded(load);
  useEffect(() => {
    if (changes > 0) reload();
  }, [changes, reload]);
  /** A session that was read is not taken from its reader because it cannot be read again just now. */
  const [known, setKnown] = useState<SessionFieldsFragment | null>(null);
  useEffect(() => {
    if (loaded.phase === 'loaded') setKnown(loaded.value);
  }, [loaded]);
  const session = loaded.phase === 'loaded' ? loaded.value : known;

  useEffect(() => {
    document.title = session === null ? 'Supercontext' : `${titleOf(session)} · Supercontext`;
    return () => {
      document.title = 'Supercontext';
    };
  }, [session]);

  function erased(): void {
    goTo({ place: 'home' });
    onChanged();
  }

  if (session !== null) return <Workspace session={session} {...props} onChanged={onChanged} onErased={erased} />;
  if (loaded.phase === 'loading') return <main className="welcome hint">Loading the session…</main>;
  if (loaded.phase === 'loaded') return <Lost what="session" named={sessionId} />;
  return (
    <main className="welcome">
      <ErrorNote error={loaded.error} onRetry={reload} />
    </main>
  );
}
