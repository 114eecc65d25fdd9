import { ContractError } from '@supercontext/contract';
import { ItemDigest, type SealedPage, seal, unseal } from '@supercontext/runtime/sealed-pages.ts';
import type { GenerationContent, GenerationItem, GenerationRow, MovedEvent } from './generation-content.ts';

/** Events in a page. */
const PAGE_EVENTS = 1_024;

/** A generation as it is at one moment: `events` reads up to `limit` of those after one, through the last one then. */
export interface ReadGeneration {
  readonly row: GenerationRow;
  readonly events: (after: number, limit: number) => Promise<readonly MovedEvent[]>;
}

/** The generations of a session, one after the other, each with its events, and a digest of both. */
export function exportGenerations(
  generations: AsyncIterable<ReadGeneration>,
): AsyncGenerator<SealedPage<GenerationItem>, void> {
  return seal(pages(generations));
}

async function* pages(generations: AsyncIterable<ReadGeneration>): AsyncGenerator<readonly GenerationItem[], void> {
  for await (const { row, events } of generations) {
    const digest = new ItemDigest();
    const take = (item: GenerationItem) => {
      digest.add(item);
      return item;
    };
    yield [take({ generation: row })];
    for (let after = -1; ; ) {
      const some = await events(after, PAGE_EVENTS);
      yield some.map((event) => take({ event }));
      after += some.length;
      if (some.length < PAGE_EVENTS) break;
    }
    yield [{ whole: digest.sha256 }];
  }
}

/**
 * What came, generation by generation: each when all of it has come.
 * @throws ContractError STORAGE_CORRUPT for what was changed or cut on its way
 */
export async function* wholeGenerations(
  moved: AsyncIterable<SealedPage<GenerationItem>>,
  sessionId: string,
): AsyncGenerator<GenerationContent & { readonly sha256: string }, void> {
  let open: { readonly row: GenerationRow; readonly events: MovedEvent[]; readonly digest: ItemDigest } | null = null;
  for await (const page of unseal(moved, `the generations of ${sessionId}`)) {
    for (const item of page) {
      if ('whole' in item) {
        if (open === null || open.digest.sha256 !== item.whole) throw changed(sessionId, 'it is not what was sent');
        const { row, events } = open;
        open = null;
        yield { row, events, sha256: item.whole };
        continue;
      }
      if ('generation' in item) {
        if (open !== null || item.generation.session !== sessionId)
          throw changed(sessionId, 'one begins within another');
        open = { row: item.generation, events: [], digest: new ItemDigest() };
      } else if (open === null || item.event.sequence !== open.events.length)
        throw changed(sessionId, 'an event is missing');
      else open.events.push(item.event);
      open?.digest.add(item);
    }
  }
  if (open !== null) throw changed(sessionId, 'its end is missing');
}

/** The digest of a generation that is there. */
export async function digestOf({ row, events }: ReadGeneration): Promise<string> {
  const digest = new ItemDigest();
  digest.add({ generation: row });
  for (let after = -1; ; ) {
    const some = await events(after, PAGE_EVENTS);
    for (const event of some) digest.add({ event });
    after += some.length;
    if (some.length < PAGE_EVENTS) return digest.sha256;
  }
}

export function otherGeneration(id: string): ContractError {
  return new ContractError('INPUT_INVALID', `another generation ${id} is there: nothing of it is changed`, {
    argument: 'session',
  });
}

function changed(sessionId: string, why: string): ContractError {
  return new ContractError('STORAGE_CORRUPT', `the generations of ${sessionId}: of what came one does not fit: ${why}`);
}
