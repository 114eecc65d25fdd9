import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJobQueue } from '@supercontext/compression/jobs/embedded.ts';
import type { JobQueue } from '@supercontext/compression/jobs/job-queue.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { job, jobQueueConformance, MAXIMUM_ATTEMPTS } from './job-queue.ts';

const folder = mkdtempSync(join(tmpdir(), 'job-queue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(folder, `${++files}.sqlite`);
const damaged: (string | null)[] = [];

function open(path: string): JobQueue {
  return openJobQueue({ path, maximumAttempts: MAXIMUM_ATTEMPTS, onDamaged: (aside) => damaged.push(aside) });
}

jobQueueConformance('embedded', async () => open(newPath()));

describe('the embedded job queue, reopened', () => {
  it('has the jobs of the process before, its leases void and not counted', async () => {
    const path = newPath();
    const before = open(path);
    await before.enqueue([job(1), job(2)]);
    await before.lease({ max: 1, leaseMs: 60_000 });
    await before.close();
    const after = open(path);
    const leases = await after.lease({ max: 10, leaseMs: 60_000 });
    expect(leases.map((lease) => lease.attempt)).toEqual([1, 1]);
    await after.close();
  });

  it('gives what was given up another chance', async () => {
    const path = newPath();
    const before = open(path);
    await before.enqueue([job(1)]);
    for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
      const leases = await before.lease({ max: 1, leaseMs: 60_000 });
      await before.nack(leases, { delayMs: 0, reason: 'broken', isFailure: true });
    }
    expect((await before.stats()).dead).toBe(1);
    await before.close();
    const after = open(path);
    expect(await after.stats()).toEqual({ ready: 1, leased: 0, dead: 0 });
    expect((await after.lease({ max: 1, leaseMs: 60_000 }))[0]?.attempt).toBe(1);
    await after.close();
  });

  it('puts a damaged file aside and begins anew', async () => {
    const path = newPath();
    writeFileSync(path, 'this is no database, but it is long enough to look like one '.repeat(100));
    const queue = open(path);
    expect(await queue.enqueue([job(1)])).toBe(1);
    expect(damaged).toEqual([`${path}.damaged`]);
    expect(statSync(`${path}.damaged`).size).toBeGreaterThan(0);
    await queue.close();
  });

  it('refuses a file that is open already', async () => {
    const path = newPath();
    const queue = open(path);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }));
    await queue.close();
  });
});
