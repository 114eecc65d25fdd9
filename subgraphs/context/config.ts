import { type CommonConfig, commonSettings, stageUrl } from '@supercontext/runtime/common-settings.ts';
import { integer, readConfig, type Settings } from '@supercontext/runtime/config.ts';
import {
  type RedisConfig,
  redisSettings,
  type WithRedis,
  withRedis,
} from '@supercontext/runtime/redis/redis-settings.ts';

/** One value a variable. */
interface ContextRows extends CommonConfig, RedisConfig {
  readonly storeUrl: string;
  readonly compressionUrl: string;
  readonly searchDeadlineMs: number;
  readonly digestDeadlineMs: number;
  readonly textsMebibytes: number;
}

export type ContextConfig = WithRedis<ContextRows>;

export const SETTINGS: Settings<ContextRows> = {
  ...commonSettings('context'),
  ...redisSettings(),
  storeUrl: stageUrl('store'),
  compressionUrl: stageUrl('compression'),
  searchDeadlineMs: {
    variable: 'SUPERCONTEXT_CONTEXT_SEARCH_DEADLINE_MS',
    parse: integer({ min: 10, max: 60_000 }),
    fallback: 2_000,
    meaning: 'how long a working set waits for search before it goes on without, in milliseconds',
  },
  digestDeadlineMs: {
    variable: 'SUPERCONTEXT_CONTEXT_DIGEST_DEADLINE_MS',
    parse: integer({ min: 10, max: 60_000 }),
    fallback: 500,
    meaning: 'how long a working set waits for summaries before it goes on without, in milliseconds',
  },
  textsMebibytes: {
    variable: 'SUPERCONTEXT_CONTEXT_TEXTS_MIB',
    parse: integer({ min: 1, max: 16_384 }),
    fallback: 32,
    meaning: 'memory for the texts of the latest messages, in MiB',
  },
};

/** @throws ConfigError naming every fault */
export function readContextConfig(env: NodeJS.ProcessEnv = process.env): ContextConfig {
  return withRedis(readConfig(env, SETTINGS));
}
