import { setTimeout as sleep } from 'node:timers/promises';
import {
  GenerateDocument,
  type GenerateSubscription,
  GenerationDocument,
  GenerationEventsDocument,
  type GraphClient,
  GraphRequestError,
} from '@supercontext/client';
import { ERRORS, isErrorCode } from '@supercontext/contract';
import type { Caller } from './acknowledged.ts';
import { ANSWER } from './redis-platform.ts';

type StreamEvent = GenerateSubscription['generate'];

/** One question, and how its answer ended for who asked. */
export interface AskedQuestion {
  readonly prompt: string;
  readonly generationId: string;
  readonly status: 'GenerationCompleted' | 'GenerationFailed' | 'GenerationCancelled';
  readonly text: string;
  readonly events: number;
}

const PAUSE_MS = 100;
const PATIENCE_MS = 90_000;

/** Events of one generation as they come, of whichever reader: each sequence number once, with one content. */
class SeenEvents {
  readonly #kinds = new Map<number, string>();
  readonly #texts = new Map<number, string>();
  id = '';

  add(event: StreamEvent): void {
    const { sequence } = event;
    const text = event.__typename === 'TokenDelta' ? event.text : '';
    const kind = event.__typename;
    if (this.#kinds.has(sequence) && (this.#kinds.get(sequence) !== kind || this.#texts.get(sequence) !== text)) {
      throw new Error(`event ${sequence} was ${this.#kinds.get(sequence)}, and is ${kind}`);
    }
    this.#kinds.set(sequence, kind);
    this.#texts.set(sequence, text);
    if (event.__typename === 'GenerationStarted') this.id = event.generation.id;
  }

  /** @throws Error for a gap, and unless its last event alone is terminal */
  ended(): Pick<AskedQuestion, 'status' | 'text' | 'events'> {
    const count = this.#kinds.size;
    const kinds = Array.from({ length: count }, (_, at) => this.#kinds.get(at));
    if (kinds.includes(undefined)) throw new Error(`of ${count} events number ${kinds.indexOf(undefined)} is missing`);
    const terminal = kinds.filter((kind) => /^Generation(?!Started)/.test(kind as string));
    if (terminal.length !== 1 || kinds.at(-1) !== terminal[0]) throw new Error(`terminal events: ${terminal}`);
    const text = Array.from({ length: count }, (_, at) => this.#texts.get(at)).join('');
    return { status: terminal[0] as AskedQuestion['status'], text, events: count };
  }
}

/**
 * Asks, and reads the stream to its end; a refused question is asked again with its key, a broken stream read on after its cursor.
 * @throws Error for an event that is lost, doubled or changed, and for an answer that failed for good
 */
export async function askUntilEnded(
  { client, caller }: { readonly client: GraphClient; readonly caller: Caller },
  input: { readonly sessionId: string; readonly prompt: string; readonly idempotencyKey: string },
): Promise<AskedQuestion> {
  const seen = new SeenEvents();
  await patiently(caller, 'generate', async () => {
    for await (const { generate: event } of client.subscribe(GenerateDocument, { input })) {
      seen.add(event);
      if (event.__typename !== 'GenerationFailed') continue;
      if (!isErrorCode(event.code) || !ERRORS[event.code].retryable) {
        throw new Error(`the answer failed for good: ${event.code} ${event.message}`);
      }
    }
  });
  const ended = seen.ended();
  const isWhole = ended.text.trim() === ANSWER.trim();
  if (ended.status === 'GenerationCompleted' ? !isWhole : !ANSWER.startsWith(ended.text)) {
    throw new Error(`the model never said ${ended.text}`);
  }
  return { prompt: input.prompt, generationId: seen.id, ...ended };
}

/** Reads a generation once more from its first event. @throws Error when it is not what its reader was shown */
export async function replay(
  { client, caller }: { readonly client: GraphClient; readonly caller: Caller },
  asked: AskedQuestion,
): Promise<void> {
  const seen = new SeenEvents();
  const { generationId } = asked;
  await patiently(caller, 'generationEvents', async () => {
    for await (const { generationEvents } of client.subscribe(GenerationEventsDocument, { generationId })) {
      seen.add(generationEvents);
    }
  });
  const ended = seen.ended();
  const { status, text, events } = asked;
  if (JSON.stringify(ended) !== JSON.stringify({ status, text, events })) {
    throw new Error(`${generationId} was ${JSON.stringify({ status, text, events })}, and is ${JSON.stringify(ended)}`);
  }
  await patiently(caller, 'generation', async () => {
    const { generation } = await client.query(GenerationDocument, { id: generationId });
    if (generation?.text !== text) throw new Error(`${generationId} says ${generation?.text}, its events ${text}`);
  });
}

/** Again after each refusal that may pass. */
async function patiently(caller: Caller, what: string, work: () => Promise<void>): Promise<void> {
  for (const endMs = performance.now() + PATIENCE_MS; ; await sleep(PAUSE_MS)) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof GraphRequestError) || performance.now() > endMs) throw error;
      caller.refused(what, error.code, error.message);
    }
  }
}
