import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { redisFragmentStore } from '@supercontext/store/fragments/redis-store.ts';
import { afterAll, beforeAll, describe } from 'vitest';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { fragmentStoreConformance } from './fragment-store.ts';

const why = whyNoRedis();

for (const [name, start] of [
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
] as const) {
  describe.skipIf(why !== null)(`the fragment store on ${name}${why === null ? '' : ` (skipped: ${why})`}`, () => {
    let servers: RunningRedis;
    beforeAll(async () => {
      servers = await start();
    }, 60_000);
    afterAll(() => servers?.stop());

    fragmentStoreConformance(async () => {
      let redis: RedisClient | null = null;
      const close = async () => {
        await redis?.close();
        redis = null;
      };
      return {
        isShared: false,
        async open(tenantKey) {
          await close();
          redis = await openRedis(servers.settings, { tenantKey });
          return redisFragmentStore({ redis, tenantKey });
        },
        async remove() {
          await close();
          await servers.flush();
        },
      };
    });
  });
}
