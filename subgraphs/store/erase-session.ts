import { hop } from '@supercontext/runtime/trace/hops.ts';
import { checkSessionId } from './fragment-id.ts';
import type { StoreErasure } from './generated/resolvers.ts';
import type { StoreState } from './state.ts';

/**
 * Forgets a session and deletes what only it had: fragments, segments, vectors, and what of it is in memory. Idempotent; interrupted, it
 * is finished by the next call or after a restart.
 * @throws ContractError INPUT_INVALID, STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function eraseSession(
  { fragments, indexes, recentTexts, meaning }: StoreState,
  sessionId: string,
): Promise<StoreErasure> {
  checkSessionId(sessionId);
  return hop('erase-session', async (note) => {
    note({ shard: fragments.shardOf(sessionId) });
    // First what finds the fragments: found ones that are gone would be reported as missing.
    const segments = await indexes.erase(sessionId);
    const vectors = await meaning.vectors.erase(sessionId);
    recentTexts.clear();
    const { fragments: erased, shared, waiting, sizeBytes } = await fragments.erase(sessionId);
    // Those that were being kept while the log still listed their fragments. Whoever keeps some from now on finds no log, and drops them.
    const late = await meaning.vectors.erase(sessionId);
    return {
      fragments: erased,
      sharedFragments: shared,
      waitingFragments: waiting,
      sizeBytes,
      segments,
      vectors: vectors + late,
    };
  });
}
