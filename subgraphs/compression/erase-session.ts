import type { CompressionErasure } from './generated/resolvers.ts';
import type { CompressionState } from './state.ts';

/**
 * Drops a session's jobs and summaries. Jobs that are being worked at are seen through in vain: what they make is dropped, since
 * the session is known as erased. Idempotent.
 * @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE
 */
export async function eraseSession(
  {
    planner,
    vectors,
    progress,
    erased,
    queue,
    summaries,
  }: Pick<CompressionState, 'planner' | 'vectors' | 'progress' | 'erased' | 'queue' | 'summaries'>,
  sessionId: string,
): Promise<CompressionErasure> {
  erased.add(sessionId);
  // Who watches it hears that it is gone.
  progress.changed(sessionId);
  await Promise.all([planner.forget(sessionId), vectors?.forget(sessionId)]);
  const jobs = await queue.erase(sessionId);
  return { jobs, summaries: await summaries.erase(sessionId) };
}
