import { backoffMs } from './backoff.ts';
import type { GraphRequestError } from './graph-request-error.ts';

/** Told when the first event after an interruption is there. */
export interface Resumption {
  /** Sequence number of the last event before the interruption; -1 when there had been none. */
  readonly resumedAt: number;
  /** Sequence numbers between that event and the first one after it: events that were lost, or merged into that one. */
  readonly lost: number;
  /** Tries it took. */
  readonly tries: number;
}

/** Told when a stream broke and will be continued after a wait. */
export interface Interruption {
  readonly error: GraphRequestError;
  /** The coming try, from 1. */
  readonly attempt: number;
  readonly waitMs: number;
}

export interface ContinueOptions<Data> {
  /** The field of the data that holds an event with a cursor. */
  readonly field: string;
  /** Opens the stream after a cursor, or from its beginning. */
  readonly open: (after: string | null) => AsyncIterable<Data>;
  /** Whether the stream may be opened from its beginning again: opening it twice has the effect of once. */
  readonly mayRepeat: boolean;
  /** Whether an error says that the stream can be continued, as opposed to that it has ended. */
  readonly isInterruption: (error: unknown) => error is GraphRequestError;
  readonly maximumTries: number;
  readonly signal: AbortSignal | undefined;
  readonly onInterrupted: ((interruption: Interruption) => void) | undefined;
  readonly onResume: ((resumption: Resumption) => void) | undefined;
}

interface Event {
  readonly cursor?: unknown;
  readonly sequence?: unknown;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/**
 * A stream of events with cursors, continued after its last one whenever it breaks: each event once, in order. Gives up
 * after `maximumTries` tries without an event in between.
 * @throws the error of the last try, any error that is no interruption, and the signal's reason.
 */
export async function* continueStream<Data>(options: ContinueOptions<Data>): AsyncGenerator<Data, void, undefined> {
  const { field, open, mayRepeat, isInterruption, maximumTries, signal, onInterrupted, onResume } = options;
  let cursor: string | null = null;
  let sequence = -1;
  let tries = 0;
  for (;;) {
    try {
      const stream: AsyncIterable<Data> = open(cursor);
      for await (const data of stream) {
        const event: Event | undefined = (data as Readonly<Record<string, Event>>)[field];
        // Sequence numbers only grow: what comes again has been delivered.
        if (typeof event?.sequence === 'number' && event.sequence <= sequence) continue;
        const next = typeof event?.sequence === 'number' ? event.sequence : sequence + 1;
        if (tries > 0) onResume?.({ resumedAt: sequence, lost: next - sequence - 1, tries });
        tries = 0;
        sequence = next;
        if (typeof event?.cursor === 'string') cursor = event.cursor;
        yield data;
      }
      return;
    } catch (error) {
      if (!isInterruption(error) || tries >= maximumTries || (cursor === null && !mayRepeat)) throw error;
      tries += 1;
      const waitMs = backoffMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, tries);
      onInterrupted?.({ error, attempt: tries, waitMs });
      await wait(waitMs, signal);
    }
  }
}

function wait(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, durationMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
