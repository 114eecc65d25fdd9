import { ContractError } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/hops.ts';
import { checkSessionId, parseFragmentId } from './fragment-id.ts';
import type { LogEntry } from './fragments/fragment-store.ts';
import type { AnnounceFragmentsInput, AnnounceFragmentsPayload } from './generated/resolvers.ts';
import type { StoreState } from './request-context.ts';

const MAXIMUM_ENTRIES = 4_096;

/**
 * Learns which fragments a session's log lists where, and has them found by search when it returns. Durable, atomic,
 * idempotent by position.
 * @throws ContractError INPUT_INVALID, FRAGMENT_MISSING, STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function announceFragments(
  { fragments, indexes }: StoreState,
  { sessionId, entries }: AnnounceFragmentsInput,
): Promise<AnnounceFragmentsPayload> {
  checkSessionId(sessionId);
  const checked = readEntries(sessionId, entries);
  return hop('announce-fragments', async (note) => {
    note({ tokens: checked.reduce((sum, entry) => sum + entry.tokens, 0) });
    if (checked.length === 0) return { knownThrough: (await fragments.known(sessionId)).knownThrough };
    const { knownThrough } = await fragments.announce(sessionId, checked);
    if (knownThrough >= 0) await indexes.use(sessionId, knownThrough, () => undefined);
    return { knownThrough };
  });
}

function readEntries(sessionId: string, entries: AnnounceFragmentsInput['entries']): LogEntry[] {
  if (entries.length > MAXIMUM_ENTRIES) throw invalid(`at most ${MAXIMUM_ENTRIES} entries, got ${entries.length}`);
  const first = entries[0]?.position ?? 0;
  return entries.map(({ position, fragmentId, tokens }, at) => {
    const id = parseFragmentId(fragmentId);
    if (id?.sessionId !== sessionId) throw invalid(`entries[${at}].fragmentId is not of this session`);
    if (position < 0 || position !== first + at) throw invalid(`entries[${at}].position: expected ${first + at}`);
    if (tokens < 0) throw invalid(`entries[${at}].tokens: at least 0`);
    return { position, hash: id.hash, tokens };
  });
}

function invalid(message: string): ContractError {
  return new ContractError('INPUT_INVALID', message, { argument: 'entries' });
}
