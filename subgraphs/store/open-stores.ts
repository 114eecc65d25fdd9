import { join } from 'node:path';
import { ConfigError } from '@supercontext/runtime/config.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisSettings } from '@supercontext/runtime/redis/redis-settings.ts';
import { reportDamage } from '@supercontext/runtime/sqlite/derived.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';
import { openFragmentStore } from './fragments/embedded.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';
import { redisFragmentStore } from './fragments/redis-store.ts';
import { openSegmentStore } from './search/embedded.ts';
import { redisSegmentStore } from './search/redis-segments.ts';
import type { SegmentStore } from './search/segment-store.ts';
import { openVectorIndex } from './search/vectors/embedded.ts';
import { openPgvectorIndex } from './search/vectors/pgvector.ts';
import { redisVectorIndex } from './search/vectors/redis-vectors.ts';
import type { VectorIndex, VectorSpace } from './search/vectors/vector-index.ts';
import type { StoreOptions } from './store-options.ts';
import { tenantKey } from './tenant-key.ts';

/** Signs of vectors in memory: a session of 2M tokens takes half of one. */
const SIGNS_BYTES = 64 * 1024 * 1024;

/** Told of a space that holds less than was put, or null for all. */
type OnLost = (space: VectorSpace | null) => void;

/** Where the state of this stage is: all of it in files of its folder, or all of it in Redis. */
export interface Stores {
  readonly fragments: FragmentStore;
  readonly segments: SegmentStore;
  readonly openVectors: (onLost: OnLost) => VectorIndex;
  /** As it stands in its file; null when the operator keeps the key elsewhere. */
  readonly keptTenantKey: string | null;
}

/**
 * Opens what the configuration says; `parts` closes it. With Redis nothing is kept in files, and nothing falls back to them.
 * @throws ContractError STORAGE_UNAVAILABLE when another process holds the files or Redis cannot be reached, STORAGE_CORRUPT when the
 *   fragments' file or the tenant key is damaged, INPUT_INVALID for another tenant key; ConfigError for a Redis that does not keep
 *   what it is given, is another tenant's, or has no tenant key
 */
export function openStores(config: StoreOptions, parts: AsyncDisposableStack): Promise<Stores> {
  return config.redis === null ? inFiles(config, parts) : inRedis(config, config.redis, parts);
}

async function inFiles(config: StoreOptions, parts: AsyncDisposableStack): Promise<Stores> {
  const folder = join(config.dataFolder, 'store');
  const path = join(folder, 'fragments.sqlite');
  const key = tenantKey(config.tenantKey, join(folder, 'tenant.key'), path);
  const fragments = openFragmentStore({ path, tenantKey: key });
  parts.defer(() => fragments.close());
  const segments = openSegmentStore({ path: join(folder, 'segments.sqlite'), onDamaged: reportDamage(config.log) });
  parts.defer(() => segments.close());
  const openVectors = (onLost: OnLost) =>
    openVectorIndex({
      path: join(folder, 'vectors.sqlite'),
      onDamaged: (aside, fault) => {
        reportDamage(config.log)(aside, fault);
        onLost(null);
      },
      onUnusable: reportUnusable(config, onLost),
      budgetBytes: SIGNS_BYTES,
    });
  const keptTenantKey = config.tenantKey === null ? key.toString('hex') : null;
  return { fragments, segments, openVectors: inPostgresOr(config, openVectors), keptTenantKey };
}

async function inRedis(config: StoreOptions, settings: RedisSettings, parts: AsyncDisposableStack): Promise<Stores> {
  if (config.tenantKey === null) {
    throw new ConfigError([
      'SUPERCONTEXT_TENANT_KEY is not set: with SUPERCONTEXT_REDIS every process that names fragments must be given the same one',
    ]);
  }
  const key = tenantKeyBytes(config.tenantKey);
  const redis = await openRedis(settings, { tenantKey: key });
  parts.defer(() => redis.close());
  const openVectors = (onLost: OnLost) =>
    redisVectorIndex({ redis, onUnusable: reportUnusable(config, onLost), budgetBytes: SIGNS_BYTES });
  return {
    fragments: redisFragmentStore({ redis, tenantKey: key }),
    segments: redisSegmentStore(redis),
    openVectors: inPostgresOr(config, openVectors),
    keptTenantKey: null,
  };
}

function inPostgresOr({ pgvectorUrl, log }: StoreOptions, openVectors: Stores['openVectors']): Stores['openVectors'] {
  if (pgvectorUrl === null) return openVectors;
  return (onLost) => openPgvectorIndex({ url: pgvectorUrl, log, onLost: () => onLost(null) });
}

function reportUnusable({ log }: StoreOptions, onLost: OnLost) {
  return (space: VectorSpace, positions: readonly number[]): void => {
    log.warn({ sessionId: space.sessionId, positions: positions.length }, 'unusable vectors are made again');
    onLost(space);
  };
}
