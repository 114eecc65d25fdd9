import { type CompressionFieldsFragment, CompressionProgressDocument, GraphRequestError } from '@supercontext/client';
import { useEffect, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';

const RETRY_MS = 2_000;

/** How far the summary tree of a session is, as it grows; null until known. Read anew whenever the session has grown. */
export function useCompression(sessionId: string, revision: number): CompressionFieldsFragment | null {
  const client = useClient();
  const [status, setStatus] = useState<CompressionFieldsFragment | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is more to compress.
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function follow(): Promise<void> {
      try {
        const stream = client.subscribe(CompressionProgressDocument, { sessionId }, { signal });
        for await (const { compressionProgress } of stream) setStatus(compressionProgress.status);
      } catch (error) {
        // This reading is a courtesy: what it cannot show is no reason to disturb anybody.
        const again = error instanceof GraphRequestError && error.retryable && !signal.aborted;
        if (again) timer = setTimeout(() => void follow(), RETRY_MS);
      }
    }
    void follow();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [client, sessionId, revision]);
  return status;
}
