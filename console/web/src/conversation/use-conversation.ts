import {
  CancelGenerationDocument,
  type EventFieldsFragment,
  GenerateDocument,
  GenerationEventsDocument,
  type GraphClient,
  newIdempotencyKey,
  SessionTurnsDocument,
  type StreamOptions,
} from '@supercontext/client';
import { type ActionDispatch, useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useClient } from '../connection/connection-context.ts';
import { describeError, type ShownError } from '../describe-error.ts';
import {
  advanceConversation,
  type ConversationAction,
  type RecordedTurn,
  type ShownTurn,
} from './conversation-state.ts';

export interface Conversation {
  readonly turns: readonly ShownTurn[];
  readonly history: 'loading' | 'loaded' | ShownError;
  ask(prompt: string): void;
  cancel(turn: ShownTurn): void;
  reload(): void;
}

const PAGE = 100;

/** The conversation of one session: what was said before, what is asked here, and answers that run, as they stream. */
export function useConversation(sessionId: string, onAnswered: () => void): Conversation {
  const client = useClient();
  const [turns, dispatch] = useReducer(advanceConversation, []);
  const [history, setHistory] = useState<Conversation['history']>('loading');
  const [again, setAgain] = useState(0);
  const leaving = useRef<AbortController | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is there to load once more.
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    const { signal } = controller;
    setHistory('loading');
    loadTurns(client, sessionId, signal).then(
      (recorded) => {
        if (signal.aborted) return;
        dispatch({ type: 'loaded', turns: recorded, nowMs: performance.now() });
        setHistory('loaded');
        for (const { id, generations } of recorded) {
          const generation = generations?.at(-1);
          if (generation?.status !== 'RUNNING') continue;
          const options = streamOptions(id, signal, dispatch);
          void follow(id, continued(client, generation.id, options), signal, dispatch).then(onAnswered);
        }
      },
      (error: unknown) => {
        if (!signal.aborted) setHistory(describeError(error));
      },
    );
    return () => controller.abort();
  }, [client, sessionId, again]);

  const ask = useCallback(
    (prompt: string) => {
      const { signal } = leaving.current ?? new AbortController();
      const key = newIdempotencyKey();
      dispatch({ type: 'asked', key, prompt, nowMs: performance.now() });
      const input = { sessionId, prompt, idempotencyKey: key };
      const options = streamOptions(key, signal, dispatch);
      void follow(key, asked(client, input, options), signal, dispatch).then(onAnswered);
    },
    [client, sessionId, onAnswered],
  );

  const cancel = useCallback(
    ({ key, answer }: ShownTurn) => {
      if (answer.generationId === null) return;
      client
        .mutate(CancelGenerationDocument, { input: { generationId: answer.generationId } })
        .catch((error: unknown) => dispatch({ type: 'failed', key, error: describeError(error) }));
    },
    [client],
  );

  return { turns, history, ask, cancel, reload: useCallback(() => setAgain((count) => count + 1), []) };
}

async function loadTurns(client: GraphClient, id: string, signal: AbortSignal): Promise<RecordedTurn[]> {
  const turns: RecordedTurn[] = [];
  for (let after: string | null = null; ; ) {
    const variables: { id: string; first: number; after: string | null } = { id, first: PAGE, after };
    // A turn whose citations cannot be read is still a turn.
    const { session } = await client.query(SessionTurnsDocument, variables, { signal, onPartial: () => undefined });
    if (session === null) throw new Error('there is no such session any more');
    turns.push(...session.turns.edges.map(({ node }) => node));
    if (!session.turns.pageInfo.hasNextPage) return turns;
    after = session.turns.pageInfo.endCursor;
  }
}

function streamOptions(
  key: string,
  signal: AbortSignal,
  dispatch: ActionDispatch<[action: ConversationAction]>,
): StreamOptions {
  return {
    signal,
    onInterrupted: () => dispatch({ type: 'interrupted', key }),
    onResume: (resumption) => dispatch({ type: 'resumed', key, resumption }),
    onPartial: () => undefined,
  };
}

async function* asked(
  client: GraphClient,
  input: { sessionId: string; prompt: string; idempotencyKey: string },
  options: StreamOptions,
): AsyncGenerator<EventFieldsFragment, void, undefined> {
  for await (const { generate } of client.subscribe(GenerateDocument, { input }, options)) yield generate;
}

async function* continued(
  client: GraphClient,
  generationId: string,
  options: StreamOptions,
): AsyncGenerator<EventFieldsFragment, void, undefined> {
  const stream = client.subscribe(GenerationEventsDocument, { generationId }, options);
  for await (const { generationEvents } of stream) yield generationEvents;
}

async function follow(
  key: string,
  events: AsyncIterable<EventFieldsFragment>,
  signal: AbortSignal,
  dispatch: ActionDispatch<[action: ConversationAction]>,
): Promise<void> {
  try {
    for await (const event of events) dispatch({ type: 'arrived', key, event, nowMs: performance.now() });
  } catch (error) {
    if (!signal.aborted) dispatch({ type: 'failed', key, error: describeError(error) });
  }
}
