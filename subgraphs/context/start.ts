import { readFileSync } from 'node:fs';
import { type SubgraphClient, subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { characterTable } from '@supercontext/text/characters.ts';
import { ArrivalOrder } from './arrival-order.ts';
import { compressionStage } from './calls/compression.ts';
import { storeStage } from './calls/store.ts';
import { CompressionHints } from './compression-hints.ts';
import type { ContextConfig } from './config.ts';
import { fragmentTexts } from './fragment-texts.ts';
import { openLog } from './log/open-log.ts';
import type { SessionQuery } from './log/session-log.ts';
import { EmptyLog } from './log-beside-store.ts';
import { LogReplicator } from './log-replicator.ts';
import { loadersOf, type RequestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';
import { STAGE } from './stage.ts';
import type { ContextState } from './state.ts';
import { SummaryNodes } from './working-set/summary-nodes.ts';

const MiB = 1024 * 1024;

/** Whatever it is: that the log can be read. */
const ONE_SESSION: SessionQuery = {
  ...{ orderBy: 'creation', size: 1, fromEnd: false, after: null, before: null, archived: null, titleContains: null },
};

/** What a start needs beside its settings; a test answers anybody. */
export interface ContextOptions extends Omit<ContextConfig, 'signingKey'> {
  readonly signingKey: string | null;
  readonly log: Logger;
}

export interface RunningContext extends RunningSubgraph {
  /** Rejects with LogLost when it turns out that the log was lost. */
  readonly failed: Promise<never>;
  /** For tests: what the process holds. */
  readonly state: ContextState;
}

/**
 * Starts the context stage on its log: in Redis, or in its folder, which it owns until `stop` resolves. What was committed but not yet
 * replicated to the store when the last process went down is replicated in the background; the store's copies of logs are
 * compared with the logs whenever another process of it answers. An empty log takes no session until that was done once.
 * @throws ContractError STORAGE_UNAVAILABLE when another process holds the log; LogLost, here or by `failed`, when the log
 *   is empty and the store is not
 */
export async function startContext(config: ContextOptions): Promise<RunningContext> {
  await using parts = new AsyncDisposableStack();
  // Made now: some 20 ms, for which no request is to wait.
  characterTable();
  const state = await openState(config, parts);
  const { log, replicator, emptyLog } = state;
  const subgraph = await startSubgraph<RequestContext>({
    stage: STAGE,
    typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    host: config.host,
    port: config.port,
    signingKey: config.signingKey,
    context: (base) => ({ ...base, state, loaders: loadersOf(log) }),
    ready: async () => {
      await log.list(ONE_SESSION);
      if (emptyLog.isWaiting) throw new Error('the session log is empty: waiting for the store to say that it is, too');
    },
    log: config.log,
  });
  parts.defer(() => subgraph.stop());
  // A store that answers already is believed before the first request is; one that does not is waited for beside them.
  if (emptyLog.isWaiting && (await replicator.tryOnce())) emptyLog.confirm();
  const watching = replicator.catchUp().then(() => {
    emptyLog.confirm();
    return replicator.watch();
  });
  parts.defer(async () => {
    replicator.stop();
    await watching.catch(() => {});
  });
  const failed = watching.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  const running = parts.move();
  return { ...subgraph, state, failed, stop: () => running.disposeAsync() };
}

/** Opens what lives as long as the process; `parts` closes it. */
async function openState(config: ContextOptions, parts: AsyncDisposableStack): Promise<ContextState> {
  const client = (name: string, url: string): SubgraphClient => {
    const opened = subgraphClient({ caller: STAGE, name, url, signingKey: config.signingKey });
    parts.defer(() => opened.close());
    return opened;
  };
  const log = await openLog(config, config.log);
  parts.defer(() => log.close());
  const store = storeStage(client('store', config.storeUrl));
  const compression = compressionStage(client('compression', config.compressionUrl));
  const hints = new CompressionHints(compression, config.log);
  const replicator = new LogReplicator({
    log,
    store,
    logger: config.log,
    onReplaced: (sessionId, through) => hints.grown(sessionId, through),
  });
  parts.defer(() => replicator.stop());
  return {
    log,
    store,
    compression,
    replicator,
    hints,
    emptyLog: new EmptyLog(await log.isNew()),
    arrivals: new ArrivalOrder(),
    erasing: new Set(),
    learning: new Map(),
    texts: fragmentTexts(config.textsMebibytes * MiB),
    summaries: new SummaryNodes(compression),
    searchDeadlineMs: config.searchDeadlineMs,
    digestDeadlineMs: config.digestDeadlineMs,
  };
}
