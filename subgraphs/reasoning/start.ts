import { readFileSync } from 'node:fs';
import { chooseEmbedder } from '@supercontext/embed/choose-embedder.ts';
import { startEmbedder } from '@supercontext/embed/start-embedder.ts';
import { readWordVectors } from '@supercontext/embed/word-vectors.ts';
import { subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { characterTable } from '@supercontext/text/characters.ts';
import { Asking } from './ask.ts';
import { contextStage } from './calls/context.ts';
import { cacheDirectoryOf, type ReasoningConfig } from './config.ts';
import { Erasing } from './erasing.ts';
import { compareMeanings, type Meanings } from './model/compare-meanings.ts';
import { readManifests } from './model/manifest.ts';
import { openOnnxModel } from './model/onnx.ts';
import { withPin } from './model/pinned-manifest.ts';
import { openModels, type RegistryOptions } from './model/registry.ts';
import { termLikeness } from './model/term-likeness.ts';
import { openEvents, watchOthers } from './open-events.ts';
import { answerRecorder } from './record-answer.ts';
import { type RequestContext, requestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';
import { serverOptionsOf } from './server-settings.ts';
import { STAGE } from './stage.ts';
import type { ReasoningState } from './state.ts';

const MiB = 1024 * 1024;

/** What a start needs beside its settings; a test answers anybody and brings a model of its own. */
export interface ReasoningOptions extends Omit<ReasoningConfig, 'signingKey'> {
  readonly signingKey: string | null;
  readonly log: Logger;
  readonly openModel?: RegistryOptions['open'];
}

/**
 * Starts the stage: its port answers while the model loads, /ready only afterwards; resolves when it is loaded. Generations
 * that a crash left running are ended first, so every stream has an end. On Redis it may be one of several.
 * @throws ContractError MODEL_UNKNOWN, MODEL_INVALID for a model that cannot be had; STORAGE_UNAVAILABLE, STORAGE_CORRUPT;
 *   ConfigError for a Redis that would not keep what it is given.
 */
export async function startReasoning(options: ReasoningOptions): Promise<RunningSubgraph> {
  await using parts = new AsyncDisposableStack();
  // Made now: some 20 ms, for which no request is to wait.
  characterTable();
  const state = await openState(options, parts);
  const subgraph = await startSubgraph<RequestContext>({
    stage: STAGE,
    typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    host: options.host,
    port: options.port,
    signingKey: options.signingKey,
    context: (base) => requestContext(base, state),
    ready: async () => state.models.checkReady(),
    log: options.log,
  });
  // Closed last to first: streams end with an error that says when to come back; then the generations behind them get their moment.
  parts.defer(() => subgraph.stop());
  await state.models.loaded;
  const running = parts.move();
  return { ...subgraph, stop: () => running.disposeAsync() };
}

/** Opens what lives as long as the process; `parts` closes it. */
async function openState(options: ReasoningOptions, parts: AsyncDisposableStack): Promise<ReasoningState> {
  const { log, signingKey } = options;
  const cacheDirectory = cacheDirectoryOf(options);
  const models = openModels({
    choice: options.model,
    modelPath: options.modelPath,
    cacheDirectory,
    manifests: readManifests().map((manifest) => withPin(manifest, cacheDirectory)),
    servers: serverOptionsOf(options),
    meanings: openMeanings(options, cacheDirectory),
    provider: options.provider,
    open: options.openModel ?? ((manifest, ggufPath) => openOnnx(options, manifest, ggufPath, cacheDirectory)),
    log,
  });
  parts.defer(() => models.close());
  const client = subgraphClient({ caller: STAGE, name: 'context', url: options.contextUrl, signingKey });
  parts.defer(() => client.close());
  const context = contextStage(client);
  const { events, holds } = await openEvents(options, parts);
  const answers = answerRecorder(events, context, log);
  parts.defer(() => answers.stop());
  answers.retry();
  if (options.redis !== null) watchOthers({ events, answers, log }, parts);
  const asking = new Asking({
    stage: STAGE,
    context,
    models,
    events,
    answers,
    log,
    mostRunning: options.slots + options.queueLimit,
  });
  parts.defer(() => asking.stop());
  const erasing = new Erasing({ asking, context, events, holds, models, log });
  parts.defer(() => erasing.stop());
  erasing.resume();
  return { asking, erasing, events, models };
}

/** @throws ContractError MODEL_INVALID for an embedder asked for by name that is not there */
function openMeanings({ embedder, log }: ReasoningOptions, cacheDirectory: string): Meanings | null {
  const manifest = chooseEmbedder(embedder, cacheDirectory);
  if (manifest === null) return null;
  const words = readWordVectors(manifest, cacheDirectory);
  if (words === null) log.warn('the word vectors of the embedder are not there: `npm run setup` makes them');
  return compareMeanings({
    open: () => startEmbedder({ manifest, cacheDirectory, isBackground: false }),
    // Made now: some 300 ms, for which no request is to wait.
    likeness: words === null ? null : termLikeness(words),
    log,
  });
}

function openOnnx(
  { provider, threads, slots, kvMebibytes, queueLimit }: ReasoningConfig | ReasoningOptions,
  manifest: Parameters<RegistryOptions['open']>[0],
  ggufPath: string,
  cacheDirectory: string,
): ReturnType<RegistryOptions['open']> {
  const limits = { slots, kvBudgetBytes: kvMebibytes * MiB };
  return openOnnxModel({ manifest, ggufPath, cacheDirectory, provider, threads, limits, queueLimit });
}
