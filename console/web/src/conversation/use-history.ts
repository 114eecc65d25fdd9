import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError, type ShownError } from '../describe-error.ts';
import type { RecordedTurn } from './conversation-state.ts';
import { loadTurns } from './load-turns.ts';

/** How much of what was said before is here. */
export type History =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly error: ShownError }
  | {
      readonly phase: 'loaded';
      /** Where the turns before those that are here end; null when all are here. */
      readonly before: string | null;
      readonly older: 'idle' | 'loading' | ShownError;
      /** Why something of what is here is missing. */
      readonly incomplete: ShownError | null;
    };

/** Turns at once: as many as are drawn without a jerk, or as many as the graph gives. */
const PAGES = { scrolling: 50, seeking: 100 } as const;

export interface HistoryReading {
  readonly history: History;
  /** Reads turns before those that are here, once at a time; does nothing when there are none. */
  readonly loadOlder: (pace?: keyof typeof PAGES) => void;
  /** Reads the latest turns again. */
  readonly reload: () => void;
}

const AGAIN_MS = 5_000;

function isMissing(history: History): boolean {
  return history.phase === 'loaded' && history.incomplete?.retryable === true;
}

/** Reads what was said in a session from its end backwards, and hands it on as it comes. */
export function useHistory(sessionId: string, onRead: (turns: readonly RecordedTurn[]) => void): HistoryReading {
  const client = useClient();
  const [history, setHistory] = useState<History>({ phase: 'loading' });
  const leaving = useRef(new AbortController());

  const read = useCallback(
    async (last: number, before: string | null, signal: AbortSignal) => {
      const page = await loadTurns(client, sessionId, { last, before }, signal);
      if (signal.aborted) return;
      onRead(page.turns);
      const incomplete = page.incomplete === null ? null : describeError(page.incomplete);
      setHistory({ phase: 'loaded', before: page.before, older: 'idle', incomplete });
    },
    [client, sessionId, onRead],
  );

  const reload = useCallback(() => {
    leaving.current.abort();
    leaving.current = new AbortController();
    const { signal } = leaving.current;
    setHistory({ phase: 'loading' });
    read(PAGES.scrolling, null, signal).catch((error: unknown) => {
      if (!signal.aborted) setHistory({ phase: 'failed', error: describeError(error) });
    });
  }, [read]);

  useEffect(() => {
    reload();
    return () => leaving.current.abort();
  }, [reload]);

  const isToCome = history.phase === 'failed' ? history.error.retryable : isMissing(history);
  useEffect(() => {
    if (!isToCome) return;
    // What could not be read comes by itself when its stage is back.
    const timer = setInterval(() => {
      const { signal } = leaving.current;
      read(PAGES.scrolling, null, signal).catch(() => undefined);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isToCome, read]);

  const loadOlder = useCallback<HistoryReading['loadOlder']>(
    (pace = 'scrolling') => {
      if (history.phase !== 'loaded' || history.before === null || history.older === 'loading') return;
      const { signal } = leaving.current;
      setHistory({ ...history, older: 'loading' });
      read(PAGES[pace], history.before, signal).catch((error: unknown) => {
        if (!signal.aborted) setHistory({ ...history, older: describeError(error) });
      });
    },
    [history, read],
  );

  return { history, loadOlder, reload };
}
