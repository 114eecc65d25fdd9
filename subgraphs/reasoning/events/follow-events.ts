import { isTerminal, type TokenEvent } from '@supercontext/contract';
import type { Change } from './live-generation.ts';

/** Events one reader holds at most. */
const READER_PAGE_EVENTS = 256;

/** In place of a page that nobody waits for any more. */
const LEFT = Symbol('left');

/** What a reader needs of the log of one generation. */
export interface EventSource {
  /** Up to `limit` durable events after `after`, in order; null when there can be none. Throws what the reader shall get. */
  read(after: number, limit: number): readonly TokenEvent[] | null | Promise<readonly TokenEvent[] | null>;
  /** When more may be there than at the time of this call; null once nothing more can come. */
  change(): Change | null;
}

/**
 * Reads a log to its terminal event: pages of what is there, then waits. It asks for the next change before it reads, so
 * nothing falls between replay and live; it reads by sequence, so nothing comes twice.
 *
 * Not an async generator: `return()` of one waits for the event it is waiting for, so a reader who leaves a silent
 * stream would stay until somebody speaks.
 */
export function followEvents(
  source: EventSource,
  after: number,
  signal: AbortSignal,
): AsyncIterableIterator<TokenEvent> {
  let position = after;
  let page: readonly TokenEvent[] = [];
  let place = 0;
  let ended = false;
  const left = Promise.withResolvers<void>();
  const gone = left.promise.then((): typeof LEFT => LEFT);
  const aborted = () => left.resolve();
  signal.addEventListener('abort', aborted, { once: true });

  function end(): void {
    ended = true;
    page = [];
    signal.removeEventListener('abort', aborted);
    left.resolve();
  }

  async function next(): Promise<IteratorResult<TokenEvent>> {
    while (!ended) {
      if (signal.aborted) {
        end();
        throw signal.reason;
      }
      const event = page[place++];
      if (event !== undefined) {
        position = event.sequence;
        if (isTerminal(event)) end();
        return { value: event, done: false };
      }
      const change = source.change();
      try {
        const read = source.read(position, READER_PAGE_EVENTS);
        const found = read instanceof Promise ? await Promise.race([read, gone]) : read;
        if (found === LEFT) continue;
        page = found ?? [];
        place = 0;
        if (page.length > 0) continue;
        if (change === null || found === null) end();
        else await Promise.race([change.happened, left.promise]);
      } catch (error) {
        if (ended) break;
        end();
        throw error;
      } finally {
        change?.forget();
      }
    }
    return { value: undefined, done: true };
  }

  return {
    next,
    async return() {
      end();
      return { value: undefined, done: true };
    },
    async throw(error) {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
