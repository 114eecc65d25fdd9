import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError, type ShownError } from '../describe-error.ts';
import { type AppendProgress, appendFiles } from './append-files.ts';
import type { Chosen } from './dropped-files.ts';

/** What is being appended to a session, or was last. */
export interface Appending {
  readonly phase: 'running' | 'done' | 'stopped' | 'failed';
  readonly progress: AppendProgress;
  readonly error: ShownError | null;
}

export interface Appends {
  /** By session. */
  readonly of: ReadonlyMap<string, Appending>;
  /** Appends files to a session, behind those that are being appended to it. */
  readonly append: (sessionId: string, chosen: Chosen) => void;
  /** Stops what is being appended to a session; what went in stays in. */
  readonly stop: (sessionId: string) => void;
  /** Forgets what was appended to a session last. */
  readonly forget: (sessionId: string) => void;
}

const SHOWN_EVERY_MS = 100;

interface Job {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Appends files to sessions, wherever in the page its reader goes meanwhile. */
export function useAppends(onAppended: () => void): Appends {
  const client = useClient();
  const [appendings, setAppendings] = useState<ReadonlyMap<string, Appending>>(new Map());
  const jobs = useRef(new Map<string, Job>());

  const run = useCallback(
    async (sessionId: string, chosen: Chosen, signal: AbortSignal): Promise<void> => {
      let progress: AppendProgress = { files: 0, totalFiles: chosen.files.length, tokens: 0, leftOut: [] };
      const tell = (phase: Appending['phase'], error: ShownError | null = null) =>
        setAppendings((before) => new Map([...before, [sessionId, { phase, progress, error }]]));
      let shownMs = 0;
      const onProgress = (now: AppendProgress) => {
        progress = now;
        // Small files are read faster than a page is drawn.
        if (performance.now() - shownMs < SHOWN_EVERY_MS) return;
        shownMs = performance.now();
        tell('running');
      };
      try {
        await appendFiles(client, sessionId, chosen, onProgress, signal);
        tell('done');
      } catch (error) {
        if (signal.aborted) tell('stopped');
        else tell('failed', describeError(error));
      }
      onAppended();
    },
    [client, onAppended],
  );

  const append = useCallback(
    (sessionId: string, chosen: Chosen) => {
      if (chosen.files.length + chosen.leftOut.length === 0) return;
      const before = jobs.current.get(sessionId);
      const controller = before?.controller.signal.aborted === false ? before.controller : new AbortController();
      const done = (before?.done ?? Promise.resolve()).then(() => run(sessionId, chosen, controller.signal));
      jobs.current.set(sessionId, { controller, done });
      void done.then(() => {
        if (jobs.current.get(sessionId)?.done === done) jobs.current.delete(sessionId);
      });
    },
    [run],
  );

  const stop = useCallback((sessionId: string) => jobs.current.get(sessionId)?.controller.abort(), []);

  const forget = useCallback(
    (sessionId: string) =>
      setAppendings(
        (before) => new Map([...before].filter(([id, { phase }]) => id !== sessionId || phase === 'running')),
      ),
    [],
  );

  const isRunning = [...appendings.values()].some(({ phase }) => phase === 'running');
  useEffect(() => {
    if (!isRunning) return;
    // What has not gone in yet would be lost.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isRunning]);

  return { of: appendings, append, stop, forget };
}
