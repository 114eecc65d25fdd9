import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Death, Supervised } from './supervise.ts';

const started: Supervised[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const supervised of started.splice(0)) await supervised.stop(1_000);
});

function supervise(run: () => ChildProcess, untilReady: () => Promise<void> = () => new Promise(() => {})) {
  const deaths: (Death & { readonly atMs: number })[] = [];
  let restarts = 0;
  let readies = 0;
  const supervised = new Supervised({
    spawn: run,
    untilReady,
    onDeath: (death) => deaths.push({ ...death, atMs: performance.now() }),
    onRestart: () => {
      restarts += 1;
    },
    onReady: () => {
      readies += 1;
    },
  });
  started.push(supervised);
  supervised.start();
  return { supervised, deaths, restarts: () => restarts, readies: () => readies };
}

const script = (text: string) => spawn('sh', ['-c', text], { stdio: 'ignore' });

describe('a supervised process', () => {
  it('is started again, each time after twice as long, while it dies early', async () => {
    const { deaths } = supervise(() => script('exit 1'));
    await expect.poll(() => deaths.length, { timeout: 5_000 }).toBe(5);
    expect(deaths.map(({ how, inARow }) => ({ how, inARow }))).toEqual(
      [1, 2, 3, 4, 5].map((inARow) => ({ how: 'exit 1', inARow })),
    );
    const gaps = deaths.slice(1).map(({ atMs }, at) => atMs - (deaths[at]?.atMs ?? 0));
    for (const [at, leastMs] of [50, 100, 200, 400].entries()) expect(gaps[at]).toBeGreaterThanOrEqual(leastMs - 5);
  });

  it('is never given up, waits no longer than five seconds, and starts short again after a steady time', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const starts: number[] = [];
    const { supervised, deaths } = supervise(() => {
      starts.push(performance.now());
      throw new Error('no process to be had');
    });
    vi.advanceTimersByTime(60 * 60_000);
    const gaps = starts.slice(1).map((atMs, at) => atMs - (starts[at] ?? 0));
    for (const [at, mostMs] of [100, 200, 400, 800, 1_600, 3_200, 5_000].entries()) {
      expect(gaps[at]).toBeGreaterThanOrEqual(mostMs / 2 - 1);
      expect(gaps[at]).toBeLessThanOrEqual(mostMs + 1);
    }
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5_001);
    expect(starts.length).toBeGreaterThan(120);
    expect(deaths.at(-1)).toMatchObject({ how: 'no process to be had', status: null });
    supervised.retire();
    const before = starts.length;
    vi.advanceTimersByTime(60_000);
    expect(starts.length).toBe(before);
  });

  it('counts a death after a steady time as the first of a row, one soon after it was ready as the next', async () => {
    const waits = [10, 5_200, 10];
    const { deaths } = supervise(
      () => script(`sleep ${(waits.shift() ?? 10) / 1_000}`),
      () => Promise.resolve(),
    );
    await expect.poll(() => deaths.length, { timeout: 9_000 }).toBeGreaterThanOrEqual(3);
    expect(deaths.slice(0, 3).map(({ inARow, wasReady }) => ({ inARow, wasReady }))).toEqual([
      { inARow: 1, wasReady: true },
      { inARow: 1, wasReady: true },
      { inARow: 2, wasReady: true },
    ]);
  }, 12_000);

  it('that cannot be made at all counts as one that died', async () => {
    const { deaths } = supervise(() => spawn('/nowhere/to/be/found'));
    await expect.poll(() => deaths.length).toBeGreaterThanOrEqual(2);
    expect(deaths[0]).toMatchObject({ status: null, how: expect.stringContaining('ENOENT') });
  });

  it('is killed when it does not end in time, and not started again', async () => {
    const child = script('trap "" TERM; while :; do sleep 0.1; done');
    const { supervised, restarts, deaths } = supervise(() => child);
    await sleep(200);
    const gone = once(child, 'exit');
    await supervised.stop(300);
    expect(await gone).toEqual([null, 'SIGKILL']);
    await sleep(300);
    expect({ restarts: restarts(), deaths, pid: supervised.pid }).toEqual({ restarts: 0, deaths: [], pid: null });
  });

  it('says when it is ready, each time', async () => {
    const { supervised, readies, restarts } = supervise(
      () => script('exec sleep 100'),
      () => Promise.resolve(),
    );
    await expect.poll(readies).toBe(1);
    process.kill(supervised.pid as number, 'SIGKILL');
    await expect.poll(readies).toBe(2);
    expect(restarts()).toBe(1);
  });
});
