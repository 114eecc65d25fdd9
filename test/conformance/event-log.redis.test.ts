import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type TokenEvent } from '@supercontext/contract';
import { RedisEventLog } from '@supercontext/reasoning/events/redis-event-log.ts';
import { NO_TIMINGS, NO_USAGE, type Outcome } from '@supercontext/reasoning/generation.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis } from '../../supergraph/runtime/redis/open-redis.ts';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { eventLogConformance, newGeneration, type OpenedEventLog } from './event-log.ts';

const why = whyNoRedis();
const skipped = why === null ? '' : ` (skipped: ${why})`;
const EMPTY: Outcome = { text: '', usage: NO_USAGE, timings: NO_TIMINGS, hops: [], citations: [], failure: null };
const SHORT_LEASE_MS = 300;
const never = new AbortController().signal;

async function collect(events: AsyncIterable<TokenEvent>): Promise<TokenEvent[]> {
  const all: TokenEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe.skipIf(why !== null).each([
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
])(`generations on %s${skipped}`, (where, start) => {
  let running: RunningRedis;
  const opened: { readonly redis: RedisClient; readonly log: RedisEventLog }[] = [];

  beforeAll(async () => {
    running = await start();
  }, 60_000);
  afterEach(async () => {
    for (const { redis, log } of opened.splice(0)) {
      await log.close();
      await redis.close();
    }
  });
  afterAll(() => running?.stop());

  /** As another process does: with a connection of its own. */
  async function open(leaseMs?: number) {
    const redis = await openRedis(running.settings, { tenantKey: null });
    const log = await RedisEventLog.open({ redis, ...(leaseMs === undefined ? {} : { leaseMs }) });
    opened.push({ redis, log });
    return { redis, log };
  }

  async function openEmpty(leaseMs?: number) {
    await running.heal();
    await running.flush();
    return open(leaseMs);
  }

  async function crashing(fresh: boolean): Promise<OpenedEventLog> {
    const { redis, log } = await (fresh ? openEmpty(SHORT_LEASE_MS) : open(SHORT_LEASE_MS));
    return {
      log,
      async crash() {
        await redis.close();
        await sleep(2 * SHORT_LEASE_MS);
        return crashing(false);
      },
      close: async () => {},
    };
  }

  eventLogConformance(where, () => crashing(true));

  async function keys(): Promise<string[]> {
    const [{ redis }] = opened as [(typeof opened)[0]];
    const found = await Promise.all(redis.shards.map(({ master }) => running.at(master).call('KEYS', '*')));
    return found.flatMap((some) => (some as readonly Buffer[]).map(String)).filter((key) => key.startsWith('g:'));
  }

  const home = (key: string) => running.at((opened[0] as (typeof opened)[0]).redis.masterOf(key) as string);

  // A master that was cut off, and has been replaced, answers for a while and lacks what is new.
  it.skipIf(where === 'one Redis')(
    'are not there only when a master says so whose replicas follow it',
    async () => {
      const { log } = await openEmpty();
      const { id } = newGeneration().record;
      expect(await log.get([id])).toEqual([null]);
      const replicas = await running.replicasOf(home(`g:{${id}}`).address);
      for (const replica of replicas) replica.freeze();
      const refused = { status: 'rejected', reason: { code: 'STORAGE_UNAVAILABLE' } };
      expect(await Promise.allSettled([log.get([id]), collect(log.follow(id, -1, never))])).toMatchObject([
        refused,
        refused,
      ]);
      for (const replica of replicas) replica.thaw();
      expect(await log.get([id])).toEqual([null]);
      await expect(collect(log.follow(id, -1, never))).rejects.toMatchObject({ code: 'GENERATION_NOT_FOUND' });
    },
    60_000,
  );

  it('is followed from another process, from any place, without a loss or a double', async () => {
    const [{ log }, { log: other }] = [await openEmpty(), await open()];
    const generation = newGeneration();
    const { id } = generation.record;
    await log.create(generation);
    const readers = [collect(other.follow(id, -1, never)), collect(other.follow(id, 1, never))];
    for (let index = 0; index < 500; index++) {
      void log.append(id, { text: `${index},`, tokens: 1 });
      if (index % 10 === 0) await sleep(1);
      if (index === 250) readers.push(collect(other.follow(id, 20, never)));
    }
    await log.finish(id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'whole' });
    const [all, late, later] = await Promise.all(readers);
    expect(all?.map(({ sequence }) => sequence)).toEqual(upTo(503));
    expect(late?.map(({ sequence }) => sequence)).toEqual(upTo(503).slice(2));
    expect(later?.map(({ sequence }) => sequence)).toEqual(upTo(503).slice(21));
    expect(await other.get([id])).toEqual(await log.get([id]));
    expect(await other.follow(id, 502, never).next()).toEqual({ value: undefined, done: true });
  });

  it('creates one generation for a key that comes to several processes at once', async () => {
    const logs = [(await openEmpty()).log, (await open()).log, (await open()).log];
    const generations = logs.map(() => ({
      ...newGeneration({ turnId: `ses_${'0'.repeat(24)}.t7` }),
      idempotencyKey: 'same',
    }));
    const created = await Promise.all(logs.map((log, at) => log.create(generations[at] as (typeof generations)[0])));
    expect(created.filter((one) => one.created)).toHaveLength(1);
    expect(new Set(created.map(({ record }) => record.id)).size).toBe(1);
    const turns = await logs[0]?.ofTurns([`ses_${'0'.repeat(24)}.t7`]);
    expect(turns?.map((some) => some.length)).toEqual([1]);
    expect((await keys()).filter((key) => key.startsWith('g:{gen_'))).toHaveLength(1);
  });

  it('is ended by one of two processes, whose end everybody sees, and takes nothing afterwards', async () => {
    const [{ log }, { log: other }] = [await openEmpty(), await open()];
    for (let round = 0; round < 10; round++) {
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      const reader = collect(log.follow(id, -1, never));
      await log.append(id, { text: 'said', tokens: 1 });
      const [here] = await Promise.allSettled([
        log.finish(id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'said' }),
        other.endElsewhere(id, { type: 'cancelled' }),
      ]);
      const events = await reader;
      expect(events.map(({ sequence }) => sequence)).toEqual(upTo(4));
      expect(events.filter(isTerminal)).toHaveLength(1);
      const [record] = await other.get([id]);
      expect(record?.status).toBe(events.at(-1)?.type);
      expect(record?.outcome.text).toBe('said');
      expect(here.status).toBe(record?.status === 'completed' ? 'fulfilled' : 'rejected');
      await expect(log.append(id, { text: 'more', tokens: 1 })).rejects.toMatchObject({ code: 'GENERATION_NOT_FOUND' });
    }
  });

  it('tells who runs a silent generation that it was ended elsewhere', async () => {
    const [{ log }, { log: other }] = [await openEmpty(SHORT_LEASE_MS), await open()];
    const generation = newGeneration();
    await log.create(generation);
    const reader = collect(log.follow(generation.record.id, -1, never));
    expect(await other.endElsewhere(generation.record.id, { type: 'cancelled' })).toMatchObject({
      status: 'cancelled',
    });
    expect((await reader).at(-1)?.type).toBe('cancelled');
  });

  it('leaves alone what living processes run, and ends what one that is gone has left', async () => {
    const [{ log, redis }, { log: other }] = [await openEmpty(SHORT_LEASE_MS), await open()];
    const [one, two, done] = [newGeneration(), newGeneration(), newGeneration()];
    for (const generation of [one, two, done]) await log.create(generation);
    await log.append(one.record.id, { text: 'half', tokens: 1 });
    await log.finish(done.record.id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'whole' });
    await sleep(2 * SHORT_LEASE_MS);
    expect(await other.failOrphans()).toBe(0);
    const reader = collect(other.follow(one.record.id, -1, never));
    await redis.close();
    await sleep(2 * SHORT_LEASE_MS);
    const failed = await Promise.all([other.failOrphans(), (await open()).log.failOrphans()]);
    expect(failed[0] + failed[1]).toBe(2);
    expect((await reader).map(({ type }) => type)).toEqual(['started', 'evidence-chosen', 'delta', 'failed']);
    expect((await other.unrecorded(10)).map(({ text }) => text)).toEqual(['whole']);
  });

  it('ends a generation for its reader whose process is gone, though nobody looks for it', async () => {
    const [{ log, redis }, { log: other }] = [await openEmpty(SHORT_LEASE_MS), await open()];
    const generation = newGeneration();
    await log.create(generation);
    const reader = collect(other.follow(generation.record.id, -1, never));
    await redis.close();
    expect((await reader).at(-1)).toMatchObject({ type: 'failed', code: 'MODEL_FAILED' });
  });

  it('begins nothing in a session that is being erased elsewhere, and leaves a mark alone that goes by itself', async () => {
    const [{ log }, { log: other }] = [await openEmpty(), await open()];
    const sessionId = `ses_${'d'.repeat(24)}`;
    await log.create(newGeneration({ sessionId }));
    await log.finish((await log.unfinished(sessionId))[0] ?? '', { type: 'cancelled' }, EMPTY);
    await other.noteErasure(sessionId);
    await expect(log.create(newGeneration({ sessionId }))).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await other.erase(sessionId)).toBe(1);
    await expect(log.create(newGeneration({ sessionId }))).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    const left = (await keys()).filter((key) => !key.startsWith('g:{own.') && !key.startsWith('g:{run.'));
    expect(left).toEqual([`g:{${sessionId}}`]);
    expect(await home(left[0] as string).call('HKEYS', left[0] as string)).toEqual([Buffer.from('erasing')]);
    expect(Number(await home(left[0] as string).call('PTTL', left[0] as string))).toBeGreaterThan(0);
  });

  it('names an event or record that is flipped, cut or gone, and never serves it', async () => {
    const { log } = await openEmpty();
    const damage = async (at: number, word: number, change: (bytes: Buffer) => Buffer | null) => {
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      await log.append(id, { text: 'one', tokens: 1 });
      await log.append(id, { text: 'two', tokens: 1 });
      await log.finish(id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'onetwo' });
      const key = `g:{${id}}`;
      const entries = (await home(key).call('XRANGE', key, '-', '+')) as readonly [Buffer, readonly Buffer[]][];
      await home(key).call('DEL', key);
      for (const [place, [entry, words]] of entries.entries()) {
        const changed = place === at ? change(words[word] as Buffer) : (words[word] as Buffer);
        if (changed === null) continue;
        const written = place === at ? words.with(word, changed) : words;
        await home(key).call('XADD', key, entry, ...written);
      }
      return id;
    };
    const flip = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 12 ? byte ^ 1 : byte)));
    const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length - 3);
    const corrupt = { code: 'STORAGE_CORRUPT' };
    for (const change of [flip, cut, () => null]) {
      const id = await damage(3, 1, change);
      await expect(collect(log.follow(id, -1, never))).rejects.toMatchObject(corrupt);
    }
    for (const [entry, word] of [
      [0, 3],
      [0, 5],
      [4, 1],
      [4, 3],
    ] as const) {
      for (const change of [flip, cut]) {
        await expect(log.get([await damage(entry, word, change)])).rejects.toMatchObject(corrupt);
      }
    }
  });

  it('goes on after SCRIPT FLUSH', async () => {
    const { log } = await openEmpty();
    const generation = newGeneration();
    await log.create(generation);
    for (const node of running.nodes) await node.call('SCRIPT', 'FLUSH');
    await log.append(generation.record.id, { text: 'on', tokens: 1 });
    await log.finish(generation.record.id, { type: 'cancelled' }, EMPTY);
    expect(await collect(log.follow(generation.record.id, -1, never))).toHaveLength(4);
  });

  it('refuses deltas when Redis is full, keeps those that are there, can be ended and erased', async () => {
    const { log } = await openEmpty();
    const erased = newGeneration({ sessionId: `ses_${'f'.repeat(24)}` });
    await log.create(erased);
    await log.finish(erased.record.id, { type: 'completed', reason: 'stop' }, { ...EMPTY, text: 'an answer' });
    const generation = newGeneration();
    const { id } = generation.record;
    await log.create(generation);
    await log.append(id, { text: 'kept', tokens: 1 });
    for (const node of running.nodes) await node.call('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(log.append(id, { text: 'refused', tokens: 1 })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      await expect(log.create(newGeneration())).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      // Nothing is kept behind a gap, whether there is room for it or not.
      await expect(log.append(id, { text: 'behind', tokens: 1 })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      const ending = { type: 'failed', code: 'STORAGE_FULL', message: 'full' } as const;
      const record = await log.finish(id, ending, { ...EMPTY, text: 'keptrefusedbehind' });
      expect(record.outcome.text).toBe('kept');
      await log.noteErasure(erased.record.sessionId);
      expect(await log.erasures()).toEqual([erased.record.sessionId]);
      expect(await log.erase(erased.record.sessionId)).toBe(1);
      expect(await log.get([erased.record.id])).toEqual([null]);
    } finally {
      for (const node of running.nodes) await node.call('CONFIG', 'SET', 'maxmemory', '256mb');
    }
    const events = await collect(log.follow(id, -1, never));
    expect(events.map(({ type, sequence }) => [type, sequence]).slice(2)).toEqual([
      ['delta', 2],
      ['failed', 3],
    ]);
  });
});

describe.skipIf(why !== null)(`generations on a cluster whose replicas hang${skipped}`, () => {
  it('are shown to readers elsewhere as far as no failover can take them back', async () => {
    const cluster = await runningCluster();
    const clients = [await connectRedis(cluster.settings), await connectRedis(cluster.settings)] as const;
    try {
      const log = await RedisEventLog.open({ redis: clients[0] });
      const other = await RedisEventLog.open({ redis: clients[1] });
      const generation = newGeneration();
      const { id } = generation.record;
      await log.create(generation);
      const shown: TokenEvent[] = [];
      const reading = (async () => {
        for await (const event of other.follow(id, -1, never)) shown.push(event);
      })();
      await expect.poll(() => shown.length).toBe(2);
      const replicas = await cluster.replicasOf(clients[0].masterOf(`g:{${id}}`) as string);
      for (const replica of replicas) replica.freeze();
      const said = log.append(id, { text: 'said', tokens: 1 });
      await expect.poll(async () => (await other.get([id]))[0]?.outcome.text).toBe('said');
      await sleep(500);
      expect(shown).toHaveLength(2);
      for (const replica of replicas) replica.thaw();
      await said;
      await expect.poll(() => shown.length).toBe(3);
      await log.finish(id, { type: 'completed', reason: 'stop' }, EMPTY);
      await reading;
      await Promise.all([log.close(), other.close()]);
    } finally {
      for (const client of clients) await client.close();
      await cluster.stop();
    }
  }, 60_000);
});

describe.skipIf(why !== null)(`generations on a cluster of which a master dies${skipped}`, () => {
  it('loses and doubles no event that was acknowledged, for readers here and elsewhere', async () => {
    const cluster = await runningCluster();
    const [redis, elsewhere] = [
      await openRedis(cluster.settings, { tenantKey: null }),
      await openRedis(cluster.settings, { tenantKey: null }),
    ];
    try {
      const [log, other] = [await RedisEventLog.open({ redis }), await RedisEventLog.open({ redis: elsewhere })];
      const generations = upTo(6).map(() => newGeneration());
      for (const generation of generations) await log.create(generation);
      const readers = generations.flatMap(({ record: { id } }) => [
        collect(log.follow(id, -1, never)),
        collect(other.follow(id, -1, never)),
      ]);
      const DELTAS = 400;
      let sent = 0;
      const speak = async (id: string) => {
        for (let index = 0; index < DELTAS; index++) {
          void log.append(id, { text: `${index},`, tokens: 1 });
          sent++;
          await sleep(5);
        }
        await log.finish(id, { type: 'completed', reason: 'stop' }, EMPTY);
      };
      const speaking = Promise.all(generations.map(({ record }) => speak(record.id)));
      while (sent < 600) await sleep(5);
      await cluster.at(redis.masterOf(`g:{${generations[0]?.record.id}}`) as string).kill();
      await speaking;
      const whole = upTo(DELTAS)
        .map((index) => `${index},`)
        .join('');
      for (const events of await Promise.all(readers)) {
        expect(events.map(({ sequence }) => sequence)).toEqual(upTo(DELTAS + 3));
        expect(events.map((event) => (event.type === 'delta' ? event.text : '')).join('')).toBe(whole);
      }
      await Promise.all([log.close(), other.close()]);
    } finally {
      await Promise.all([redis.close(), elsewhere.close()]);
      await cluster.stop();
    }
  }, 60_000);
});
