import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supercontext/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { keySlot } from '../../supergraph/runtime/redis/key-slot.ts';
import { PARTS, spreadTag } from '../../supergraph/runtime/redis/spread-tags.ts';
import { Caller } from '../support/acknowledged.ts';
import { whyNoRedis } from '../support/redis-cluster.ts';
import { platformOnRedis, type RedisPlatform } from '../support/redis-platform.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { type Bearing, type Borne, SteadyWork } from '../support/steady-work.ts';

const why = whyNoRedis();
const BACK_WITHIN_MS = 10_000;
const FROZEN_MS = 2_500;

describe.skipIf(why !== null)(`faults of the stages on Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let redis: RedisPlatform;
  let work: SteadyWork;
  let other: RunningPlatform | null = null;

  beforeAll(async () => {
    redis = await platformOnRedis();
    work = await SteadyWork.open(redis.platform.url, 'stages', 3);
  }, 120_000);
  afterAll(async () => {
    await work?.close();
    await other?.stop();
    await redis?.stop();
  });

  async function bear(what: string, fault: () => Promise<void>, how: Bearing = {}): Promise<Borne> {
    const borne = await work.bear(fault, how);
    console.info(`${what}: ${JSON.stringify(borne)}`);
    expect(borne.backMs).toBeLessThan(BACK_WITHIN_MS);
    expect(borne.acknowledged).toBeGreaterThan(work.sessions.length);
    return borne;
  }

  it.each(STAGES)(
    'loses and doubles nothing when %s is killed, and when it hangs',
    async (stage) => {
      work.caller.mayBreak = stage === 'gateway';
      const fault = async () => {
        await redis.platform.killAndAwait(stage);
        await sleep(300);
        const pid = redis.platform.pid(stage) as number;
        process.kill(pid, 'SIGSTOP');
        await sleep(FROZEN_MS);
        process.kill(pid, 'SIGCONT');
      };
      await bear(`killed and frozen ${stage}`, fault);
    },
    90_000,
  );

  it('moves slots to a new master while their sessions are written, read and asked, and refuses nothing', async () => {
    const { cluster } = redis;
    work.caller.mayBreak = false;
    const slots = new Set(work.sessions.map(({ id }) => keySlot(`{${id}}`)));
    for (const { id } of work.sessions) {
      for (let part = 0; part < PARTS; part += 3) slots.add(keySlot(spreadTag(id, part)));
    }
    const fault = async () => {
      const master = await cluster.addMaster('d');
      await cluster.addReplica('d1', master);
      for (const slot of slots) await cluster.moveSlot(slot, master);
    };
    const borne = await bear('resharding', fault);
    expect(Object.keys(borne.refusals)).not.toContain('STORAGE_UNAVAILABLE');
    const told = await cluster.node('d').text('CLUSTER', 'NODES');
    expect(told).toMatch(/myself,master/);
  }, 120_000);

  it('keeps one order of what two context processes write to one session at once, as do two of all other stages', async () => {
    other = await runningPlatform(redis.environment);
    const way = { caller: new Caller(other.url), client: createClient({ url: other.url }) };
    for (const session of work.sessions) session.also(way);
    const both = async () => {
      await Promise.all(
        work.sessions.flatMap((session) =>
          Array.from({ length: 2 }, async () => {
            for (let turn = 0; turn < 10; turn++) await session.append();
          }),
        ),
      );
    };
    await bear('two of each stage', both);
    await way.client.close();
  }, 120_000);
});
