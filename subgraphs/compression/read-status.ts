import { sessionNotFound } from './check-session.ts';
import type { CompressionProgress, CompressionStatus } from './generated/resolvers.ts';
import { METHOD } from './method/extract.ts';
import type { CompressionState } from './state.ts';

/** How far a session's tree is; all zeros for one never seen. */
export async function readStatus(
  sessionId: string,
  { summaries, queue }: Pick<CompressionState, 'summaries' | 'queue'>,
): Promise<CompressionStatus> {
  const [tree, jobs] = await Promise.all([summaries.state(sessionId, METHOD), queue.stats(sessionId)]);
  return {
    compressedThrough: tree.compressedThrough,
    nodes: tree.nodes,
    levels: tree.levels,
    pendingJobs: jobs.ready + jobs.leased,
    deadJobs: jobs.dead,
    originalTokens: tree.originalTokens,
    summaryTokens: tree.summaryTokens,
    method: { ...METHOD },
  };
}

/**
 * A reading now and after every change, the last one when everything that can be compressed is. Pulled: a slow reader
 * gets the latest reading, not all of them. Ends early when `signal` aborts or the reader returns.
 * @throws ContractError SESSION_NOT_FOUND when the session is erased meanwhile
 */
export async function* watchProgress(
  sessionId: string,
  sources: CompressionState,
  signal: AbortSignal,
): AsyncGenerator<CompressionProgress, void, undefined> {
  const watch = sources.progress.watch(sessionId);
  try {
    // Nobody may have told this process about the session since it started.
    if (!sources.planner.isSettled(sessionId)) sources.planner.hint(sessionId);
    do {
      if (sources.erased.has(sessionId) || (await sources.summaries.wasErased(sessionId))) throw sessionNotFound();
      const isSettled = sources.planner.isSettled(sessionId);
      const status = await readStatus(sessionId, sources);
      const complete = isSettled && status.pendingJobs === 0;
      yield { sessionId, status, complete };
      if (complete) return;
    } while (await watch.next(signal));
  } finally {
    watch.close();
  }
}
