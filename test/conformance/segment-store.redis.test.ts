import { connectRedis, type RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { redisSegmentStore } from '@supercontext/store/search/redis-segments.ts';
import type { SegmentStore } from '@supercontext/store/search/segment-store.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { keysOf } from '../support/redis-keys.ts';
import { LOG_DIGEST, SESSION, segmentOf, segmentStoreConformance } from './segment-store.ts';

const why = whyNoRedis();

for (const [name, start] of [
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
] as const) {
  describe.skipIf(why !== null)(`the segment store on ${name}${why === null ? '' : ` (skipped: ${why})`}`, () => {
    let servers: RunningRedis;
    let redis: RedisClient;
    let store: SegmentStore;
    beforeAll(async () => {
      servers = await start();
    }, 60_000);
    afterAll(() => servers?.stop());
    beforeEach(async () => {
      await servers.heal();
      await servers.flush();
      redis = await connectRedis(servers.settings);
      store = redisSegmentStore(redis);
    });
    afterEach(() => redis.close());

    segmentStoreConformance(async () => redisSegmentStore(redis));

    const write = (from: number, ...texts: readonly string[]) =>
      store.write(SESSION, { from, segment: segmentOf(...texts), logDigest: LOG_DIGEST });
    const starts = async () => (await store.read(SESSION)).segments.map(({ from }) => from);
    const call = (key: string, ...words: readonly (string | Buffer)[]) =>
      servers.at(redis.masterOf(key) as string).call(...(words as [string]));

    it('leaves out and counts one that is damaged, cut off or lost', async () => {
      for (const at of [0, 1, 2, 3]) await write(at, `number ${at}`);
      const keys = (await keysOf(redis, 'x:*')).filter((key) => /}:\d+$/.test(key));
      const keyOf = (from: number) => keys.find((key) => key.endsWith(`:${from}`)) as string;
      const whole = (await call(keyOf(1), 'GET', keyOf(1))) as Buffer;
      for (const at of [0, 3, 20, whole.length - 1]) {
        const flipped = Buffer.from(whole);
        flipped[at] = (flipped[at] as number) ^ 1;
        await call(keyOf(1), 'SET', keyOf(1), flipped);
        expect(await store.read(SESSION)).toMatchObject({ unusable: 1, segments: { length: 3 } });
      }
      await call(keyOf(1), 'SET', keyOf(1), whole.subarray(0, whole.length - 9));
      await call(keyOf(2), 'DEL', keyOf(2));
      expect(await store.read(SESSION)).toMatchObject({ unusable: 2 });
      expect(await starts()).toEqual([0, 3]);
      await write(1, 'again', 'and again');
      expect(await store.read(SESSION)).toMatchObject({ unusable: 0 });
      expect(await starts()).toEqual([0, 1, 3]);
    });

    it('leaves no key of an erased session', async () => {
      for (const at of [0, 512, 1024]) await write(at, 'one');
      await store.erase(SESSION);
      expect(await keysOf(redis, '*')).toEqual([]);
    });

    it('deletes when there is no room, and says so when it is asked to keep more', async () => {
      await write(0, 'one');
      const masters = redis.shards.map(({ master }) => servers.at(master));
      for (const node of masters) await node.call('CONFIG', 'SET', 'maxmemory', '1');
      try {
        await expect(write(1, 'two')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
        expect(await store.erase(SESSION)).toBe(1);
      } finally {
        for (const node of masters) await node.call('CONFIG', 'SET', 'maxmemory', '256mb');
      }
      expect(await starts()).toEqual([]);
    });
  });
}
