import { hop } from '@supercontext/runtime/trace/hops.ts';
import type { ContextErasure } from './generated/resolvers.ts';
import { checkSessionId } from './session-id.ts';
import type { ContextState } from './state.ts';

/**
 * Erases a session here and in the stages below: its log, what is remembered of it, then the store's fragments and segments, then
 * summaries and jobs, which would be made again while the store still knew the session. Appends that have arrived before commit
 * first and are erased with it; those after find no session. Idempotent: what was erased before is looked for again below.
 * @throws ContractError INPUT_INVALID, those of the log, the store and compression; the rest is then to be asked for again
 */
export async function eraseSession(state: ContextState, sessionId: string): Promise<ContextErasure> {
  checkSessionId(sessionId);
  const { store, compression, arrivals, erasing } = state;
  erasing.add(sessionId);
  const place = arrivals.arrive(sessionId);
  try {
    await place.turn;
    const erased = await hop('erase-log', () => state.log.erase(sessionId));
    await forget(state, sessionId, erased?.hashes ?? []);
    const inStore = await store.erase(sessionId);
    const inCompression = await compression.erase(sessionId);
    return { existed: erased !== null, turns: erased?.turns ?? 0, ...inStore, ...inCompression };
  } finally {
    place.leave();
    erasing.delete(sessionId);
  }
}

async function forget(
  { replicator, hints, texts, summaries }: ContextState,
  sessionId: string,
  hashes: readonly string[],
): Promise<void> {
  hints.forget(sessionId);
  summaries.forget(sessionId);
  for (const hash of hashes) texts.delete(hash);
  await replicator.forget(sessionId);
}
