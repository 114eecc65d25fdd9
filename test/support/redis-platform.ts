import { setTimeout as sleep } from 'node:timers/promises';
import { beginStream, delta, finish, type ModelServerDouble, modelServerDouble, usageOf } from './model-server.ts';
import { type RedisOptions, type RunningRedis, runningCluster } from './redis-cluster.ts';
import { type RunningPlatform, runningPlatform } from './running-platform.ts';
import { SIGNING_KEY } from './stage-process.ts';

/** Words of an answer, one after the other with a pause: some events of a stream are under way whenever something is done to it. */
const WORD_PAUSE_MS = 15;
const ANSWER_WORDS = 100;

/** What the model of these tests answers to whatever question. */
export const ANSWER = Array.from({ length: ANSWER_WORDS }, (_, word) => `word${word} `).join('');

/** The five processes on a cluster of three masters and six replicas, with a model that answers in many words. */
export interface RedisPlatform {
  readonly cluster: RunningRedis;
  readonly platform: RunningPlatform;
  /** What another process of a stage is to be told, to share the state of these. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param environment more of it, for all five processes */
export async function platformOnRedis(
  options: RedisOptions = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<RedisPlatform> {
  const parts = new AsyncDisposableStack();
  try {
    const cluster = await runningCluster(options);
    parts.defer(() => cluster.stop());
    const model = await modelServerDouble(inManyWords);
    parts.defer(() => model.close());
    const shared = {
      ...cluster.environment,
      SUPERCONTEXT_TENANT_KEY: 'the tenant of these tests, in 32 bytes',
      SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY,
      SUPERCONTEXT_MODEL: 'auto',
      SUPERCONTEXT_MODEL_URL: model.url,
      ...environment,
    };
    const platform = await runningPlatform(shared);
    parts.defer(() => platform.stop());
    return { cluster, platform, environment: shared, stop: () => parts.disposeAsync() };
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

const inManyWords: ModelServerDouble['script'] = async (response) => {
  beginStream(response);
  for (let word = 0; word < ANSWER_WORDS; word++) {
    response.write(delta(`word${word} `));
    await sleep(WORD_PAUSE_MS);
  }
  response.end(finish('stop', usageOf(120, 0, ANSWER_WORDS)));
};
