import { ContractError } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, expect, it, vi } from 'vitest';
import { Erasing, type ErasingDependencies } from './erasing.ts';

const SESSION = 'ses_1';
const BELOW = { turns: 1, fragments: 1, sharedFragments: 0, waitingFragments: 0, sizeBytes: 1, segments: 0 };

let started: Erasing | undefined;
afterEach(() => started?.stop());

/** Erasures over stages that do nothing: which sessions were erased below, and what lets the next one be erased. */
function erasing(erase: () => Promise<void> = async () => {}) {
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
    models: { forget: () => 0 },
    log: createLog({ name: 'reasoning', version: 'test' }, 'silent'),
  };
  started = new Erasing(dependencies as unknown as ErasingDependencies);
  return { erasures: started, erased };
}

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
  expect(erasures.holdLonger(one, 0)).toBe(true);
  await expect(erasures.erase(SESSION)).rejects.toThrow('a backup is being made');
  expect(erasures.holdLonger(other, 0)).toBe(true);
  await vi.waitUntil(() => erased.length === 1, { timeout: 1_000 });
});

it('a lease lives as long as it is renewed, and one that has ended stays ended', async () => {
  const { erasures, erased } = erasing();
  const lease = await erasures.hold(200);
  for (let renewals = 0; renewals < 6; renewals++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(erasures.holdLonger(lease, 200)).toBe(true);
    await expect(erasures.erase(SESSION)).rejects.toThrow('a backup is being made');
  }
  await vi.waitUntil(() => erased.length === 1, { timeout: 1_000 });
  expect(erasures.holdLonger(lease, 200)).toBe(false);
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
  expect(erasures.holdLonger(await hold, 0)).toBe(true);
});

it('leases are no longer than a minute, and no more than sixteen', async () => {
  const { erasures } = erasing();
  for (let holders = 0; holders < 16; holders++) await erasures.hold(3_600_000);
  await expect(erasures.hold(1_000)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  const refused = (await erasures.erase(SESSION).catch((error: unknown) => error)) as ContractError;
  expect(refused.details.retryAfterMs).toBeLessThanOrEqual(60_000);
});
