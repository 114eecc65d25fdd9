import { ContractError } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRedis, type RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import { type RunningRedis, runningRedis, whyNoRedis } from '../../test/support/redis-cluster.ts';
import { Erasing, type ErasingDependencies } from './erasing.ts';
import type { ErasureHolds } from './erasure-holds.ts';
import { LocalErasureHolds } from './local-erasure-holds.ts';
import { RedisErasureHolds } from './redis-erasure-holds.ts';

const SESSION = 'ses_1';
const BELOW = { turns: 1, fragments: 1, sharedFragments: 0, waitingFragments: 0, sizeBytes: 1, segments: 0 };

let started: Erasing | undefined;
afterEach(() => started?.stop());

/** Erasures over stages that do nothing: which sessions were erased below, and what lets the next one be erased. */
function erasingOver(holds: ErasureHolds, erase: () => Promise<void> = async () => {}) {
  const noted = new Set<string>();
  const erased: string[] = [];
  const dependencies = {
    asking: { refuse: () => {}, allow: () => {}, endAll: async () => {} },
    context: {
      erase: async (sessionId: string) => {
        await erase();
        erased.push(sessionId);
        return { existed: true, ...BELOW, summaries: 0, jobs: 0 };
      },
    },
    events: {
      noteErasure: async (sessionId: string) => void noted.add(sessionId),
      erasures: async () => [...noted],
      unfinished: async () => [],
      erase: async (sessionId: string) => Number(noted.delete(sessionId)),
    },
    holds,
    models: { forget: () => 0 },
    log: createLog({ name: 'reasoning', version: 'test' }, 'silent'),
  };
  started = new Erasing(dependencies as unknown as ErasingDependencies);
  return { erasures: started, erased };
}

/** What holds of erasures promise, wherever they are kept. */
function holdingTests(newHolds: () => ErasureHolds): void {
  const erasing = (erase?: () => Promise<void>) => erasingOver(newHolds(), erase);

  it('an erasure waits while it is held, says how long yet, and is done soon after a holder that is never heard of again', async () => {
    const { erasures, erased } = erasing();
    await erasures.hold(600);
    const refused = await erasures.erase(SESSION).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ContractError);
    const { code, details } = refused as ContractError;
    expect(code).toBe('STORAGE_UNAVAILABLE');
    expect(details.retryAfterMs).toBeGreaterThan(300);
    expect(details.retryAfterMs).toBeLessThanOrEqual(600);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(erased).toEqual([]);
    await vi.waitUntil(() => erased.length === 1, { timeout: 900 });
  });

  it('it waits for all holders, each of which ends its own lease only', async () => {
    const { erasures, erased } = erasing();
    const [one, other] = [await erasures.hold(5_000), await erasures.hold(5_000)];
    await expect(erasures.erase(SESSION)).rejects.toThrow('a backup is being made');
    expect(await erasures.holdLonger(one, 0)).toBe(true);
    await expect(erasures.erase(SESSION)).rejects.toThrow('a backup is being made');
    expect(await erasures.holdLonger(other, 0)).toBe(true);
    await vi.waitUntil(() => erased.length === 1, { timeout: 1_000 });
  });

  it('a lease lives as long as it is renewed, and one that has ended stays ended', async () => {
    const { erasures, erased } = erasing();
    const lease = await erasures.hold(200);
    for (let renewals = 0; renewals < 6; renewals++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await erasures.holdLonger(lease, 200)).toBe(true);
      await expect(erasures.erase(SESSION)).rejects.toThrow('a backup is being made');
    }
    await vi.waitUntil(() => erased.length === 1, { timeout: 1_000 });
    expect(await erasures.holdLonger(lease, 200)).toBe(false);
    await expect(erasures.erase(SESSION)).resolves.toMatchObject({ sessionId: SESSION });
  });

  it('a hold is given when no erasure is under way, and lasts from then on', async () => {
    const gate = Promise.withResolvers<void>();
    const { erasures } = erasing(() => gate.promise);
    const running = erasures.erase(SESSION);
    await new Promise((resolve) => setTimeout(resolve, 20));
    let isGiven = false;
    const hold = erasures.hold(300).then((lease) => {
      isGiven = true;
      return lease;
    });
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(isGiven).toBe(false);
    gate.resolve();
    await running;
    expect(await erasures.holdLonger(await hold, 0)).toBe(true);
  });

  it('leases are no longer than a minute, and no more than sixteen', async () => {
    const { erasures } = erasing();
    for (let holders = 0; holders < 16; holders++) await erasures.hold(3_600_000);
    await expect(erasures.hold(1_000)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    const refused = (await erasures.erase(SESSION).catch((error: unknown) => error)) as ContractError;
    expect(refused.details.retryAfterMs).toBeLessThanOrEqual(60_000);
  });
}

describe('erasures of one process', () => holdingTests(() => new LocalErasureHolds()));

const why = whyNoRedis();
describe.skipIf(why !== null)(`erasures over Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let running: RunningRedis;
  let redis: RedisClient;

  beforeAll(async () => {
    running = await runningRedis();
    redis = await connectRedis(running.settings);
  }, 60_000);
  beforeEach(() => running.flush());
  afterAll(async () => {
    await redis?.close();
    await running?.stop();
  });

  holdingTests(() => new RedisErasureHolds(redis));

  it('are held by whichever process makes a backup, and wait for those under way in another one', async () => {
    const gate = Promise.withResolvers<void>();
    const [one, other] = [
      erasingOver(new RedisErasureHolds(redis), () => gate.promise).erasures,
      erasingOver(new RedisErasureHolds(redis)).erasures,
    ];
    const running = one.erase(SESSION);
    await vi.waitUntil(async () => (await new RedisErasureHolds(redis).underWay()) === 1);
    let isGiven = false;
    const hold = other.hold(2_000).then((lease) => {
      isGiven = true;
      return lease;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isGiven).toBe(false);
    gate.resolve();
    await running;
    const lease = await hold;
    await expect(one.erase(SESSION)).rejects.toThrow('a backup is being made');
    expect(await one.holdLonger(lease, 0)).toBe(true);
    await expect(one.erase(SESSION)).resolves.toMatchObject({ sessionId: SESSION });
    await one.stop();
  });
});
