import { type AnswerReportFragment, GenerationDocument, type SessionFieldsFragment } from '@supercontext/client';
import { type ReactNode, useCallback, useState } from 'react';
import { useClient } from './connection/connection-context.ts';
import { ContextMap } from './context-map/context-map.tsx';
import { isRunning } from './conversation/conversation-state.ts';
import { ConversationView } from './conversation/conversation-view.tsx';
import { useConversation } from './conversation/use-conversation.ts';
import { HopWaterfall } from './hops/hop-waterfall.tsx';
import type { Reference } from './references/reference.ts';
import { ReferenceDialog } from './references/reference-dialog.tsx';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly session: SessionFieldsFragment;
  readonly onChanged: () => void;
}

/** One session: its conversation, and for the selected answer (the last one, until another is chosen) what it rests on. */
export function Workspace({ session, onChanged }: Props): ReactNode {
  const conversation = useConversation(session.id, onChanged);
  const [chosen, setChosen] = useState<{ readonly key: string; readonly turnCount: number } | null>(null);
  const [reference, setReference] = useState<Reference | null>(null);
  const { turns } = conversation;
  // A choice lasts until the next question.
  const kept = chosen?.turnCount === turns.length ? turns.find(({ key }) => key === chosen.key) : undefined;
  const selected = kept ?? turns.at(-1) ?? null;
  const [report, retry] = useReport(selected?.answer.report ?? null, recordedId(selected));
  const hops = report.phase === 'loaded' ? (report.value?.hops ?? []) : [];

  return (
    <>
      <main className="main">
        <ConversationView
          conversation={conversation}
          isEmpty={session.revision === 0}
          selected={selected}
          onSelect={({ key }) => setChosen({ key, turnCount: turns.length })}
          onOpen={setReference}
        />
      </main>
      <aside className="aside">
        <ContextMap
          report={report}
          running={selected !== null && isRunning(selected)}
          onRetry={retry}
          onOpen={setReference}
        />
      </aside>
      <footer className="bottom">
        <HopWaterfall hops={hops} />
      </footer>
      {reference !== null && (
        <ReferenceDialog reference={reference} onOpen={setReference} onClose={() => setReference(null)} />
      )}
    </>
  );
}

/** The generation to read the report of, null where there is none to read yet. */
function recordedId(turn: ReturnType<typeof useConversation>['turns'][number] | null): string | null {
  return turn === null || isRunning(turn) ? null : turn.answer.generationId;
}

/** The report that came with an answer's stream, or the one that is kept with the generation. */
function useReport(streamed: AnswerReportFragment | null, generationId: string | null) {
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
