import { ContractError, type TokenEvent } from '@supercontext/contract';
import { cursorUnknown, decodeCursor } from './events/cursor.ts';
import type { EventLog } from './events/event-log.ts';

/** One event as the graph's types see it. */
export type StreamedEvent<Type extends TokenEvent['type']> = Extract<TokenEvent, { readonly type: Type }>;

export interface StreamRequest {
  readonly generationId?: string | null | undefined;
  /** The cursor of the last event the reader has. */
  readonly after?: string | null | undefined;
  /** Of the contract, as the reader speaks it: version 1 has no `evidence-chosen`. */
  readonly contractVersion: number;
}

/**
 * The events of a generation, all or those after a cursor, to the terminal one; any number of readers, each at its own
 * pace. A reader holds one page of at most `READER_PAGE_EVENTS` events and gets the next one when it has taken the last:
 * however slow, it holds up neither the decoding nor anybody else, and nothing is merged or dropped on its way.
 * A reader who goes away changes nothing for the generation.
 * @throws ContractError INPUT_INVALID when neither argument is there, GENERATION_NOT_FOUND, CURSOR_UNKNOWN for a cursor of
 *   another generation or one that was never issued (one beyond the end: at the first pull).
 */
export async function streamTokens(
  log: EventLog,
  { generationId, after, contractVersion }: StreamRequest,
  signal: AbortSignal,
): Promise<AsyncIterableIterator<TokenEvent>> {
  const cursor = after === null || after === undefined ? null : decodeCursor(after);
  const id = generationId ?? cursor?.generationId;
  if (id === undefined) {
    throw new ContractError('INPUT_INVALID', 'generationId or after is needed', { argument: 'generationId' });
  }
  if (cursor !== null && cursor.generationId !== id) throw cursorUnknown();
  const [record] = await log.get([id]);
  if (record === null || record === undefined) {
    if (generationId === null || generationId === undefined) throw cursorUnknown();
    throw new ContractError('GENERATION_NOT_FOUND', 'no generation has this id', { generationId: id });
  }
  const events = log.follow(id, cursor?.sequence ?? -1, signal);
  return contractVersion === 1 ? asVersion1(events) : events;
}

/** Without the events that version 1 does not have. No generator: one that waits for an event could not be left. */
function asVersion1(events: AsyncIterableIterator<TokenEvent>): AsyncIterableIterator<TokenEvent> {
  return {
    ...events,
    async next() {
      for (;;) {
        const result = await events.next();
        if (result.done === true || result.value.type !== 'evidence-chosen') return result;
      }
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
