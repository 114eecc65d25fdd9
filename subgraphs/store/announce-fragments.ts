import { ContractError } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { checkSessionId, parseFragmentId } from './fragment-id.ts';
import type { KnownLog, LogEntry, Replacement } from './fragments/fragment-store.ts';
import type { AnnounceFragmentsInput, AnnounceFragmentsPayload } from './generated/resolvers.ts';
import type { OpenIndexes } from './search/open-indexes.ts';
import type { Meaning } from './search/vectors/search-by-meaning.ts';
import type { StoreState } from './state.ts';

const MAXIMUM_ENTRIES = 4_096;

/**
 * Learns which fragments a session's log lists where, and has them found by search when it returns. Atomic, idempotent by
 * position. What was withdrawn is found no more when it returns. What the store's copy says otherwise stays unless it is named in `replaces`: the digest in the answer tells.
 * @throws ContractError INPUT_INVALID, STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function announceFragments(
  { fragments, indexes, meaning }: StoreState,
  { sessionId, entries, replaces, withdrawn: encoded }: AnnounceFragmentsInput,
): Promise<AnnounceFragmentsPayload> {
  checkSessionId(sessionId);
  const checked = readEntries(sessionId, entries);
  const withdrawn = encoded == null ? undefined : readWithdrawn(encoded);
  return hop('announce-fragments', async (note) => {
    note({ shard: fragments.shardOf(sessionId), tokens: checked.reduce((sum, entry) => sum + entry.tokens, 0) });
    if (replaces === null || replaces === undefined) {
      const isNothing = checked.length === 0 && withdrawn === undefined;
      const known = isNothing
        ? await fragments.known(sessionId)
        : await fragments.replicate(sessionId, checked, { withdrawn });
      if (withdrawn !== undefined) await leaveOut(meaning, sessionId, withdrawn);
      return index(indexes, known);
    }
    checkReplacement(replaces, checked);
    const known = await fragments.replicate(sessionId, checked, { replaces, withdrawn });
    indexes.drop(sessionId);
    await orLater(meaning, () => meaning.vectors.cut(sessionId, replaces.from));
    if (withdrawn !== undefined) await leaveOut(meaning, sessionId, withdrawn);
    return index(indexes, known);
  });
}

/** Drops the vectors of what is withdrawn. */
function leaveOut(meaning: Meaning, sessionId: string, withdrawn: Withdrawn): Promise<void> {
  return orLater(meaning, () => meaning.vectors.leaveOut(sessionId, withdrawn));
}

/** Vectors that cannot be dropped now are never shown, and are dropped when the next are put: the log need not wait. */
async function orLater({ log }: Meaning, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    log.warn({ err: error }, 'vectors of what is withdrawn cannot be dropped now');
  }
}

/** Has the copy indexed as far as it goes, behind the answer: a search that comes before that is done waits for it. */
async function index(indexes: OpenIndexes, known: KnownLog): Promise<AnnounceFragmentsPayload> {
  const { sessionId, knownThrough, digest, withdrawnDigest } = known;
  if (knownThrough >= 0) await indexes.follow(sessionId, known);
  return { knownThrough, digest, withdrawnDigest };
}

function readWithdrawn(encoded: string): Withdrawn {
  try {
    return Withdrawn.decode(Buffer.from(encoded, 'base64'));
  } catch {
    throw new ContractError('INPUT_INVALID', 'withdrawn: no encoded positions', { argument: 'withdrawn' });
  }
}

function checkReplacement({ from, digest }: Replacement, entries: readonly LogEntry[]): void {
  if (from < 0 || (entries[0]?.position ?? from) !== from) throw invalid('replaces.from: where the entries begin');
  if (!/^[0-9a-f]{32}$/.test(digest)) throw invalid('replaces.digest: 32 hex digits');
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
