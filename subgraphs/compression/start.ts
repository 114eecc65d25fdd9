import { readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { ContractError } from '@supercontext/contract';
import { chooseEmbedder } from '@supercontext/embed/choose-embedder.ts';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import { startEmbedders } from '@supercontext/embed/start-embedders.ts';
import { weightsDirectory } from '@supercontext/embed/weights/weights-cache.ts';
import { subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { contextStage } from './calls/context.ts';
import { storeLog } from './calls/store.ts';
import { storeVectors } from './calls/store-vectors.ts';
import type { CompressionConfig } from './config.ts';
import { ErasedSessions } from './erased-sessions.ts';
import { METHOD } from './method/extract.ts';
import { openStores } from './open-stores.ts';
import { Progress } from './progress.ts';
import { summaryLoader } from './read-summaries.ts';
import type { RequestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';
import { STAGE } from './stage.ts';
import type { CompressionState } from './state.ts';
import { startCompressPool } from './work/compress-pool.ts';
import { EmbedSessions } from './work/embed-sessions.ts';
import { GiveWay } from './work/give-way.ts';
import { Planner } from './work/planner.ts';
import { Sweeper } from './work/sweeper.ts';
import { JobWorker } from './work/work-jobs.ts';

/** How soon a watcher sees what another process has made, which tells nobody. */
const OTHERS_LOOK_MS = 1_000;
/** Threads that embed while nobody waits for an answer, where there are as many cores. */
const EMBEDDING_THREADS = 2;

export interface CompressionOptions extends CompressionConfig {
  /** For tests: in place of the one of the configuration. */
  readonly usedEmbedder?: Embedder;
  readonly log: Logger;
}

export interface RunningCompression extends RunningSubgraph {
  /** For tests: what the process holds. */
  readonly state: CompressionState;
}

/**
 * Starts the compression stage on the files of its folder, which it owns until `stop` resolves, or on Redis, where it may be one of
 * several. The store need not answer yet: work begins when it does.
 * @throws ContractError STORAGE_UNAVAILABLE when another process holds the files, or Redis cannot be reached; ConfigError for a
 *   Redis that would not keep what it is given
 */
export async function startCompression(config: CompressionOptions): Promise<RunningCompression> {
  await using parts = new AsyncDisposableStack();
  const { state, begin } = await openState(config, parts);
  const subgraph = await startSubgraph<RequestContext>({
    stage: STAGE,
    typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    host: config.host,
    port: config.port,
    signingKey: config.signingKey,
    context: (base) => ({ ...base, ...state, summaryLoader: summaryLoader(state.summaries) }),
    ready: async () => {
      await state.summaries.state('', METHOD);
      await state.queue.stats();
    },
    log: config.log,
  });
  parts.defer(() => subgraph.stop());
  begin();
  const running = parts.move();
  return { ...subgraph, state, stop: () => running.disposeAsync() };
}

/** Opens what lives as long as the process; `parts` closes it. Work begins with `begin`. */
async function openState(
  config: CompressionOptions,
  parts: AsyncDisposableStack,
): Promise<{ readonly state: CompressionState; readonly begin: () => void }> {
  const { log } = config;
  const { summaries, queue } = await openStores(config, parts);
  const clientOf = (name: string, url: string) => {
    const client = subgraphClient({ caller: STAGE, name, url, signingKey: config.signingKey });
    parts.defer(() => client.close());
    return client;
  };
  const stopping = new AbortController();
  const progress = new Progress(config.redis === null ? null : OTHERS_LOOK_MS);
  const erased = new ErasedSessions();
  const storeClient = clientOf('store', config.storeUrl);
  const work = { store: storeLog(storeClient, stopping.signal), summaries, queue, erased };
  const context = contextStage(clientOf('context', config.contextUrl), stopping.signal);
  const pool = startCompressPool(config);
  parts.defer(() => pool.stop());
  const worker = new JobWorker({ state: work, pool, progress, log, lanes: config.threads + 1 });
  const planner = new Planner({ state: work, progress, log, onPlanned: () => worker.wake() });
  const giveWay = new GiveWay();
  const embedder = config.usedEmbedder ?? openEmbedder(config, parts);
  const vectorStore = storeVectors(storeClient, stopping.signal);
  const lanes = embeddingThreads();
  const vectors =
    embedder === null ? null : new EmbedSessions({ store: vectorStore, embedder, erased, giveWay, lanes, log });
  const sweeper = new Sweeper({ state: work, planner, vectors, log, intervalMs: config.sweepMs });
  parts.defer(async () => {
    stopping.abort(new ContractError('SUBGRAPH_UNAVAILABLE', 'compression is stopping'));
    await Promise.all([sweeper.stop(), planner.stop(), worker.stop(), vectors?.stop(), embedder?.close()]);
  });
  return {
    state: { summaries, queue, planner, progress, erased, context, store: work.store, vectors, giveWay },
    begin: () => {
      worker.start();
      sweeper.start();
    },
  };
}

/** @throws ContractError MODEL_INVALID for an embedder asked for by name that is not there */
function openEmbedder({ embedder, cacheHome }: CompressionOptions, parts: AsyncDisposableStack): Embedder | null {
  const cacheDirectory = weightsDirectory({ cacheHome, home: homedir() });
  const manifest = chooseEmbedder(embedder, cacheDirectory);
  if (manifest === null) return null;
  const started = startEmbedders({ manifest, cacheDirectory, isBackground: true }, embeddingThreads());
  parts.defer(() => started.close());
  return started;
}

function embeddingThreads(): number {
  return Math.min(EMBEDDING_THREADS, availableParallelism());
}
