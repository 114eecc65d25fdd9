import { openRedisJobQueue } from '@supercontext/compression/jobs/redis-jobs.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis } from '../../supergraph/runtime/redis/open-redis.ts';
import type { RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { type RunningRedis, runningCluster, runningRedis, whyNoRedis } from '../support/redis-cluster.ts';
import { job, jobQueueConformance, MAXIMUM_ATTEMPTS } from './job-queue.ts';

const why = whyNoRedis();
const skipped = why === null ? '' : ` (skipped: ${why})`;

describe.skipIf(why !== null).each([
  ['a cluster', runningCluster],
  ['one Redis', runningRedis],
])(`jobs on %s${skipped}`, (where, start) => {
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
    const onDamaged = (what: string) => damaged.push(what);
    return openRedisJobQueue({ redis, maximumAttempts: MAXIMUM_ATTEMPTS, onDamaged });
  }

  async function openEmpty() {
    await running.heal();
    await running.flush();
    return open();
  }

  jobQueueConformance(where, openEmpty);

  const groups = Array.from({ length: 20 }, (_, number) => `ses_${String(number).padStart(24, '0')}`);

  it('lends each of many jobs to one of two workers, however they are queued', async () => {
    const [queue, other] = [await openEmpty(), await open()];
    const jobs = groups.flatMap((group) => Array.from({ length: 10 }, (_, number) => job(number, group)));
    const added = await Promise.all([
      queue.enqueue(jobs),
      other.enqueue(jobs.toReversed()),
      queue.enqueue(jobs.slice(50)),
    ]);
    expect(added.reduce((sum, one) => sum + one)).toBe(jobs.length);
    const done: string[] = [];
    const work = async (one: typeof queue) => {
      for (;;) {
        const leases = await one.lease({ max: 8, leaseMs: 60_000 });
        if (leases.length === 0) return;
        expect(leases.length).toBeLessThanOrEqual(8);
        done.push(...leases.map((lease) => lease.job.id));
        expect(await one.ack(leases)).not.toContain(false);
      }
    };
    await Promise.all([work(queue), work(other), work(queue)]);
    expect(done.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
    expect(await queue.stats()).toEqual({ ready: 0, leased: 0, dead: 0 });
  });

  it('leaves its leases to the process that holds them, and gives what was given up another chance', async () => {
    const queue = await openEmpty();
    await queue.enqueue([job(1)]);
    for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
      const leases = await queue.lease({ max: 1, leaseMs: 60_000 });
      await queue.nack(leases, { delayMs: 0, reason: 'broken', isFailure: true });
    }
    await queue.enqueue([job(2)]);
    const held = await queue.lease({ max: 1, leaseMs: 60_000 });
    expect(await queue.stats()).toEqual({ ready: 0, leased: 1, dead: 1 });
    const other = await open();
    expect(await other.stats()).toEqual({ ready: 0, leased: 1, dead: 0 });
    expect(await other.enqueue([job(1)])).toBe(1);
    expect(await queue.ack(held)).toEqual([true]);
  });

  it('goes on after SCRIPT FLUSH', async () => {
    const queue = await openEmpty();
    await queue.enqueue([job(1)]);
    for (const node of running.nodes) await node.call('SCRIPT', 'FLUSH');
    const leases = await queue.lease({ max: 1, leaseMs: 60_000 });
    for (const node of running.nodes) await node.call('SCRIPT', 'FLUSH');
    expect(await queue.ack(leases)).toEqual([true]);
  });

  /** The master that has a key, and the two keys of the partition that has jobs. */
  async function home() {
    const [redis] = clients as [RedisClient];
    for (let partition = 0; ; partition++) {
      const stream = `q:{jobs.${partition}}`;
      const node = running.at(redis.masterOf(stream) as string);
      if ((await node.call('EXISTS', stream)) === 1) return { node, stream, state: `${stream}:state` };
    }
  }

  it('drops a job whose bytes are flipped or cut, and lends the others', async () => {
    const queue = await openEmpty();
    await queue.enqueue([job(0), job(1), job(2)]);
    const { node, stream } = await home();
    const entries = (await node.call('XRANGE', stream, '-', '+')) as readonly [Buffer, readonly Buffer[]][];
    const [first, second] = entries.map(([, fields]) => fields as readonly [Buffer, Buffer, Buffer, Buffer]);
    if (first === undefined || second === undefined) throw new Error('three jobs were queued');
    const flipped = Buffer.from(first[3]);
    flipped[20] = (flipped[20] as number) ^ 1;
    await node.call('DEL', stream);
    await node.call('XGROUP', 'CREATE', stream, 'workers', '0', 'MKSTREAM');
    for (const [at, [id, fields]] of entries.entries()) {
      const sealed = [flipped, second[3].subarray(0, 9), fields[3] as Buffer][at] as Buffer;
      await node.call('XADD', stream, id, 'id', fields[1] as Buffer, 'job', sealed);
    }
    const leases = await queue.lease({ max: 10, leaseMs: 60_000 });
    expect(leases.map((lease) => lease.job)).toEqual([job(2)]);
    expect(damaged).toHaveLength(2);
    expect(await queue.stats()).toEqual({ ready: 0, leased: 1, dead: 0 });
    expect(await queue.enqueue([job(0), job(1)])).toBe(2);
  });

  it.each([
    ['a count', 'c'],
    ['what a job is at', `j ${job(1).id}`],
  ])('empties a partition in which %s is damaged, and takes jobs again', async (_what, field) => {
    const queue = await openEmpty();
    await queue.enqueue([job(1), job(2)]);
    const { node, state } = await home();
    const kept = (await node.call('HGET', state, field)) as Buffer;
    kept[12] = (kept[12] as number) ^ 1;
    await node.call('HSET', state, field, kept);
    expect(await queue.lease({ max: 10, leaseMs: 60_000 })).toEqual([]);
    expect(damaged).toHaveLength(1);
    expect(await queue.enqueue([job(1), job(2)])).toBe(2);
    expect(await queue.lease({ max: 10, leaseMs: 60_000 })).toHaveLength(2);
  });

  it('takes jobs again when either of its keys is lost', async () => {
    const queue = await openEmpty();
    for (const key of ['stream', 'state'] as const) {
      await queue.enqueue([job(1)]);
      const found = await home();
      await found.node.call('DEL', found[key]);
      await queue.lease({ max: 10, leaseMs: 60_000 });
      await queue.stats();
      expect(await queue.enqueue([job(1)])).toBe(1);
      const leases = await queue.lease({ max: 10, leaseMs: 60_000 });
      expect(await queue.ack(leases)).toEqual([true]);
    }
  });

  it('says so when Redis is full, and takes what is done all the same', async () => {
    const queue = await openEmpty();
    await queue.enqueue([job(1), job(2)]);
    const leases = await queue.lease({ max: 2, leaseMs: 60_000 });
    for (const node of running.nodes) await node.call('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(queue.enqueue([job(3)])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      expect(await queue.ack(leases)).toEqual([true, true]);
    } finally {
      for (const node of running.nodes) await node.call('CONFIG', 'SET', 'maxmemory', '256mb');
    }
    expect(await queue.enqueue([job(3)])).toBe(1);
  });
});
