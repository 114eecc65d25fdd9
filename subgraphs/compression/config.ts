import { CACHE_HOME_SETTING, EMBEDDER_SETTING } from '@supercontext/embed/choose-embedder.ts';
import { type CommonConfig, commonSettings, stageUrl } from '@supercontext/runtime/common-settings.ts';
import { integer, readConfig, type Settings } from '@supercontext/runtime/config.ts';
import {
  type RedisConfig,
  redisSettings,
  type WithRedis,
  withRedis,
} from '@supercontext/runtime/redis/redis-settings.ts';

/** One value a variable. */
interface CompressionRows extends CommonConfig, RedisConfig {
  readonly storeUrl: string;
  readonly contextUrl: string;
  readonly threads: number;
  readonly pauseMs: number;
  readonly maximumAttempts: number;
  readonly sweepMs: number;
  readonly embedder: string;
  readonly cacheHome: string;
}

export type CompressionConfig = WithRedis<CompressionRows>;

export const SETTINGS: Settings<CompressionRows> = {
  ...commonSettings('compression'),
  ...redisSettings(),
  storeUrl: stageUrl('store'),
  contextUrl: stageUrl('context'),
  threads: {
    variable: 'SUPERCONTEXT_COMPRESSION_THREADS',
    parse: integer({ min: 1, max: 64 }),
    fallback: 1,
    meaning: 'threads that compress, each at low priority',
  },
  pauseMs: {
    variable: 'SUPERCONTEXT_COMPRESSION_PAUSE_MS',
    parse: integer({ min: 0, max: 60_000 }),
    fallback: 2,
    meaning: 'rest of a thread between two nodes, in milliseconds',
  },
  maximumAttempts: {
    variable: 'SUPERCONTEXT_COMPRESSION_ATTEMPTS',
    parse: integer({ min: 1, max: 100 }),
    fallback: 5,
    meaning: 'tries before a node is given up until the next start',
  },
  sweepMs: {
    variable: 'SUPERCONTEXT_COMPRESSION_SWEEP_MS',
    parse: integer({ min: 100, max: 86_400_000 }),
    fallback: 60_000,
    meaning: 'milliseconds between two comparisons of the trees with the logs',
  },
  embedder: EMBEDDER_SETTING,
  cacheHome: CACHE_HOME_SETTING,
};

/** @throws ConfigError naming every fault */
export function readCompressionConfig(env: NodeJS.ProcessEnv = process.env): CompressionConfig {
  return withRedis(readConfig(env, SETTINGS));
}
