import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { chooseEmbedder, NO_EMBEDDER } from '@supercontext/embed/choose-embedder.ts';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import { startEmbedder } from '@supercontext/embed/start-embedder.ts';
import { weightsDirectory } from '@supercontext/embed/weights/weights-cache.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { indexBudgetBytes } from './config.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';
import { openStores, type Stores } from './open-stores.ts';
import { fragmentLoader } from './read-fragments.ts';
import { RecentTexts } from './recent-texts.ts';
import type { RequestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';
import { NameFinder } from './search/names-together.ts';
import { OpenIndexes } from './search/open-indexes.ts';
import { Ranker } from './search/rank.ts';
import { QuestionVectors } from './search/vectors/question-vectors.ts';
import type { Meaning } from './search/vectors/search-by-meaning.ts';
import { SessionVectors } from './search/vectors/session-vectors.ts';
import { STAGE } from './stage.ts';
import type { StoreState } from './state.ts';
import type { StoreOptions } from './store-options.ts';

/** Between a put and its replication there is one commit of the context stage: a few batches are enough. */
const RECENT_TEXTS_BYTES = 16 * 1024 * 1024;

export interface RunningStore extends RunningSubgraph {
  /** For tests: what the process holds. */
  readonly state: StoreState;
}

/** As long as a session may take to list what it has put. */
const SWEEP_MS = 10 * 60_000;

/**
 * Starts the store on the files of its folder, which it owns until `stop` resolves, or on Redis.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT, INPUT_INVALID, ConfigError: see openStores
 */
export async function startStore(config: StoreOptions): Promise<RunningStore> {
  await using parts = new AsyncDisposableStack();
  const state = await openState(config, parts);
  const { fragments } = state;
  const subgraph = await startSubgraph<RequestContext>({
    stage: STAGE,
    typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    host: config.host,
    port: config.port,
    signingKey: config.signingKey,
    context: (base) => ({ ...base, ...state, fragmentLoader: fragmentLoader(fragments) }),
    ready: async () => {
      await fragments.sessions(1, null);
    },
    log: config.log,
  });
  parts.defer(() => subgraph.stop());
  const running = parts.move();
  return { ...subgraph, state, stop: () => running.disposeAsync() };
}

/** Opens what lives as long as the process; `parts` closes it. */
async function openState(config: StoreOptions, parts: AsyncDisposableStack): Promise<StoreState> {
  const stores = await openStores(config, parts);
  const { fragments, segments, keptTenantKey } = stores;
  const recentTexts = new RecentTexts(RECENT_TEXTS_BYTES);
  const indexes = new OpenIndexes({
    fragments,
    segments,
    recentTexts,
    budgetBytes: indexBudgetBytes(config),
    segmentDocuments: config.segmentFragments,
    log: config.log,
  });
  parts.defer(() => indexes.close());
  const sweeping = sweepNowAndThen(fragments, config.log);
  parts.defer(() => clearInterval(sweeping));
  return {
    fragments,
    indexes,
    recentTexts,
    ranker: new Ranker(),
    nameFinder: new NameFinder(),
    meaning: openMeaning(config, stores, parts),
    keptTenantKey,
    instance: randomUUID(),
  };
}

function openMeaning(config: StoreOptions, stores: Stores, parts: AsyncDisposableStack): Meaning {
  const { log, embedWaitMs } = config;
  const embedders = config.embedders ?? openEmbedders(config, parts);
  const lose: { of?: SessionVectors } = {};
  const index = stores.openVectors((space) => lose.of?.lost(space));
  parts.defer(() => index.close());
  const vectors = new SessionVectors(index, stores.fragments);
  lose.of = vectors;
  return {
    vectors,
    questions: new QuestionVectors({ waitMs: embedWaitMs }),
    embedder: embedders[0] ?? null,
    isUnwanted: config.embedder === NO_EMBEDDER,
    embedderOf: (name) => embedders.find((embedder) => embedder.name === name) ?? null,
    log,
  };
}

/** @throws ContractError MODEL_INVALID for an embedder asked for by name that is not there */
function openEmbedders({ embedder, cacheHome, log }: StoreOptions, parts: AsyncDisposableStack): readonly Embedder[] {
  const cacheDirectory = weightsDirectory({ cacheHome, home: homedir() });
  const manifest = chooseEmbedder(embedder, cacheDirectory);
  if (manifest === null) {
    if (embedder !== NO_EMBEDDER) log.warn('the weights of the embedder are not there: search is by words alone');
    return [];
  }
  const started = startEmbedder({ manifest, cacheDirectory, isBackground: false });
  parts.defer(() => started.close());
  return [started];
}

/** What erasures had to leave is looked at again, also what they left when the last process went down. */
function sweepNowAndThen(fragments: FragmentStore, log: Logger): NodeJS.Timeout {
  const sweep = () =>
    void fragments.sweep().catch((error: unknown) => log.warn({ err: error }, 'cannot finish erasures'));
  sweep();
  return setInterval(sweep, SWEEP_MS).unref();
}
