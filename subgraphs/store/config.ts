import { type CommonConfig, commonSettings } from '@supercontext/runtime/common-settings.ts';
import { integer, optional, readConfig, type Settings, secret } from '@supercontext/runtime/config.ts';

const MiB = 1024 * 1024;

export interface StoreConfig extends CommonConfig {
  readonly tenantKey: string | null;
  readonly indexMebibytes: number;
  readonly segmentFragments: number;
}

export const SETTINGS: Settings<StoreConfig> = {
  ...commonSettings('store'),
  tenantKey: {
    variable: 'SUPERCONTEXT_TENANT_KEY',
    parse: optional(secret(32)),
    fallback: null,
    otherwise: 'made once, in `store/tenant.key`',
    meaning: 'secret that names fragments; whoever loses it loses the fragments',
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
};

/** @throws ConfigError naming every fault */
export function readStoreConfig(env: NodeJS.ProcessEnv = process.env): StoreConfig {
  return readConfig(env, SETTINGS);
}

export function indexBudgetBytes(config: StoreConfig): number {
  return config.indexMebibytes * MiB;
}
