import { useCallback, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError, type ShownError } from '../describe-error.ts';
import { type AppendProgress, appendFiles } from './append-files.ts';
import type { ChosenFile } from './dropped-files.ts';

export interface Appending {
  readonly phase: 'idle' | 'running' | 'done' | 'failed';
  readonly progress: AppendProgress | null;
  readonly error: ShownError | null;
}

const IDLE: Appending = { phase: 'idle', progress: null, error: null };

/** Appends files to one session, and says how far it is. */
export function useAppend(
  sessionId: string | null,
  onAppended: () => void,
): [Appending, (files: readonly ChosenFile[]) => void] {
  const client = useClient();
  const [appending, setAppending] = useState(IDLE);
  const append = useCallback(
    (files: readonly ChosenFile[]) => {
      if (sessionId === null || files.length === 0) return;
      const onProgress = (progress: AppendProgress) => setAppending({ phase: 'running', progress, error: null });
      appendFiles(client, sessionId, files, onProgress)
        .then(
          (progress) => setAppending({ phase: 'done', progress, error: null }),
          (error: unknown) => setAppending((before) => ({ ...before, phase: 'failed', error: describeError(error) })),
        )
        .finally(onAppended);
    },
    [client, sessionId, onAppended],
  );
  return [appending, append];
}
