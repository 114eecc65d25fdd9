import { ContractError, type TokenEvent } from '@supercontext/contract';
import { cursorUnknown, decodeCursor, encodeCursor } from './events/cursor.ts';
import type { EventLog } from './events/event-log.ts';

/** An event on its way to a reader, with where to go on after it. */
export type PlacedEvent = TokenEvent & { readonly cursor: string };

/** One event as the graph's types see it. */
export type StreamedEvent<Type extends TokenEvent['type']> = Extract<PlacedEvent, { readonly type: Type }>;

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
): Promise<AsyncIterableIterator<PlacedEvent>> {
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
  const place = cursor?.sequence ?? -1;
  const events = log.follow(id, place, signal);
  if (contractVersion > 1) return mapped(events, placed);
  return mapped(events, inVersion1(place > 0 && (await hasEvidenceChosen(log, id, signal))));
}

function placed(event: TokenEvent): PlacedEvent {
  return { ...event, cursor: encodeCursor(event.generationId, event.sequence) };
}

/**
 * For a reader of version 1, which has no such event and counts without gaps what it does have; cursors are the same for all.
 * @param isBehind Whether the evidence was told before the first event that is read.
 */
function inVersion1(isBehind: boolean): (event: TokenEvent) => PlacedEvent | null {
  let missing = isBehind ? 1 : 0;
  return (event) => {
    if (event.type === 'evidence-chosen') {
      missing = 1;
      return null;
    }
    return { ...placed(event), sequence: event.sequence - missing };
  };
}

/** Logs of the time before version 2 have none. */
async function hasEvidenceChosen(log: EventLog, generationId: string, signal: AbortSignal): Promise<boolean> {
  const second = log.follow(generationId, 0, signal);
  const { value } = await second.next();
  await second.return?.();
  return value?.type === 'evidence-chosen';
}

/** Without what `change` makes null. No generator: one that waits for an event could not be left. */
function mapped<In, Out>(
  events: AsyncIterableIterator<In>,
  change: (event: In) => Out | null,
): AsyncIterableIterator<Out> {
  return {
    async next() {
      for (;;) {
        const { value, done } = await events.next();
        if (done === true) return { value: undefined, done };
        const changed = change(value);
        if (changed !== null) return { value: changed, done: false };
      }
    },
    async return() {
      await events.return?.();
      return { value: undefined, done: true };
    },
    async throw(error) {
      await events.throw?.(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
