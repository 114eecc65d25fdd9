import { checkTopology } from './check-topology.ts';
import { type ClaimOptions, claimKeys } from './claim-keys.ts';
import { connectRedis, type RedisClient } from './redis-client.ts';
import type { RedisSettings } from './redis-settings.ts';

/**
 * Redis for a stage: connected, checked to keep what it is given, and with keys of this version, and of this tenant where a key is
 * given. Whoever opens it closes it.
 * @throws ConfigError for what must be set otherwise: which node, and what to do; ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT
 */
export async function openRedis(settings: RedisSettings, options: ClaimOptions): Promise<RedisClient> {
  const redis = await connectRedis(settings);
  try {
    await checkTopology(redis, settings);
    await claimKeys(redis, options);
    return redis;
  } catch (error) {
    await redis.close();
    throw error;
  }
}
