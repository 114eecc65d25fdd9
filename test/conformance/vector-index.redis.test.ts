import { connectRedis, type RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { redisVectorIndex } from '@supercontext/store/search/vectors/redis-vectors.ts';
import type { VectorIndex } from '@supercontext/store/search/vectors/vector-index.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { keysOf } from '../support/redis-keys.ts';
import { directions, fragment, SPACE, vectorIndexConformance } from './vector-index.ts';

const why = whyNoRedis();

for (const [name, start] of [
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
] as const) {
  describe.skipIf(why !== null)(`vectors on ${name}${why === null ? '' : ` (skipped: ${why})`}`, () => {
    let servers: RunningRedis;
    let redis: RedisClient;
    const unusable: number[] = [];
    beforeAll(async () => {
      servers = await start();
    }, 60_000);
    afterAll(() => servers?.stop());
    beforeEach(async () => {
      await servers.heal();
      await servers.flush();
      unusable.length = 0;
      redis = await connectRedis(servers.settings);
      return () => redis.close();
    });

    const open = (budgetBytes = 1 << 20): VectorIndex =>
      redisVectorIndex({ redis, budgetBytes, onUnusable: (_, positions) => unusable.push(...positions) });
    const call = (key: string, ...words: readonly (string | number | Buffer)[]) =>
      servers.at(redis.masterOf(key) as string).call(...words);
    const blocks = async () => (await keysOf(redis, 'y:*')).filter((key) => key.includes('.'));

    vectorIndexConformance(name, async () => open());

    const all = Array.from({ length: 600 }, (_, at) => fragment(at, 1 + (at % 3)));
    const asked = [3, 255, 256, 511, 599].map((position) => all[position]?.vectors.slice(0, 64) ?? directions(1));
    const answers = async (index: VectorIndex) => [
      await index.held(SPACE),
      ...(await Promise.all(asked.map((vector) => index.search(SPACE, vector, 12)))),
    ];
    async function filled(): Promise<void> {
      const index = open();
      await index.put(SPACE, all.slice(0, 512));
      await index.put(SPACE, all.slice(512));
      await index.held(SPACE);
    }
    const sealed = async () => {
      const found: number[] = [];
      for (const key of await blocks())
        if ((await call(key, 'HEXISTS', key, 's')) === 1) found.push(Number(key.split(':')[3]));
      return found.sort((one, other) => one - other);
    };
    const keyOfBlock = async (block: number) =>
      (await blocks()).find((key) => key.split(':')[3] === String(block)) as string;

    it('has the same by its seals, without them, and with damaged ones, which are made again', async () => {
      await filled();
      expect(await sealed()).toEqual([0, 1]);
      const found = await answers(open());
      expect(found.slice(1).map((hits) => hits[0]?.position)).toEqual([3, 255, 256, 511, 599]);
      for (const [block, how] of [
        [0, (bytes: Buffer) => bytes.fill(7, 300, 301)],
        [1, (bytes: Buffer) => bytes.subarray(0, 90)],
      ] as const) {
        const key = await keyOfBlock(block);
        const seal = (await call(key, 'HGET', key, 's')) as Buffer;
        await call(key, 'HSET', key, 's', how(Buffer.from(seal)));
        expect(await answers(open())).toEqual(found);
        expect(await call(key, 'HGET', key, 's')).toEqual(seal);
        await call(key, 'HDEL', key, 's');
        expect(await answers(open())).toEqual(found);
      }
      expect(unusable).toEqual([]);
    });

    it('seals nothing that has changed since', async () => {
      await filled();
      await open().put(SPACE, [{ ...fragment(300), hash: 'e'.repeat(32) }]);
      expect(await sealed()).toEqual([0]);
      const after = open();
      expect((await after.held(SPACE))[300]?.hash).toBe('e'.repeat(32));
      expect(await sealed()).toEqual([0, 1]);
      await after.forget(SPACE, [{ from: 250, through: 260 }]);
      expect(await sealed()).toEqual([]);
      expect(await open().held(SPACE)).toHaveLength(589);
    });

    it.each([
      ['changed', (bytes: Buffer) => bytes.fill(0x7f, 40, 41)],
      ['cut off', (bytes: Buffer) => bytes.subarray(0, 30)],
      ['emptied', () => Buffer.alloc(0)],
      ['lost', null],
    ] as const)('names a row that was %s behind its seal, never serves it, and takes it again', async (_, how) => {
      await filled();
      const key = await keyOfBlock(1);
      if (how === null) await call(key, 'HDEL', key, 256);
      else await call(key, 'HSET', key, 256, how((await call(key, 'HGET', key, 256)) as Buffer));
      const index = open();
      const hits = await index.search(SPACE, asked[2] ?? directions(1), 12);
      expect(hits.map(({ position }) => position)).not.toContain(256);
      expect(unusable).toEqual([256]);
      expect(await index.held(SPACE)).toHaveLength(599);
      await index.put(SPACE, all.slice(256, 257));
      expect((await open().search(SPACE, asked[2] ?? directions(1), 1))[0]?.position).toBe(256);
    });

    it('never takes a row for that of another position', async () => {
      await filled();
      const key = await keyOfBlock(0);
      await call(key, 'HSET', key, 4, (await call(key, 'HGET', key, 5)) as Buffer);
      await call(key, 'HDEL', key, 's');
      expect((await open().held(SPACE)).map(({ position }) => position)).not.toContain(4);
      expect(unusable).toEqual([4]);
    });

    it('leaves no key of an erased session, and none of what is forgotten but its list', async () => {
      await filled();
      await open().forget(SPACE, [{ from: 0, through: 1_000 }]);
      expect(await blocks()).toEqual([]);
      expect(await open().spaces(SPACE.sessionId)).toEqual([]);
      await filled();
      expect(await open().erase(SPACE.sessionId)).toBe(600);
      expect(await keysOf(redis, '*')).toEqual([]);
    });

    it('says when there is no room, and forgets and erases all the same', async () => {
      await filled();
      const masters = redis.shards.map(({ master }) => servers.at(master));
      for (const node of masters) await node.call('CONFIG', 'SET', 'maxmemory', '1');
      try {
        const index = open();
        await expect(index.put(SPACE, [fragment(700)])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
        await index.forget(SPACE, [{ from: 5, through: 9 }]);
        expect(await index.held(SPACE)).toHaveLength(595);
        expect(await index.search(SPACE, directions(1), 3)).toHaveLength(3);
        expect(await index.erase(SPACE.sessionId)).toBe(595);
      } finally {
        for (const node of masters) await node.call('CONFIG', 'SET', 'maxmemory', '256mb');
      }
    });

    it('works on after its scripts were forgotten', async () => {
      const index = open();
      await index.put(SPACE, [fragment(1)]);
      for (const node of servers.nodes) await node.settle([['SCRIPT', 'FLUSH']]);
      await index.put(SPACE, [fragment(2)]);
      await index.forget(SPACE, [{ from: 1, through: 1 }]);
      expect((await open().held(SPACE)).map(({ position }) => position)).toEqual([2]);
    });

    it('finds the same when its memory is too small to keep two sessions open', async () => {
      const index = open(1);
      const other = { ...SPACE, sessionId: `ses_${'2'.repeat(24)}` };
      const [mine, theirs] = [fragment(1), fragment(2)];
      await index.put(SPACE, [mine]);
      await index.put(other, [theirs]);
      for (let round = 0; round < 3; round++) {
        expect((await index.search(SPACE, mine.vectors, 1))[0]?.position).toBe(1);
        expect((await index.search(other, theirs.vectors, 1))[0]?.position).toBe(2);
      }
    });
  });
}
