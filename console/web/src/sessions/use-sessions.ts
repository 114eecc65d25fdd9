import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError, type ShownError } from '../describe-error.ts';
import { joinPages, loadBeginning, loadPage, type SessionPage, type SessionsWanted } from './load-sessions.ts';

/** The list of sessions, as far as it has been read. */
export interface Sessions extends SessionPage {
  readonly phase: 'loading' | 'idle' | ShownError;
  /** Reads again what is here. */
  readonly refresh: () => void;
  /** Reads the next page, once at a time; does nothing behind the last. */
  readonly loadMore: () => void;
}

const NOTHING_READ: SessionPage = { sessions: [], after: null };

export function useSessions({ title, archived }: SessionsWanted): Sessions {
  const client = useClient();
  const [phase, setPhase] = useState<Sessions['phase']>('loading');
  const [read, setRead] = useState(NOTHING_READ);
  const reading = useRef(new AbortController());
  const count = useRef(0);

  /** Reads something instead of what is being read. */
  const start = useCallback((load: (signal: AbortSignal) => Promise<SessionPage>) => {
    reading.current.abort();
    reading.current = new AbortController();
    const { signal } = reading.current;
    setPhase('loading');
    load(signal).then(
      (page) => {
        if (signal.aborted) return;
        count.current = page.sessions.length;
        setRead(page);
        setPhase('idle');
      },
      (error: unknown) => {
        if (!signal.aborted) setPhase(describeError(error));
      },
    );
  }, []);

  const refresh = useCallback(
    () => start((signal) => loadBeginning(client, { title, archived }, count.current, signal)),
    [start, client, title, archived],
  );

  useEffect(() => {
    count.current = 0;
    refresh();
    return () => reading.current.abort();
  }, [refresh]);

  const loadMore = useCallback(() => {
    const { after } = read;
    if (phase !== 'idle' || after === null) return;
    start(async (signal) => joinPages(read, await loadPage(client, { title, archived }, after, signal)));
  }, [start, client, title, archived, phase, read]);

  return { ...read, phase, refresh, loadMore };
}
