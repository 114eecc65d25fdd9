import { ContractError, type Degradation } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import type { Hit, SearchAnswer } from '../calls/store.ts';
import type { LogEntry } from '../log/session-log.ts';
import type { ContextState } from '../state.ts';
import { count, orDegrade, places, type WorkingSetRequest } from './gather.ts';
import { gist } from './gist.ts';

const NOTHING_FOUND: SearchAnswer = Object.freeze({
  hits: [],
  instructions: [],
  coverage: 0,
  names: null,
  similarity: null,
  indexedThrough: -1,
  logDigest: '',
  withdrawnDigest: '',
  unsearchable: [],
  unsearchableCount: 0,
  degraded: [],
});

/**
 * What search finds for the question before its own place in the log. A store that is behind is told first what it has
 * missed; when that fails, what was found so far stays, as far as the log lists it, and `degraded` names the gap.
 */
export async function searchLog(
  state: ContextState,
  request: WorkingSetRequest,
  wanted: number,
  degraded: Degradation[],
): Promise<SearchAnswer> {
  const { session, question, signal } = request;
  const last = session.fragments - 1;
  const options = { signal, deadlineMs: state.searchDeadlineMs };
  const query = gist(question);
  const search = () => hop('search', () => state.store.search(session.id, query, wanted, options));
  let found = await orDegrade(degraded, 'store', signal, search, () => null);
  if (found === null) return NOTHING_FOUND;
  let isSame = await isOfTheLog(state, session.id, found);
  if (!isSame || found.indexedThrough < last) {
    const retry = async () => {
      await hop('announce', () => state.replicator.settle(session.id, last, state.searchDeadlineMs));
      return search();
    };
    found = await orBehind(degraded, request, found, retry);
    isSame = await isOfTheLog(state, session.id, found);
  }
  const hits = isSame ? found.hits : await listedHits(state, session.id, found.hits);
  nameLacking(degraded, found);
  return {
    ...found,
    hits: hits.filter(({ position }) => position <= last),
    instructions: found.instructions.filter((position) => position <= last),
    indexedThrough: Math.min(found.indexedThrough, last),
  };
}

function isOfTheLog(
  { replicator }: ContextState,
  sessionId: string,
  { indexedThrough, logDigest, withdrawnDigest }: SearchAnswer,
): Promise<boolean> {
  return replicator.learn(sessionId, { knownThrough: indexedThrough, digest: logDigest, withdrawnDigest });
}

/** Own writes must be found: when the store cannot be told of them, that is named with its reason. */
async function orBehind(
  degraded: Degradation[],
  { session, signal }: WorkingSetRequest,
  found: SearchAnswer,
  retry: () => Promise<SearchAnswer>,
): Promise<SearchAnswer> {
  try {
    return await retry();
  } catch (error) {
    if (signal.aborted || !(error instanceof ContractError)) throw error;
    const [through, last] = [found.indexedThrough, session.fragments - 1];
    const message = `search knows the log through position ${through} of ${last} (${error.code}: ${error.message})`;
    degraded.push({ stage: 'store', code: 'STORE_BEHIND', message });
    return found;
  }
}

/** What the log says of some positions. */
export async function entriesOf(
  { log }: ContextState,
  sessionId: string,
  positions: readonly number[],
): Promise<ReadonlyMap<number, LogEntry>> {
  const entries = await log.entriesAt(sessionId, positions);
  return new Map(entries.map((entry) => [entry.position, entry]));
}

/** Those hits that are what the log says: a copy that differs may have found what was discarded. */
async function listedHits(state: ContextState, sessionId: string, hits: readonly Hit[]): Promise<readonly Hit[]> {
  const positions = hits.map(({ position }) => position);
  const entries = await entriesOf(state, sessionId, positions);
  return hits.filter(({ position, hash }) => entries.get(position)?.hash === hash);
}

function nameLacking(
  degraded: Degradation[],
  { unsearchable, unsearchableCount, degraded: withoutMeaning }: SearchAnswer,
): void {
  for (const { code, message } of withoutMeaning) degraded.push({ stage: 'store', code, message });
  if (unsearchableCount === 0) return;
  const message = `search cannot find ${count(unsearchableCount)}, missing or damaged at rest: ${places(unsearchable, unsearchableCount)}`;
  degraded.push({ stage: 'store', code: 'FRAGMENT_MISSING', message });
}
