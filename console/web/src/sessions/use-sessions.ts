import type { SessionFieldsFragment } from '@supercontext/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError, type ShownError } from '../describe-error.ts';
import { loadSessions, mergeSessions, type SessionsWanted } from './load-sessions.ts';

/** The list of sessions, as far as it has been read. */
export interface SessionsRead {
  readonly phase: 'loading' | 'idle' | ShownError;
  readonly sessions: readonly SessionFieldsFragment[];
  /** Where the next page begins; null when all are here. */
  readonly after: string | null;
}

export interface Sessions extends SessionsRead {
  /** Reads the beginning of the list again. */
  readonly refresh: () => void;
  /** Reads the next page, once at a time; does nothing behind the last. */
  readonly loadMore: () => void;
}

const NOTHING_READ: SessionsRead = { phase: 'loading', sessions: [], after: null };

export function useSessions({ title, archived }: SessionsWanted): Sessions {
  const client = useClient();
  const [read, setRead] = useState(NOTHING_READ);
  const leaving = useRef(new AbortController());

  const load = useCallback(
    (after: string | null) => {
      if (after === null) {
        leaving.current.abort();
        leaving.current = new AbortController();
      }
      const { signal } = leaving.current;
      setRead((before) => ({ ...before, phase: 'loading' }));
      loadSessions(client, { title, archived }, after, signal).then(
        (page) =>
          setRead((before) => {
            if (signal.aborted) return before;
            const isBeginning = after === null;
            const sessions = isBeginning
              ? mergeSessions(page.sessions, page.after === null ? [] : before.sessions)
              : mergeSessions(before.sessions, page.sessions);
            // What has been read beyond the beginning goes on where it was.
            const isFurther = isBeginning && page.after !== null && before.sessions.length > page.sessions.length;
            return { phase: 'idle', sessions, after: isFurther ? before.after : page.after };
          }),
        (error: unknown) => {
          if (!signal.aborted) setRead((before) => ({ ...before, phase: describeError(error) }));
        },
      );
    },
    [client, title, archived],
  );

  useEffect(() => {
    setRead(NOTHING_READ);
    load(null);
    return () => leaving.current.abort();
  }, [load]);

  const refresh = useCallback(() => load(null), [load]);
  const { phase, after } = read;
  const loadMore = useCallback(() => {
    if (phase === 'idle' && after !== null) load(after);
  }, [phase, after, load]);
  return { ...read, refresh, loadMore };
}
