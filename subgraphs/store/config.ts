import { CACHE_HOME_SETTING, EMBEDDER_SETTING } from '@supercontext/embed/choose-embedder.ts';
import { type CommonConfig, commonSettings } from '@supercontext/runtime/common-settings.ts';
import { integer, optional, readConfig, type Settings, secret, urlThat } from '@supercontext/runtime/config.ts';
import {
  type RedisConfig,
  redisSettings,
  type WithRedis,
  withRedis,
} from '@supercontext/runtime/redis/redis-settings.ts';

const MiB = 1024 * 1024;

const postgresUrl = urlThat('a postgres or postgresql URL', ({ protocol }) => /^postgres(ql)?:$/.test(protocol));

/** One value a variable. */
interface StoreRows extends CommonConfig, RedisConfig {
  readonly tenantKey: string | null;
  readonly indexMebibytes: number;
  readonly segmentFragments: number;
  readonly embedder: string;
  readonly cacheHome: string;
  readonly embedWaitMs: number;
  readonly pgvectorUrl: string | null;
}

export type StoreConfig = WithRedis<StoreRows>;

export const SETTINGS: Settings<StoreRows> = {
  ...commonSettings('store'),
  ...redisSettings(),
  tenantKey: {
    variable: 'SUPERCONTEXT_TENANT_KEY',
    parse: optional(secret(32)),
    fallback: null,
    otherwise: 'made once, in `store/tenant.key`',
    meaning: 'secret that names fragments, as text, or its bytes as `hex:…`; whoever loses it loses the fragments',
  },
  indexMebibytes: {
    variable: 'SUPERCONTEXT_STORE_INDEX_MIB',
    parse: integer({ min: 1, max: 1024 * 1024 }),
    fallback: 256,
    meaning: 'memory for open search indexes, in MiB; a session of 2M tokens takes about 4',
  },
  segmentFragments: {
    variable: 'SUPERCONTEXT_STORE_SEGMENT_FRAGMENTS',
    parse: integer({ min: 16, max: 16_384 }),
    fallback: 1_024,
    meaning: 'fragments a sealed search segment covers',
  },
  embedder: EMBEDDER_SETTING,
  cacheHome: CACHE_HOME_SETTING,
  embedWaitMs: {
    variable: 'SUPERCONTEXT_STORE_EMBED_WAIT_MS',
    parse: integer({ min: 1, max: 10_000 }),
    fallback: 100,
    meaning:
      'milliseconds a search waits for the vector of its question, and for what is near to it; then it goes by words alone',
  },
  pgvectorUrl: {
    variable: 'SUPERCONTEXT_PGVECTOR',
    parse: optional(postgresUrl),
    fallback: null,
    meaning: 'PostgreSQL with pgvector that vectors are kept in, in place of the file `store/vectors.sqlite`',
  },
};

/** @throws ConfigError naming every fault */
export function readStoreConfig(env: NodeJS.ProcessEnv = process.env): StoreConfig {
  return withRedis(readConfig(env, SETTINGS));
}

export function indexBudgetBytes(config: StoreConfig): number {
  return config.indexMebibytes * MiB;
}
