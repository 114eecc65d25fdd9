import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import { subgraphClient } from '@supercontext/runtime/call-subgraph.ts';
import type { Logger } from '@supercontext/runtime/log.ts';
import { reportDamage } from '@supercontext/runtime/sqlite/derived.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/start-subgraph.ts';
import type { CompressionConfig } from './config.ts';
import { ErasedSessions } from './erased-sessions.ts';
import { type EmbeddedQueueOptions, openJobQueue } from './jobs/embedded.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import { METHOD } from './method/extract.ts';
import { Progress } from './progress.ts';
import { summaryLoader } from './read-summaries.ts';
import type { CompressionState, RequestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';
import { STAGE } from './stage.ts';
import { storeLog } from './store-log.ts';
import { openSummaryStore } from './summaries/embedded.ts';
import type { SummaryStore } from './summaries/summary-store.ts';
import { startCompressPool } from './work/compress-pool.ts';
import { Planner } from './work/planner.ts';
import { Sweeper } from './work/sweeper.ts';
import { JobWorker } from './work/work-jobs.ts';

export interface RunningCompression extends RunningSubgraph {
  /** For tests: what the process holds. */
  readonly state: CompressionState;
}

/**
 * Starts the compression stage on the files of its folder, which it owns until `stop` resolves. The store need not answer
 * yet: work begins when it does.
 * @throws ContractError STORAGE_UNAVAILABLE when another process holds the files
 */
export async function startCompression(
  config: CompressionConfig & { readonly log: Logger },
): Promise<RunningCompression> {
  const { log } = config;
  const folder = join(config.dataFolder, 'compression');
  const onDamaged = reportDamage(log);
  const summaries = openSummaryStore({ path: join(folder, 'summaries.sqlite'), onDamaged });
  const queue = await openQueue({ ...config, path: join(folder, 'jobs.sqlite'), onDamaged }, summaries);
  const stopping = new AbortController();
  const client = subgraphClient({
    caller: STAGE,
    name: 'store',
    url: config.storeUrl,
    signingKey: config.signingKey,
  });
  const progress = new Progress();
  const erased = new ErasedSessions();
  const work = { store: storeLog(client, stopping.signal), summaries, queue, erased };
  const pool = startCompressPool(config);
  const worker = new JobWorker({ state: work, pool, progress, log, lanes: config.threads + 1 });
  const planner = new Planner({ state: work, progress, log, onPlanned: () => worker.wake() });
  const sweeper = new Sweeper({ state: work, planner, log, intervalMs: config.sweepMs });
  const state: CompressionState = { summaries, queue, planner, progress, erased };

  async function stopWork(): Promise<void> {
    stopping.abort(new ContractError('SUBGRAPH_UNAVAILABLE', 'compression is stopping'));
    await Promise.all([sweeper.stop(), planner.stop(), worker.stop()]);
    await pool.stop();
    await client.close();
    await queue.close();
    await summaries.close();
  }

  try {
    const subgraph = await startSubgraph<RequestContext>({
      stage: STAGE,
      typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      host: config.host,
      port: config.port,
      signingKey: config.signingKey,
      context: (base) => ({ ...base, ...state, summaryLoader: summaryLoader(summaries) }),
      ready: async () => {
        await summaries.state('', METHOD);
        await queue.stats();
      },
      log,
    });
    worker.start();
    sweeper.start();
    return {
      ...subgraph,
      state,
      async stop() {
        await subgraph.stop();
        await stopWork();
      },
    };
  } catch (error) {
    await stopWork();
    throw error;
  }
}

async function openQueue(options: EmbeddedQueueOptions, summaries: SummaryStore): Promise<JobQueue> {
  try {
    return openJobQueue(options);
  } catch (error) {
    await summaries.close();
    throw error;
  }
}
