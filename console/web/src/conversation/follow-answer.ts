import {
  accepted,
  type EventFieldsFragment,
  GenerateDocument,
  GenerationEventsDocument,
  type GraphClient,
  RegenerateDocument,
  repeat,
  type StreamOptions,
} from '@supercontext/client';
import type { ActionDispatch } from 'react';
import { describeError } from '../describe-error.ts';
import type { ConversationAction } from './conversation-state.ts';

/** Whose answer it is, who is told of it, and until when. */
export interface Following {
  /** Of the answer. */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly dispatch: ActionDispatch<[action: ConversationAction]>;
}

/** Asks, and gives the events of the answer. */
export async function* askedEvents(
  client: GraphClient,
  input: { sessionId: string; prompt: string; model: string | null; idempotencyKey: string },
  following: Following,
): AsyncGenerator<EventFieldsFragment, void, undefined> {
  for await (const { generate } of client.subscribe(GenerateDocument, { input }, streamOptions(following)))
    yield generate;
}

/** Asks a question of the record once more, and gives the events of the new answer. */
export async function* askedAgainEvents(
  client: GraphClient,
  input: { turnId: string; model: string | null; idempotencyKey: string },
  following: Following,
): AsyncGenerator<EventFieldsFragment, void, undefined> {
  const { signal } = following;
  const { generation } = await repeat(async () =>
    accepted((await client.mutate(RegenerateDocument, { input }, { signal })).regenerate),
  );
  if (generation === null) throw new Error('the platform accepted the question and gave no answer');
  yield* recordedEvents(client, generation.id, following);
}

/** The events of an answer that is there, from its first. */
export async function* recordedEvents(
  client: GraphClient,
  generationId: string,
  following: Following,
): AsyncGenerator<EventFieldsFragment, void, undefined> {
  const stream = client.subscribe(GenerationEventsDocument, { generationId }, streamOptions(following));
  for await (const { generationEvents } of stream) yield generationEvents;
}

/** Hands on what arrives, until its end or the signal's. Never throws. */
export async function followAnswer(
  events: AsyncIterable<EventFieldsFragment>,
  { key, signal, dispatch }: Following,
): Promise<void> {
  try {
    for await (const event of events) dispatch({ type: 'arrived', key, event, nowMs: performance.now() });
  } catch (error) {
    if (!signal.aborted) dispatch({ type: 'failed', key, error: describeError(error) });
  }
}

function streamOptions({ key, signal, dispatch }: Following): StreamOptions {
  return {
    signal,
    onInterrupted: () => dispatch({ type: 'interrupted', key }),
    onResume: (resumption) => dispatch({ type: 'resumed', key, resumption }),
    onPartial: () => undefined,
  };
}
