import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subgraphClient } from '@supercontext/runtime/call-subgraph.ts';
import type { Logger } from '@supercontext/runtime/log.ts';
import { type RunningSubgraph, type Stage, startSubgraph } from '@supercontext/runtime/start-subgraph.ts';
import { Announcer } from './announcer.ts';
import { ArrivalOrder } from './arrival-order.ts';
import { CompressionHints } from './compression-hints.ts';
import type { ContextConfig } from './config.ts';
import type { ContextState } from './context-state.ts';
import { FragmentTexts } from './fragment-texts.ts';
import { openSessionLog } from './log/embedded.ts';
import { EmptyLog } from './log-beside-store.ts';
import packageFile from './package.json' with { type: 'json' };
import { loadersOf, type RequestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';
import { compressionStage } from './stages/compression.ts';
import { storeStage } from './stages/store.ts';
import { SummaryNodes } from './working-set/summary-nodes.ts';

export const STAGE: Stage = { name: 'context', version: packageFile.version };

const MiB = 1024 * 1024;

export interface RunningContext extends RunningSubgraph {
  /** Rejects with LogLost when it turns out that the log was lost. */
  readonly failed: Promise<never>;
  /** For tests: what the process holds. */
  readonly state: ContextState;
}

/**
 * Starts the context stage on the log in its folder, which it owns until `stop` resolves. What was committed but not yet
 * announced to the store when the last process went down is announced in the background; the store's copies of logs are
 * compared with the logs whenever another process of it answers. An empty log takes no session until that was done once.
 * @throws ContractError STORAGE_UNAVAILABLE when another process holds the log; LogLost, here or by `failed`, when the log
 *   is empty and the store is not
 */
export async function startContext(
  config: Omit<ContextConfig, 'signingKey'> & { readonly signingKey: string | null; readonly log: Logger },
): Promise<RunningContext> {
  const { signingKey } = config;
  const storeClient = subgraphClient({ caller: STAGE, name: 'store', url: config.storeUrl, signingKey });
  const compressionClient = subgraphClient({
    caller: STAGE,
    name: 'compression',
    url: config.compressionUrl,
    signingKey,
  });
  const log = openSessionLog(join(config.dataFolder, 'context', 'log.sqlite'));
  const store = storeStage(storeClient);
  const compression = compressionStage(compressionClient);
  const hints = new CompressionHints(compression, config.log);
  const announcer = new Announcer({
    log,
    store,
    logger: config.log,
    onReplaced: (sessionId, through) => hints.grown(sessionId, through),
  });
  const emptyLog = new EmptyLog(await log.isNew());
  const state: ContextState = {
    log,
    store,
    compression,
    announcer,
    emptyLog,
    arrivals: new ArrivalOrder(),
    erasing: new Set(),
    hints,
    texts: new FragmentTexts(config.textsMebibytes * MiB),
    summaries: new SummaryNodes(compression),
    searchDeadlineMs: config.searchDeadlineMs,
    digestDeadlineMs: config.digestDeadlineMs,
  };
  const close = async () => {
    announcer.stop();
    await Promise.all([storeClient.close(), compressionClient.close()]);
    await log.close();
  };
  try {
    const subgraph = await startSubgraph<RequestContext>({
      stage: STAGE,
      typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      host: config.host,
      port: config.port,
      signingKey,
      context: (base) => ({ ...base, state, loaders: loadersOf(log) }),
      ready: async () => {
        await log.newest(1, null);
        if (emptyLog.isWaiting)
          throw new Error('the session log is empty: waiting for the store to say that it is, too');
      },
      log: config.log,
    });
    // A store that answers already is believed before the first request is; one that does not is waited for beside them.
    if (emptyLog.isWaiting && (await announcer.tryOnce())) emptyLog.confirm();
    const watching = announcer.catchUp().then(() => {
      emptyLog.confirm();
      return announcer.watch();
    });
    const failed = watching.then(() => new Promise<never>(() => {}));
    failed.catch(() => {});
    return {
      ...subgraph,
      state,
      failed,
      async stop() {
        await subgraph.stop();
        announcer.stop();
        await watching.catch(() => {});
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
