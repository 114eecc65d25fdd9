import { expect, it } from 'vitest';
import { backoffMs, untilDone } from './backoff.ts';

const BACKOFF = { firstMs: 1, longestMs: 4 };

it('doubles its waits up to the longest, however many failures there are', () => {
  const ranges = [1, 2, 3, 4, 5_000].map((failures) => {
    const waits = Array.from({ length: 1_000 }, () => backoffMs({ firstMs: 100, longestMs: 400 }, failures));
    return [Math.min(...waits), Math.max(...waits)] as const;
  });
  for (const [at, wholeMs] of [100, 200, 400, 400, 400].entries()) {
    const [least = 0, most = 0] = ranges[at] ?? [];
    expect(least).toBeGreaterThanOrEqual(wholeMs / 2);
    expect(least).toBeLessThan(0.55 * wholeMs);
    expect(most).toBeLessThanOrEqual(wholeMs);
    expect(most).toBeGreaterThan(0.95 * wholeMs);
  }
});

it('does what fails again until it is done, and says so each time', async () => {
  const failed: unknown[] = [];
  let tries = 0;
  await untilDone(
    async () => {
      tries++;
      if (tries < 4) throw new Error(`try ${tries}`);
    },
    { backoff: BACKOFF, signal: new AbortController().signal, onFailure: (error) => failed.push(error) },
  );
  expect(failed).toEqual([new Error('try 1'), new Error('try 2'), new Error('try 3')]);
});

it('ends at once when it is stopped while it waits', async () => {
  const stopping = new AbortController();
  const done = untilDone(() => Promise.reject(new Error('never')), {
    backoff: { firstMs: 60_000, longestMs: 60_000 },
    signal: stopping.signal,
    onFailure: () => setTimeout(() => stopping.abort(), 1),
  });
  await expect(done).resolves.toBeUndefined();
});
