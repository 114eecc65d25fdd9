import { CONTRACT_TOKENIZER, type Fragment, tokens, WRITTEN_VERSIONS } from '@supercontext/contract';
import { command } from '@supercontext/runtime/redis/command.ts';
import { keySlot } from '@supercontext/runtime/redis/key-slot.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningRedis, runningCluster, whyNoRedis } from '../../../test/support/redis-cluster.ts';
import { keysOf, readsOf } from '../../../test/support/redis-keys.ts';
import { beginMove, endMove, keysIn, type Move, migrate } from '../../../test/support/redis-slots.ts';
import type { FragmentStore, LogEntry } from './fragment-store.ts';
import { redisFragmentStore } from './redis-store.ts';

const why = whyNoRedis();
const tenantKey = Buffer.alloc(32, 1);
const SESSION = `ses_${'0'.repeat(24)}`;
const OTHER = `ses_${'1'.repeat(24)}`;
const named = (hashes: readonly string[], sessionId = SESSION) => hashes.map((hash) => ({ sessionId, hash }));

function fragment(text: string): Fragment {
  return {
    contractVersion: WRITTEN_VERSIONS.fragment,
    role: 'document',
    source: { kind: 'file', name: null },
    text,
    tokens: tokens(3),
    tokenizer: CONTRACT_TOKENIZER,
  };
}

const fragments = (count: number, about = 'text') =>
  Array.from({ length: count }, (_, at) => fragment(`${about} ${at} ${'and more of it '.repeat(at % 90)}`));

const entries = (hashes: readonly string[], from = 0): LogEntry[] =>
  hashes.map((hash, at) => ({ position: from + at, hash, tokens: 3 }));

describe.skipIf(why !== null)(`the fragment store on a cluster${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let cluster: RunningRedis;
  let redis: RedisClient;
  let store: FragmentStore;

  beforeAll(async () => {
    cluster = await runningCluster();
  }, 60_000);
  afterAll(() => cluster?.stop());
  beforeEach(async () => {
    await cluster.heal();
    await cluster.flush();
    redis = await openRedis(cluster.settings, { tenantKey });
    store = redisFragmentStore({ redis, tenantKey });
    return () => redis.close();
  });

  const states = async (hashes: readonly string[]) => (await store.get(named(hashes))).map(({ state }) => state);
  const masters = () => redis.shards.map(({ master }) => cluster.at(master));

  /** Changes what stands at a key, or in a field of it, behind the store's back. */
  async function change(
    key: string,
    field: string | null,
    how: (bytes: Buffer) => Buffer,
  ): Promise<() => Promise<void>> {
    const [get, set] =
      field === null
        ? [
            ['GET', key],
            ['SET', key],
          ]
        : [
            ['HGET', key, field],
            ['HSET', key, field],
          ];
    const node = cluster.at(redis.masterOf(key) as string);
    const whole = (await node.call(...get)) as Buffer;
    await node.call(...set, how(Buffer.from(whole)));
    return async () => {
      await node.call(...set, whole);
    };
  }

  /** Redis for a process that dies after so many writes. */
  function dyingAfter(writes: number): RedisClient {
    let done = 0;
    return new Proxy(redis, {
      get(target, name) {
        if (name === 'write' && done++ === writes) return () => Promise.reject(new Error('it died'));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at] = (bytes[at] as number) ^ 0x10;
    return bytes;
  };

  it('reads 500 fragments with one pipeline to each master', async () => {
    const { hashes } = await store.put(fragments(500), SESSION);
    const counts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = await readsOf(masters());
      const reads = await store.get(named(hashes));
      counts.push((await readsOf(masters())) - before);
      expect(reads.map((read) => read.state === 'whole' && read.fragment.text)).toEqual(
        fragments(500).map(({ text }) => text),
      );
    }
    // Asking for the number is a read of each master as well; now and then a node is asked for its slots, or a replica answers.
    expect(Math.min(...counts)).toBeLessThanOrEqual(2 * redis.shards.length);
  });

  it('spreads a session of 2M tokens evenly over the masters', async () => {
    const all = fragments(5_000);
    for (let from = 0; from < all.length; from += 500) await store.put(all.slice(from, from + 500), SESSION);
    const keys = await keysOf(redis, 'f:*');
    const counts = redis.shards.map(({ master }) => keys.filter((key) => redis.masterOf(key) === master).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
    expect(Math.max(...counts) / (all.length / counts.length)).toBeLessThan(1.1);
  });

  it('never serves a fragment of which a bit is changed, or that was cut off, and takes it again', async () => {
    const texts = fragments(40);
    const { hashes } = await store.put(texts, SESSION);
    const keys = await keysOf(redis, 'f:*');
    for (const [at, hash] of hashes.entries()) {
      const key = keys.find((one) => one.endsWith(hash)) as string;
      const mend = [
        await change(key, null, flip(at % 16)),
        await change(key, null, (bytes) => bytes.subarray(0, bytes.length - 1 - (at % 20))),
        await change(key, null, (bytes) => bytes.subarray(0, at % 12)),
      ];
      const expected = hashes.map((_, place) => (place === at ? 'corrupt' : 'whole'));
      expect(await states(hashes)).toEqual(expected);
      if (at % 2 === 0) await (mend[0] as () => Promise<void>)();
      else expect(await store.put([texts[at] as Fragment], SESSION)).toEqual({ hashes: [hash], deduplicated: 0 });
    }
    expect(await states(hashes)).toEqual(hashes.map(() => 'whole'));
  });

  it('takes a key of another type for a damaged fragment, and puts a fragment there again', async () => {
    const texts = fragments(3);
    const { hashes } = await store.put(texts, SESSION);
    const key = (await keysOf(redis, 'f:*')).find((one) => one.endsWith(hashes[1] as string)) as string;
    await redis.write([command('DEL', key), command('RPUSH', key, 'x')]);
    expect(await states([...hashes, '0'.repeat(32)])).toEqual(['whole', 'corrupt', 'whole', 'missing']);
    expect(await store.put(texts, SESSION)).toEqual({ hashes, deduplicated: 2 });
    expect(await states(hashes)).toEqual(['whole', 'whole', 'whole']);
  });

  it('erases a session whose keys are of other types, and names nobody knows', async () => {
    const { hashes } = await store.put(fragments(200), SESSION);
    await store.replicate(SESSION, entries(hashes));
    const [one, other] = (await keysOf(redis, 'f:*')) as [string, string];
    const [names, moreNames] = (await keysOf(redis, `n:{${SESSION}*`)) as [string, string];
    for (const key of [one, other, names]) await redis.write([command('DEL', key), command('RPUSH', key, 'x')]);
    await redis.writeOne('SADD', moreNames, 'junk');
    expect(await store.erase(SESSION)).toMatchObject({ fragments: 200 });
    expect(await keysOf(redis, '*')).toEqual([]);
  });

  it('never takes a fragment for another, nor one of another tenant', async () => {
    const { hashes } = await store.put(fragments(2), SESSION);
    const keys = await keysOf(redis, 'f:*');
    const from = keys.find((key) => key.endsWith(hashes[0] as string)) as string;
    const to = keys.find((key) => key.endsWith(hashes[1] as string)) as string;
    const moved = (await cluster.at(redis.masterOf(from) as string).call('GET', from)) as Buffer;
    await cluster.at(redis.masterOf(to) as string).call('SET', to, moved);
    expect(await states(hashes)).toEqual(['whole', 'corrupt']);
    const foreign = redisFragmentStore({ redis, tenantKey: Buffer.alloc(32, 9) });
    expect((await foreign.get(named(hashes.slice(0, 1)))).map(({ state }) => state)).toEqual(['corrupt']);
  });

  it('names what is damaged of a log, never serves it, and leaves its session out of the list', async () => {
    const { hashes } = await store.put(fragments(300), SESSION);
    await store.replicate(SESSION, entries(hashes.slice(0, 200)));
    await store.replicate(OTHER, entries(hashes.slice(0, 3)));
    const key = `a:{${SESSION}}`;
    const corrupt = (field: string) => ({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining(`${key} ${field}`),
    });
    for (const harm of [flip(30), flip(3), (bytes: Buffer) => bytes.subarray(0, 40), () => Buffer.alloc(0)]) {
      const mendChunk = await change(key, '1', harm);
      await expect(store.entries(SESSION, 0, 200)).rejects.toMatchObject(corrupt('1'));
      await expect(store.entriesAt(SESSION, [70])).rejects.toMatchObject(corrupt('1'));
      await expect(store.digest(SESSION, 70)).rejects.toMatchObject(corrupt('1'));
      await expect(store.replicate(SESSION, entries(hashes.slice(64, 70), 64))).rejects.toMatchObject(corrupt('1'));
      expect(await store.entries(SESSION, 0, 64)).toHaveLength(64);
      expect((await store.replicate(SESSION, entries(hashes.slice(0, 201)).slice(130))).knownThrough).toBe(200);
      await mendChunk();
      const mendHead = await change(key, 'head', harm);
      for (const asked of [store.known(SESSION), store.entries(SESSION, 0, 9), store.withdrawn(SESSION)]) {
        await expect(asked).rejects.toMatchObject(corrupt('head'));
      }
      await expect(store.replicate(SESSION, entries(hashes.slice(0, 1)))).rejects.toMatchObject(corrupt('head'));
      expect((await store.sessions(9, null)).map(({ sessionId }) => sessionId)).toEqual([OTHER]);
      await mendHead();
    }
    await cluster.at(redis.masterOf(key) as string).call('HDEL', key, '2');
    await expect(store.entries(SESSION, 0, 200)).rejects.toMatchObject(corrupt('2'));
  });

  it('has room for what it deletes and what a log lists when there is none for fragments', async () => {
    const { hashes } = await store.put(fragments(20), SESSION);
    for (const node of masters()) await node.call('CONFIG', 'SET', 'maxmemory', '1');
    try {
      const full = { code: 'STORAGE_FULL' };
      await expect(store.put(fragments(20, 'other'), OTHER)).rejects.toMatchObject(full);
      expect(await store.put(fragments(20), SESSION)).toEqual({ hashes, deduplicated: 20 });
      expect((await store.replicate(SESSION, entries(hashes))).knownThrough).toBe(19);
      expect(await states(hashes)).toEqual(hashes.map(() => 'whole'));
      expect(await store.erase(SESSION)).toMatchObject({ fragments: 20 });
    } finally {
      for (const node of masters()) await node.call('CONFIG', 'SET', 'maxmemory', '256mb');
    }
    expect(await store.put(fragments(20), SESSION)).toEqual({ hashes, deduplicated: 0 });
  });

  it('leaves no key of an erased session, and finishes an erasure that was interrupted', async () => {
    const { hashes } = await store.put(fragments(300), SESSION);
    await store.replicate(SESSION, entries(hashes));
    const mine = (keys: readonly string[]) => keys.filter((key) => key.includes(SESSION));
    expect(mine(await keysOf(redis, '*')).length).toBeGreaterThan(300);
    await store.erase(SESSION);
    expect(mine(await keysOf(redis, '*'))).toEqual([]);
    expect(await keysOf(redis, 'k:*')).toEqual([]);

    const texts = fragments(1_500);
    for (let from = 0; from < texts.length; from += 500) await store.put(texts.slice(from, from + 500), SESSION);
    await expect(redisFragmentStore({ redis: dyingAfter(4), tenantKey }).erase(SESSION)).rejects.toThrow('it died');
    const left = await keysOf(redis, 'f:*');
    expect(left.length).toBeGreaterThan(300);
    expect(left.length).toBeLessThan(600);
    expect(await store.sweep()).toMatchObject({ fragments: left.length });
    expect(mine(await keysOf(redis, '*'))).toEqual([]);
    expect(await keysOf(redis, 'k:*')).toEqual([]);
  });

  it('works on after its scripts were forgotten', async () => {
    const { hashes } = await store.put(fragments(3), SESSION);
    await store.replicate(SESSION, entries(hashes.slice(0, 1)));
    for (const node of cluster.nodes) await node.settle([['SCRIPT', 'FLUSH']]);
    expect((await store.replicate(SESSION, entries(hashes))).knownThrough).toBe(2);
  });

  it('takes all of what several processes tell of one log at once', async () => {
    const { hashes } = await store.put(fragments(400), SESSION);
    const clients = await Promise.all([1, 2, 3].map(() => openRedis(cluster.settings, { tenantKey })));
    const stores = clients.map((client) => redisFragmentStore({ redis: client, tenantKey }));
    const stretches = Array.from({ length: 40 }, (_, at) => entries(hashes.slice(at * 10, at * 10 + 10), at * 10));
    await Promise.all(stretches.map((some, at) => stores[(at * 7) % 3]?.replicate(SESSION, some)));
    const alone = await store.replicate(OTHER, entries(hashes));
    expect(await store.known(SESSION)).toEqual({ ...alone, sessionId: SESSION });
    expect(await store.entries(SESSION, 0, 400)).toEqual(entries(hashes));
    await Promise.all(clients.map((client) => client.close()));
  });

  it('reads nothing before it appends to a log as it left it, and all of it where another process has gone on', async () => {
    const anothers = await openRedis(cluster.settings, { tenantKey });
    const other = redisFragmentStore({ redis: anothers, tenantKey });
    const { hashes } = await store.put(fragments(90), SESSION);
    const list = (by: FragmentStore, from: number) =>
      by.replicate(SESSION, entries(hashes.slice(from, from + 10), from));
    const reads = vi.spyOn(redis, 'read');
    const readsDuring = async (work: () => Promise<unknown>) => {
      const before = reads.mock.calls.length;
      await work();
      return reads.mock.calls.length - before;
    };
    expect(await readsDuring(() => list(store, 0))).toBe(1);
    expect(await readsDuring(() => list(store, 10))).toBe(0);
    await list(other, 20);
    await list(other, 40);
    // What it remembers is not so any more, and what waits beyond the gap is not its own.
    expect(await list(store, 30)).toMatchObject({ knownThrough: 49, tokens: 150 });
    expect(await readsDuring(() => list(store, 40))).toBe(1);
    await store.erase(SESSION);
    expect(await list(store, 50)).toMatchObject({ knownThrough: -1 });
    expect(await list(store, 0)).toMatchObject({ knownThrough: 9 });
    expect(await store.entries(SESSION, 0, 90)).toEqual(entries(hashes.slice(0, 10)));
    await anothers.close();
  });

  it('erases what the log lists though the names of what was put are gone, also when it is interrupted', async () => {
    const { hashes } = await store.put(fragments(40), SESSION);
    await store.replicate(SESSION, entries(hashes));
    for (const names of await keysOf(redis, `n:{${SESSION}*`)) await redis.writeOne('DEL', names);
    await expect(redisFragmentStore({ redis: dyingAfter(3), tenantKey }).erase(SESSION)).rejects.toThrow('it died');
    expect(await keysOf(redis, `a:{${SESSION}}`)).toEqual([]);
    expect(await keysOf(redis, 'f:*')).toHaveLength(40);
    expect(await store.sweep()).toMatchObject({ fragments: 40 });
    expect(await keysOf(redis, '*')).toEqual([]);
  });

  it('reads, takes and erases while slots are on their way to another master', async () => {
    const { hashes } = await store.put(fragments(400), SESSION);
    await store.replicate(SESSION, entries(hashes.slice(0, 300)));
    const keys = await keysOf(redis, 'f:*');
    const [some] = [...Map.groupBy(keys, keySlot).values()].filter(({ length }) => length > 3) as [string[]];
    const moves = [some[0] as string, `a:{${SESSION}}`].map((key) => {
      const from = cluster.at(redis.masterOf(key) as string);
      return { slot: keySlot(key), from, to: masters().find((node) => node !== from) as typeof from };
    });
    for (const move of moves) await beginMove(move);
    const [ofFragments, ofLog] = moves as [Move, Move];
    await migrate(ofFragments.from, ofFragments.to, some.slice(0, 2));
    expect(await states(hashes)).toEqual(hashes.map(() => 'whole'));
    expect(await store.put(fragments(400), SESSION)).toEqual({ hashes, deduplicated: 400 });
    expect((await store.replicate(SESSION, entries(hashes.slice(300), 300))).knownThrough).toBe(399);
    await migrate(ofLog.from, ofLog.to, [`a:{${SESSION}}`]);
    expect(await store.entries(SESSION, 0, 400)).toEqual(entries(hashes));
    const more = await store.put(fragments(400, 'more'), SESSION);
    expect((await store.replicate(SESSION, entries(more.hashes, 400))).knownThrough).toBe(799);
    for (const move of moves) {
      await migrate(move.from, move.to, await keysIn(move.from, move.slot));
      await endMove(cluster, move);
    }
    expect(await states([...hashes, ...more.hashes])).toEqual(Array(800).fill('whole'));
    expect(await store.erase(SESSION)).toMatchObject({ fragments: 800 });
    expect(await keysOf(redis, '*')).toEqual([]);
  });

  it('lists sessions whose list was lost as soon as they are told of again', async () => {
    const { hashes } = await store.put(fragments(2), SESSION);
    await store.replicate(SESSION, entries(hashes.slice(0, 1)));
    const [list] = (await keysOf(redis, 'k:*')) as [string];
    await cluster.at(redis.masterOf(list) as string).call('DEL', list);
    expect(await store.sessions(9, null)).toEqual([]);
    const restarted = redisFragmentStore({ redis, tenantKey });
    await restarted.replicate(SESSION, entries(hashes));
    expect(await restarted.sessions(9, null)).toMatchObject([{ sessionId: SESSION, knownThrough: 1 }]);
  });

  it.each([
    ['killed', (name: string) => cluster.node(name).kill()],
    ['frozen', async (name: string) => cluster.node(name).freeze()],
  ] as const)(
    'loses nothing that was acknowledged when a master is %s',
    async (_, harm) => {
      const acknowledged: string[] = [];
      let [listed, isOver, refused] = [-1, false, 0];
      const writing = (async () => {
        for (let at = 0; !isOver; at++) {
          const some = fragments(32, `round ${at}`);
          try {
            const { hashes } = await store.put(some, SESSION);
            const told = await store.replicate(SESSION, entries(hashes, acknowledged.length));
            acknowledged.push(...hashes);
            listed = told.knownThrough;
          } catch (error) {
            expect(error).toMatchObject({ code: 'STORAGE_UNAVAILABLE', retryable: true });
            refused++;
          }
        }
      })();
      writing.catch(() => {});
      await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(320);
      await harm(cluster.at(store.shardOf(SESSION)).name);
      const harmed = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(harmed + 320);
      isOver = true;
      await writing;
      expect(refused).toBeLessThan(3);
      const found: string[] = [];
      for (let from = 0; from < acknowledged.length; from += 500) {
        found.push(...(await states(acknowledged.slice(from, from + 500))));
      }
      expect(found.filter((state) => state !== 'whole')).toEqual([]);
      expect(found).toHaveLength(acknowledged.length);
      expect(listed).toBe(acknowledged.length - 1);
      expect((await store.entries(SESSION, 0, acknowledged.length)).map(({ hash }) => hash)).toEqual(acknowledged);
    },
    60_000,
  );
});
