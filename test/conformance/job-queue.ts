import type { Job, JobQueue, Lease } from '@supercontext/compression/jobs/job-queue.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export const MAXIMUM_ATTEMPTS = 3;

const LONG_MS = 60_000;
const GROUP = `ses_${'0'.repeat(24)}`;

export function job(number: number, group = GROUP): Job {
  return { id: `${group}.s${number}`, group, payload: JSON.stringify({ number, text: 'ä😀' }) };
}

const jobs = (count: number) => Array.from({ length: count }, (_, number) => job(number));
const ids = (leases: readonly Lease[]) => leases.map((lease) => lease.job.id).sort();

/** Leases until there is one: a delay or lease that runs out on the queue's own clock cannot be hurried. */
async function leaseSoon(queue: JobQueue, leaseMs = LONG_MS): Promise<readonly Lease[]> {
  for (let tries = 0; tries < 5_000; tries++) {
    const leases = await queue.lease({ max: 10, leaseMs });
    if (leases.length > 0) return leases;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('no job became due');
}

/** What every job queue promises. `open` gives an empty one that gives a job up after `MAXIMUM_ATTEMPTS`. */
export function jobQueueConformance(name: string, open: () => Promise<JobQueue>): void {
  describe(`job queue: ${name}`, () => {
    let queue: JobQueue;
    beforeEach(async () => {
      queue = await open();
    });
    afterEach(() => queue.close());

    it('lends every job once, with its payload as it was', async () => {
      expect(await queue.enqueue(jobs(20))).toBe(20);
      const first = await queue.lease({ max: 12, leaseMs: LONG_MS });
      const second = await queue.lease({ max: 12, leaseMs: LONG_MS });
      expect(first).toHaveLength(12);
      expect(ids([...first, ...second])).toEqual(ids(jobs(20).map((one) => ({ job: one, token: '', attempt: 1 }))));
      for (const lease of [...first, ...second]) {
        expect(lease.attempt).toBe(1);
        expect(JSON.parse(lease.job.payload)).toMatchObject({ text: 'ä😀' });
      }
      expect(await queue.lease({ max: 12, leaseMs: LONG_MS })).toEqual([]);
    });

    it('takes a job that waits or is lent only once', async () => {
      expect(await queue.enqueue([job(1), job(1), job(2)])).toBe(2);
      await queue.lease({ max: 1, leaseMs: LONG_MS });
      expect(await queue.enqueue([job(1), job(2), job(3)])).toBe(1);
      expect(await queue.stats()).toEqual({ ready: 2, leased: 1, dead: 0 });
    });

    it('forgets a job that was acknowledged, and takes it again when it is queued again', async () => {
      await queue.enqueue(jobs(2));
      const leases = await queue.lease({ max: 2, leaseMs: LONG_MS });
      expect(await queue.ack(leases)).toEqual([true, true]);
      expect(await queue.stats()).toEqual({ ready: 0, leased: 0, dead: 0 });
      expect(await queue.ack(leases)).toEqual([false, false]);
      expect(await queue.enqueue([job(0)])).toBe(1);
    });

    it('lends a job again when its lease ran out, and no longer listens to the first worker', async () => {
      await queue.enqueue([job(1)]);
      const late = await queue.lease({ max: 1, leaseMs: 1 });
      const next = await leaseSoon(queue);
      expect(ids(next)).toEqual(ids(late));
      expect(next[0]?.attempt).toBe(2);
      expect(await queue.extend(late, LONG_MS)).toEqual([false]);
      await queue.nack(late, { delayMs: 0, reason: 'late', isFailure: true });
      expect(await queue.ack(late)).toEqual([false]);
      expect(await queue.stats()).toEqual({ ready: 0, leased: 1, dead: 0 });
      expect(await queue.ack(next)).toEqual([true]);
    });

    it('keeps a lease that is extended', async () => {
      await queue.enqueue([job(1)]);
      const leases = await queue.lease({ max: 1, leaseMs: LONG_MS });
      expect(await queue.extend(leases, 2 * LONG_MS)).toEqual([true]);
      expect(await queue.lease({ max: 1, leaseMs: LONG_MS })).toEqual([]);
      expect(await queue.extend(leases, 1)).toEqual([true]);
      expect(ids(await leaseSoon(queue))).toEqual(ids(leases));
    });

    it('puts a job off that came back with a delay', async () => {
      await queue.enqueue([job(1), job(2)]);
      const [first, second] = await queue.lease({ max: 2, leaseMs: LONG_MS });
      if (first === undefined || second === undefined) throw new Error('two jobs were queued');
      await queue.nack([first], { delayMs: LONG_MS, reason: 'busy', isFailure: true });
      await queue.nack([second], { delayMs: 1, reason: 'busy', isFailure: true });
      expect(ids(await leaseSoon(queue))).toEqual([second.job.id]);
      expect(await queue.stats()).toEqual({ ready: 1, leased: 1, dead: 0 });
    });

    it('gives a job up after its last failure, and does not take it again', async () => {
      await queue.enqueue([job(1)]);
      for (let attempt = 1; attempt <= MAXIMUM_ATTEMPTS; attempt++) {
        const leases = await leaseSoon(queue);
        expect(leases[0]?.attempt).toBe(attempt);
        await queue.nack(leases, { delayMs: 0, reason: 'broken', isFailure: true });
      }
      expect(await queue.lease({ max: 1, leaseMs: LONG_MS })).toEqual([]);
      expect(await queue.stats()).toEqual({ ready: 0, leased: 0, dead: 1 });
      expect(await queue.enqueue([job(1)])).toBe(0);
    });

    it('gives a job up whose worker vanished at every attempt', async () => {
      await queue.enqueue([job(1)]);
      for (let attempt = 1; attempt <= MAXIMUM_ATTEMPTS; attempt++) await leaseSoon(queue, 1);
      for (let dead = 0; dead === 0; dead = (await queue.stats()).dead) {
        expect(await queue.lease({ max: 1, leaseMs: LONG_MS })).toEqual([]);
      }
      expect(await queue.stats()).toEqual({ ready: 0, leased: 0, dead: 1 });
    });

    it('does not count an attempt whose cause lay outside the job', async () => {
      await queue.enqueue([job(1)]);
      for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS * 3; attempt++) {
        const leases = await leaseSoon(queue);
        expect(leases[0]?.attempt).toBe(1);
        await queue.nack(leases, { delayMs: 0, reason: 'store down', isFailure: false });
      }
      expect(await queue.stats()).toEqual({ ready: 1, leased: 0, dead: 0 });
    });

    it('counts by group', async () => {
      const other = `ses_${'1'.repeat(24)}`;
      await queue.enqueue([...jobs(3), job(0, other)]);
      expect(await queue.stats(GROUP)).toEqual({ ready: 3, leased: 0, dead: 0 });
      expect(await queue.stats(other)).toEqual({ ready: 1, leased: 0, dead: 0 });
      expect(await queue.stats('nobody')).toEqual({ ready: 0, leased: 0, dead: 0 });
      expect(await queue.stats()).toEqual({ ready: 4, leased: 0, dead: 0 });
    });

    it('erases a group, lent jobs included', async () => {
      const other = `ses_${'1'.repeat(24)}`;
      await queue.enqueue([...jobs(3), job(0, other)]);
      const leases = await queue.lease({ max: 1, leaseMs: LONG_MS });
      expect(await queue.erase(GROUP)).toBe(3);
      expect(await queue.erase(GROUP)).toBe(0);
      expect(await queue.ack(leases.filter(({ job: { group } }) => group === GROUP))).not.toContain(true);
      expect((await queue.stats(other)).ready + (await queue.stats(other)).leased).toBe(1);
    });
  });
}
