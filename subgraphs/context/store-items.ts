import { setImmediate } from 'node:timers/promises';
import { type DeltaItem, type Role, type Source, utf8Bytes } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { countTokensInSteps } from '@supercontext/tokens/count-tokens.ts';
import type { NewFragment, StoreStage } from './calls/store.ts';
import { nameOf } from './check-delta.ts';
import type { FragmentTexts } from './fragment-texts.ts';
import type { Facts, NewEntry } from './log/session-log.ts';
import { splitText } from './split/split-text.ts';

/** One call to the store; smaller than the contract allows, so that the store writes while the next is being counted. */
const BATCH_FRAGMENTS = 256;
const BATCH_BYTES = 256 * 1024;
const BATCHES_UNDER_WAY = 3;

/** How long counting may keep this process from its other callers. */
const SLICE_MS = 8;

/** A fragment on its way, with what the log shall know of it that the store need not. */
interface Listed extends NewFragment, Pick<NewEntry, 'facts'> {
  /** The place of its item. */
  readonly item: number;
}

export interface StoredItems {
  /** In order. */
  readonly entries: NewEntry[];
  /** How many of them each item came to. */
  readonly counts: number[];
}

/**
 * Splits items into fragments, counts their tokens and has the store keep them: their log entries. Durable when
 * it returns; nothing lists the fragments yet, so a failure leaves nothing to undo. Idempotent.
 * @throws ContractError of the store; the signal's reason
 */
export async function storeItems(
  { store, texts }: { readonly store: StoreStage; readonly texts: FragmentTexts },
  sessionId: string,
  items: readonly DeltaItem[],
  signal?: AbortSignal,
): Promise<StoredItems> {
  return hop('store-items', async (note) => {
    const entries: Promise<NewEntry[]>[] = [];
    const counts = items.map(() => 0);
    const underWay = new Set<Promise<unknown>>();
    let failure: unknown = null;
    const send = (batch: readonly Listed[]) => {
      for (const { item } of batch) counts[item] = (counts[item] ?? 0) + 1;
      const sent = store
        .put(sessionId, batch, signal)
        .then((hashes) => batch.map((fragment, at) => entry(hashes[at], fragment)));
      entries.push(sent);
      const settled = sent
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => underWay.delete(settled));
      underWay.add(settled);
    };
    for await (const batch of batches(items)) {
      if (failure !== null || signal?.aborted === true) break;
      send(batch);
      if (underWay.size >= BATCHES_UNDER_WAY) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    signal?.throwIfAborted();
    const stored = (await Promise.all(entries)).flat();
    note({ tokens: stored.reduce((sum, { tokens }) => sum + tokens, 0) });
    return { entries: stored, counts };
  });

  function entry(hash: string | undefined, { role, source, text, tokens, facts, item }: Listed): NewEntry {
    if (hash === undefined) throw new Error('the store answered with fewer ids than fragments');
    if (source.kind === 'chat') texts.set(hash, { text, name: null });
    return { hash, tokens, role, kind: source.kind, facts, item };
  }
}

async function* batches(items: readonly DeltaItem[]): AsyncGenerator<Listed[]> {
  let batch: Listed[] = [];
  let sizeBytes = 0;
  let sliceEnds = performance.now() + SLICE_MS;
  for (const [place, item] of items.entries()) {
    const described = { item: place, role: roleOf(item), source: sourceOf(item), facts: factsOf(item) };
    for (const part of splitText(item.text, countTokensInSteps)) {
      if (performance.now() >= sliceEnds) {
        await setImmediate();
        sliceEnds = performance.now() + SLICE_MS;
      }
      if (part === undefined) continue;
      const bytes = utf8Bytes(part.text);
      if (batch.length === BATCH_FRAGMENTS || (batch.length > 0 && sizeBytes + bytes > BATCH_BYTES)) {
        yield batch;
        batch = [];
        sizeBytes = 0;
      }
      batch.push({ ...described, ...part });
      sizeBytes += bytes;
    }
  }
  if (batch.length > 0) yield batch;
}

function roleOf(item: DeltaItem): Role {
  return item.kind === 'message' ? item.role : 'document';
}

function sourceOf(item: DeltaItem): Source {
  return { kind: item.kind === 'message' ? 'chat' : item.kind, name: nameOf(item) };
}

function factsOf(item: DeltaItem): Facts | null {
  const { occurredAtMs, metadata } = item;
  const speaker = item.kind === 'message' ? item.speaker : null;
  return occurredAtMs === null && metadata === null && speaker === null ? null : { speaker, occurredAtMs, metadata };
}
