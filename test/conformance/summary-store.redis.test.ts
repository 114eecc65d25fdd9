import { setTimeout as sleep } from 'node:timers/promises';
import { RedisSummaryStore } from '@supercontext/compression/summaries/redis-summaries.ts';
import type { StageVersion } from '@supercontext/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis } from '../../supergraph/runtime/redis/open-redis.ts';
import type { RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { Withdrawn } from '../../supergraph/runtime/withdrawn.ts';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { node, SESSION, summaryStoreConformance } from './summary-store.ts';

const why = whyNoRedis();
const skipped = why === null ? '' : ` (skipped: ${why})`;
const METHOD: StageVersion = { name: 'test', version: 1 };
const OTHER = `ses_${'1'.repeat(24)}`;

describe.skipIf(why !== null).each([
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
])(`summaries on %s${skipped}`, (where, start) => {
  let running: RunningRedis;
  const clients: RedisClient[] = [];
  const damaged: string[] = [];

  beforeAll(async () => {
    running = await start();
  }, 60_000);
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    damaged.splice(0);
  });
  afterAll(() => running?.stop());

  /** As another process does: with a connection of its own. */
  async function open() {
    const redis = await openRedis(running.settings, { tenantKey: null });
    clients.push(redis);
    return new RedisSummaryStore({ redis, onDamaged: (what) => damaged.push(what) });
  }

  async function openEmpty() {
    await running.heal();
    await running.flush();
    return open();
  }

  summaryStoreConformance(where, openEmpty);

  const leaves = (from: number, through: number) =>
    Array.from({ length: through - from + 1 }, (_, index) => node(0, from + index));

  async function keys(): Promise<string[]> {
    const [redis] = clients as [RedisClient];
    const found = await Promise.all(redis.shards.map(({ master }) => running.at(master).call('KEYS', '*')));
    return found.flatMap((some) => (some as readonly Buffer[]).map(String)).filter((key) => !key.startsWith('sc:'));
  }

  async function home(key: string) {
    const [redis] = clients as [RedisClient];
    return running.at(redis.masterOf(key) as string);
  }

  it('counts each node once that two processes make at the same time, over and over', async () => {
    const [store, other] = [await openEmpty(), await open()];
    const all = [...leaves(0, 63), ...Array.from({ length: 8 }, (_, ordinal) => node(1, ordinal)), node(2, 0)];
    const put = async (one: typeof store, nodes: typeof all) => {
      for (let at = 0; at < nodes.length; at += 5) await one.put(nodes.slice(at, at + 5));
    };
    await Promise.all([put(store, all), put(other, all.toReversed()), put(store, all.slice(30)), put(other, all)]);
    await Promise.all([store.put(all), other.put(all)]);
    for (const one of [store, other, await open()]) {
      expect(await one.state(SESSION, METHOD)).toEqual({
        ...{ nodes: 73, levels: 3, leaves: 64, compressedThrough: 639 },
        ...{ originalTokens: 64 * 4_000, summaryTokens: 64 * 400 },
      });
      expect((await one.frontier(SESSION)).map(({ level }) => level)).toEqual([2]);
      expect(await one.read(all.map(({ summary }) => summary.id))).toEqual(all);
    }
    expect(damaged).toEqual([]);
  });

  it('sees at once what another process has put, withdrawn and forgotten', async () => {
    const [store, other] = [await openEmpty(), await open()];
    await store.put(leaves(0, 2));
    expect(await other.state(SESSION, METHOD)).toMatchObject({ leaves: 3 });
    await other.withdraw(SESSION, Withdrawn.of([{ from: 15, through: 15 }]));
    expect((await store.frontier(SESSION)).map(({ ordinal }) => ordinal)).toEqual([0, 2]);
    expect(await store.read([node(0, 1).summary.id])).toEqual([null]);
    await store.put(leaves(1, 1));
    expect(await other.missing([node(0, 1).summary.id])).toHaveLength(1);
    await other.forget(SESSION);
    expect(await store.frontier(SESSION)).toEqual([]);
  });

  it('leaves no key of what was withdrawn or forgotten, and of an erased session a mark that goes by itself', async () => {
    const [store, other] = [await openEmpty(), await open()];
    await store.put([...leaves(0, 15), node(1, 0), node(1, 1), node(0, 0, OTHER)]);
    expect(await keys()).toHaveLength(16 + 2 + 1 + 2);
    await store.withdraw(SESSION, Withdrawn.of([{ from: 93, through: 94 }]));
    expect(await keys()).toHaveLength(14 + 2 + 1 + 2);
    await store.forget(OTHER);
    expect((await keys()).some((key) => key.includes(OTHER))).toBe(false);
    expect(await store.erase(SESSION)).toBe(16);
    expect(await keys()).toEqual([`t:{${SESSION}}`]);
    const node_ = await home(`t:{${SESSION}}`);
    expect(await node_.call('HKEYS', `t:{${SESSION}}`)).toEqual([Buffer.from('erased')]);
    expect(Number(await node_.call('PTTL', `t:{${SESSION}}`))).toBeGreaterThan(0);
    // A job that was under way elsewhere.
    await other.put(leaves(0, 3));
    await other.withdraw(SESSION, Withdrawn.of([{ from: 93, through: 94 }]));
    expect(await keys()).toEqual([`t:{${SESSION}}`]);
    expect(await other.state(SESSION, METHOD)).toMatchObject({ nodes: 0 });
  });

  it('keeps no text of a node that was never added', async () => {
    const store = await openEmpty();
    await store.put(leaves(0, 1));
    const texts = (await keys()).filter((key) => key.startsWith('s:'));
    for (const key of texts) expect(await (await home(key)).call('PTTL', key)).toBe(-1);
    expect(texts).toHaveLength(2);
  });

  const cases = [
    ['a text is flipped', 's:', 60],
    ['a text is cut', 's:', null],
    ['a text is gone', 's:', -1],
    ['a node is flipped', 'n', 30],
    ['a node is gone', 'n', -1],
    ['the head is flipped', 'head', 30],
    ['the head is cut', 'head', null],
  ] as const;
  it.each(cases)('forgets a session of which %s, and makes it again', async (_what, place, at) => {
    const store = await openEmpty();
    await store.put([...leaves(0, 3), node(0, 0, OTHER)]);
    const key = (await keys()).find((one) => one.startsWith(place === 's:' ? `s:{${SESSION}` : `t:{${SESSION}`)) ?? '';
    const where = await home(key);
    const field =
      place === 's:'
        ? null
        : String(((await where.call('HKEYS', key)) as readonly Buffer[]).find((one) => String(one).startsWith(place)));
    const kept = (field === null ? await where.call('GET', key) : await where.call('HGET', key, field)) as Buffer;
    const bytes = at === null ? kept.subarray(0, kept.length / 2) : Buffer.from(kept);
    if (at !== null && at >= 0) bytes[at] = (bytes[at] as number) ^ 4;
    if (at === -1) await (field === null ? where.call('DEL', key) : where.call('HDEL', key, field));
    else await (field === null ? where.call('SET', key, bytes) : where.call('HSET', key, field, bytes));
    const other = await open();
    expect(await other.read(leaves(0, 3).map(({ summary }) => summary.id))).toEqual([null, null, null, null]);
    expect(damaged.length).toBeGreaterThan(0);
    expect(await other.state(SESSION, METHOD)).toMatchObject({ nodes: 0 });
    expect(await other.state(OTHER, METHOD)).toMatchObject({ nodes: 1 });
    // Of a node that is gone nobody knows the text's name: it is taken when the node is made again.
    const left = place === 'n' && at === -1 ? 1 : 0;
    expect((await keys()).filter((one) => one.includes(SESSION))).toHaveLength(left);
    await other.put(leaves(0, 3));
    expect(await store.state(SESSION, METHOD)).toMatchObject({ leaves: 4 });
  });

  it('goes on after SCRIPT FLUSH', async () => {
    const store = await openEmpty();
    await store.put(leaves(0, 0));
    for (const one of running.nodes) await one.call('SCRIPT', 'FLUSH');
    await store.put(leaves(1, 1));
    expect(await store.state(SESSION, METHOD)).toMatchObject({ leaves: 2 });
  });

  it('says so when Redis is full, loses nothing of what is there, and drops what is to go', async () => {
    const store = await openEmpty();
    await store.put([...leaves(0, 3), node(0, 0, OTHER)]);
    for (const one of running.nodes) await one.call('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(store.put(leaves(4, 5))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      expect(await store.read([node(0, 3).summary.id])).toEqual([node(0, 3)]);
      await store.withdraw(SESSION, Withdrawn.of([{ from: 35, through: 36 }]));
      expect(await store.state(SESSION, METHOD)).toMatchObject({ leaves: 3 });
      expect(await store.erase(OTHER)).toBe(1);
      expect((await keys()).filter((key) => key.startsWith('s:'))).toHaveLength(3);
    } finally {
      for (const one of running.nodes) await one.call('CONFIG', 'SET', 'maxmemory', '256mb');
    }
    await store.put(leaves(4, 5));
    expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 5, leaves: 3 });
  });
});

describe.skipIf(why !== null)(`summaries on a cluster of which a master dies${skipped}`, () => {
  it('has every node that was acknowledged, each counted once', async () => {
    const cluster = await runningCluster();
    const redis = await openRedis(cluster.settings, { tenantKey: null });
    try {
      const lost: string[] = [];
      const store = new RedisSummaryStore({ redis, onDamaged: (what) => lost.push(what) });
      const put: number[] = [];
      const work = async () => {
        for (let ordinal = 0; ordinal < 60; ordinal++) {
          await store.put([node(0, ordinal)]);
          put.push(ordinal);
        }
      };
      const working = work();
      while (put.length < 20) await sleep(5);
      await cluster.at(redis.masterOf(`t:{${SESSION}}`) as string).kill();
      await working;
      const all = Array.from({ length: 60 }, (_, ordinal) => node(0, ordinal));
      expect(await store.read(all.map(({ summary }) => summary.id))).toEqual(all);
      expect(await store.state(SESSION, METHOD)).toMatchObject({ nodes: 60, leaves: 60, summaryTokens: 60 * 400 });
      expect(lost).toEqual([]);
    } finally {
      await redis.close();
      await cluster.stop();
    }
  }, 60_000);
});
