import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supercontext/client';
import { proseFragments } from '@supercontext/compression/fixtures/session-in-store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../supergraph/runtime/redis/command.ts';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { Caller } from '../support/acknowledged.ts';
import { append, openSession } from '../support/graph.ts';
import { type Clocks, clocks, whyNoClocks } from '../support/node-clock.ts';
import { NODE_TIMEOUT_MS, whyNoRedis } from '../support/redis-cluster.ts';
import { platformOnRedis, type RedisPlatform } from '../support/redis-platform.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { SteadyWork } from '../support/steady-work.ts';

const why = whyNoRedis();
const whyAlike = whyNoClocks();
const HOUR_SECONDS = 3_600;
/** Of masters and replicas; the rest have the time of the machine. */
const SHIFTS: Readonly<Record<string, number>> = {
  ...{ a: HOUR_SECONDS, b1: HOUR_SECONDS, c2: HOUR_SECONDS },
  ...{ c: -HOUR_SECONDS, a1: -HOUR_SECONDS, b2: -HOUR_SECONDS },
};
const BACK_WITHIN_MS = 10_000;
const PARTITIONS = 8;
const FRAGMENTS = 140;
const STILL_MS = 2_000;
const STATUS = `query ($id: ID!) { session(id: $id) { compression {
  compressedThrough nodes levels pendingJobs deadJobs originalTokens summaryTokens } } }`;

interface Compression {
  readonly compression: Readonly<Record<string, number>>;
}

const skipped = why === null ? '' : ` (skipped: ${why})`;
const alike = whyAlike === null ? '' : `; those of Redis are alike: ${whyAlike}`;

describe.skipIf(why !== null)(`two of each stage on Redis, their clocks an hour apart${skipped}${alike}`, () => {
  let redis: RedisPlatform;
  let ahead: RunningPlatform;
  let work: SteadyWork;
  let direct: RedisClient;
  let shifting: Clocks | null = null;

  beforeAll(async () => {
    shifting = whyAlike === null ? clocks() : null;
    const environmentOf = (name: string) => shifting?.shifted(SHIFTS[name] ?? 0) ?? {};
    redis = await platformOnRedis(
      { environmentOf, nodeTimeoutMs: NODE_TIMEOUT_MS },
      {
        SUPERCONTEXT_COMPRESSION_PAUSE_MS: '40',
      },
    );
    ahead = await runningPlatform({
      ...redis.environment,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/shifted-clock.mjs')}`,
      TEST_CLOCK_SHIFT_MS: String(HOUR_SECONDS * 1_000),
    });
    work = await SteadyWork.open(redis.platform.url, 'clocks', 3);
    direct = await connectRedis(redis.cluster.settings);
  }, 240_000);
  afterAll(async () => {
    await direct?.close();
    await work?.close();
    await ahead?.stop();
    await redis?.stop();
    shifting?.remove();
  });

  it.skipIf(whyAlike !== null)('is what this is about', async () => {
    const secondsOf = async (name: string) =>
      Number(String(((await redis.cluster.node(name).call('TIME')) as Buffer[])[0]));
    expect(Math.round(((await secondsOf('a')) - (await secondsOf('c'))) / HOUR_SECONDS)).toBe(2);
  });

  it('keeps the order of what both write to the same sessions, and loses nothing when a master is killed', async () => {
    const way = { caller: new Caller(ahead.url), client: createClient({ url: ahead.url }) };
    for (const session of work.sessions) session.also(way);
    const borne = await work.bear(() => redis.cluster.node('a').kill(), { isMeasuredFromBegin: true });
    console.info(`killed master, clocks an hour apart: ${JSON.stringify(borne)}`);
    expect(borne.backMs).toBeLessThan(BACK_WITHIN_MS);
    expect(borne.acknowledged).toBeGreaterThan(work.sessions.length);
    await way.client.close();
    await redis.cluster.heal();
  }, 120_000);

  async function compressed(sessionId: string, meanwhile: () => Promise<number>) {
    const caller = new Caller(redis.platform.url);
    let done = 0;
    let [last, sinceMs] = ['', performance.now()];
    for (const endMs = performance.now() + 60_000; performance.now() < endMs; await sleep(50)) {
      done += await meanwhile();
      const { compression } = await caller.call<Compression>(STATUS, { id: sessionId });
      if (JSON.stringify(compression) !== last) sinceMs = performance.now();
      last = JSON.stringify(compression);
      // Between two levels of a tree there is no job for a moment.
      const isStill = performance.now() - sinceMs > STILL_MS;
      if (isStill && compression.pendingJobs === 0 && (compression.nodes ?? 0) > 0) return { compression, done };
    }
    throw new Error('it was not compressed in time');
  }

  /** Every job once more, in the opposite order, with those that were lent already as if they were new. */
  function repeating(): () => Promise<number> {
    const repeated = new Set<string>();
    return async () => {
      const before = repeated.size;
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const key = `q:{jobs.${partition}}`;
        const [entries] = (await direct.read([command('XRANGE', key, '-', '+')])) as [readonly [Buffer, Buffer[]][]];
        const again = entries.filter(([, words]) => !repeated.has(String(words[1]))).toReversed();
        if (again.length === 0) continue;
        for (const [, words] of again) repeated.add(String(words[1]));
        const copies = again.map(([, words]) => command('XADD', key, '*', ...words));
        const group = { key, words: ['XGROUP', 'SETID', key, 'workers', '0'], isIdempotent: true } as const;
        await direct.settle([...copies, group], { isWrite: true });
      }
      return repeated.size - before;
    };
  }

  it('makes each summary once, from jobs that come twice and in the wrong order to two workers', async () => {
    const text = proseFragments(FRAGMENTS)
      .map((fragment) => fragment.text)
      .join('\n');
    const found: Readonly<Record<string, number>>[] = [];
    for (const meanwhile of [repeating(), null]) {
      const sessionId = await openSession(redis.platform.url, 'jobs');
      await append(redis.platform.url, { sessionId, idempotencyKey: 'all', items: [{ text: { text } }] });
      const { compression, done } = await compressed(sessionId, meanwhile ?? (async () => 0));
      if (meanwhile !== null) expect(done).toBeGreaterThan(5);
      found.push(compression);
    }
    const [disturbed, undisturbed] = found;
    expect(disturbed).toEqual(undisturbed);
    expect(disturbed).toMatchObject({ deadJobs: 0, pendingJobs: 0 });
    expect(disturbed?.nodes).toBeGreaterThan(5);
  }, 150_000);
});
