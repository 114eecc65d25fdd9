import { type AnswerReportFragment, GenerationDocument } from '@supercontext/client';
import { useCallback } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { type Loaded, useLoaded } from '../use-loaded.ts';

/**
 * The report that came with an answer's stream, or the one that is kept with the generation; null where there is none to read
 * yet.
 */
export function useReport(
  streamed: AnswerReportFragment | null,
  generationId: string | null,
): [Loaded<AnswerReportFragment | null>, () => void] {
  const client = useClient();
  return useLoaded(
    useCallback(
      async (signal: AbortSignal): Promise<AnswerReportFragment | null> => {
        if (streamed !== null || generationId === null) return streamed;
        // A damaged fragment leaves a hole in the report; the rest is worth showing.
        const options = { signal, onPartial: () => undefined };
        return (await client.query(GenerationDocument, { id: generationId }, options)).generation;
      },
      [client, streamed, generationId],
    ),
  );
}
