import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subgraphClient } from '@supercontext/runtime/call-subgraph.ts';
import type { Logger } from '@supercontext/runtime/log.ts';
import type { Stage } from '@supercontext/runtime/stage.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/start-subgraph.ts';
import { Asking } from './ask.ts';
import { contextStage } from './call-context.ts';
import { cacheDirectoryOf, type ReasoningConfig } from './config.ts';
import { Erasing } from './erasing.ts';
import { EmbeddedEventLog } from './events/embedded.ts';
import { readManifests } from './model/manifest.ts';
import { openOnnxModel } from './model/onnx.ts';
import { openModels, type RegistryOptions } from './model/registry.ts';
import packageFile from './package.json' with { type: 'json' };
import { answerRecorder } from './record-answer.ts';
import { type RequestContext, requestContext } from './request-context.ts';
import { resolvers } from './resolvers.ts';

export const STAGE: Stage = { name: 'reasoning', version: packageFile.version };

const MiB = 1024 * 1024;

/** What a start needs beside its settings; a test answers anybody and brings a model of its own. */
export interface ReasoningOptions extends Omit<ReasoningConfig, 'signingKey'> {
  readonly signingKey: string | null;
  readonly log: Logger;
  readonly openModel?: RegistryOptions['open'];
}

/**
 * Starts the stage: its port answers while the model loads, /ready only afterwards; resolves when it is loaded. Generations
 * that a crash left running are ended first, so every stream has an end.
 * @throws ContractError MODEL_UNKNOWN, MODEL_INVALID for a model that cannot be had; STORAGE_UNAVAILABLE, STORAGE_CORRUPT.
 */
export async function startReasoning(options: ReasoningOptions): Promise<RunningSubgraph> {
  const { log, signingKey } = options;
  const folder = join(options.dataFolder, 'reasoning');
  const cacheDirectory = cacheDirectoryOf(options);
  const models = openModels({
    choice: options.model,
    modelPath: options.modelPath,
    cacheDirectory,
    manifests: readManifests(),
    open: options.openModel ?? ((manifest, ggufPath) => openOnnx(options, manifest, ggufPath, cacheDirectory)),
    log,
  });
  const client = subgraphClient({ caller: STAGE, name: 'context', url: options.contextUrl, signingKey });
  const context = contextStage(client);
  const cleanUp: (() => Promise<void>)[] = [() => models.close(), () => client.close()];
  const stop = async () => {
    for (const step of cleanUp.toReversed()) await step();
  };
  try {
    const events = new EmbeddedEventLog(join(folder, 'generations.sqlite'));
    cleanUp.push(() => events.close());
    const orphans = await events.failOrphans();
    if (orphans > 0) log.warn({ orphans }, 'generations of an earlier process ended as failed');
    const answers = answerRecorder(events, context, log);
    cleanUp.push(() => answers.stop());
    answers.retry();
    const asking = new Asking({
      stage: STAGE,
      context,
      models,
      events,
      outbox: events,
      answers,
      log,
      mostRunning: options.slots + options.queueLimit,
    });
    cleanUp.push(() => asking.stop());
    const erasing = new Erasing({ asking, context, events, models, log });
    cleanUp.push(() => erasing.stop());
    erasing.resume();
    const subgraph = await startSubgraph<RequestContext>({
      stage: STAGE,
      typeDefs: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      host: options.host,
      port: options.port,
      signingKey,
      context: (base) => requestContext(base, { asking, erasing, events, models }),
      ready: async () => models.checkReady(),
      log,
    });
    // Streams end first, with an error that says when to come back; then the generations behind them get their moment.
    cleanUp.push(() => subgraph.stop());
    await models.loaded;
    return { ...subgraph, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
