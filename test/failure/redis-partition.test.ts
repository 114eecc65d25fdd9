import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IsolatedNetwork, isolatedNetwork, whyNoNetworks } from '../support/isolated-network.ts';
import { NODE_TIMEOUT_MS, whyNoRedis } from '../support/redis-cluster.ts';
import { platformOnRedis, type RedisPlatform } from '../support/redis-platform.ts';
import { SteadyWork } from '../support/steady-work.ts';

const why = whyNoRedis() ?? whyNoNetworks();
const CUT_MS = 8_000;
const BACK_WITHIN_MS = 10_000;

interface Said {
  /** When the append was begun that is acknowledged. */
  readonly begunAtMs?: number;
  readonly acknowledgedAtMs?: number;
  readonly isReady?: boolean;
  readonly isChecked?: boolean;
  readonly fault?: string | null;
  readonly acknowledged?: number;
  readonly refusals?: Readonly<Record<string, number>>;
}

describe.skipIf(why !== null)(`a master cut off with its clients${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let network: IsolatedNetwork;
  let redis: RedisPlatform;
  let work: SteadyWork;
  let isolated: ChildProcess;
  const said: Said[] = [];

  async function told(is: (one: Said) => boolean): Promise<Said> {
    for (const endMs = performance.now() + 60_000; performance.now() < endMs; await sleep(20)) {
      const found = said.find(is);
      if (found !== undefined) return found;
      if (isolated.exitCode !== null) throw new Error('the isolated platform has ended');
    }
    throw new Error(`the isolated platform says ${JSON.stringify(said.at(-1))}`);
  }

  beforeAll(async () => {
    network = isolatedNetwork();
    const { host, outside, through } = network;
    const placeOf = (name: string) => (name === 'a' ? { host, through } : { host: outside, through: [] });
    redis = await platformOnRedis({ placeOf, nodeTimeoutMs: NODE_TIMEOUT_MS });
    const { SUPERCONTEXT_MODEL_URL: _, ...environment } = redis.environment;
    const words = [join(import.meta.dirname, 'isolated-platform.ts'), JSON.stringify(environment)];
    const [command, ...before] = [...through, process.execPath] as readonly string[] as [string, ...string[]];
    isolated = spawn(command, [...before, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: isolated.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(JSON.parse(line) as Said);
    });
    work = await SteadyWork.open(redis.platform.url, 'majority', 3);
    await told(({ isReady }) => isReady === true);
  }, 120_000);
  afterAll(async () => {
    if (isolated?.exitCode === null) {
      const ended = once(isolated, 'exit');
      isolated.kill('SIGTERM');
      await ended;
    }
    await work?.close();
    await redis?.stop();
    network?.remove();
  });

  it('acknowledges nothing that is lost when it is one with the others again, and these are served meanwhile', async () => {
    let [cutAtMs, joinedAtMs] = [0, 0];
    await expect.poll(() => said.length, { timeout: 10_000 }).toBeGreaterThan(20);
    const cut = async () => {
      network.cut();
      cutAtMs = Date.now();
    };
    const end = async () => {
      await sleep(Math.max(0, cutAtMs + CUT_MS - Date.now()));
      joinedAtMs = Date.now();
      network.join();
    };
    const borne = await work.bear(cut, { isMeasuredFromBegin: true, end });
    console.info(`majority: ${JSON.stringify(borne)}`);
    expect(borne.backMs).toBeLessThan(BACK_WITHIN_MS);
    const backMs = (await told(({ acknowledgedAtMs = 0 }) => acknowledgedAtMs > joinedAtMs)).acknowledgedAtMs;
    await redis.cluster.whole();
    await sleep(1_000);
    isolated.stdin?.write('check\n');
    const checked = await told(({ isChecked }) => isChecked === true);
    const acknowledged = said.flatMap(({ acknowledgedAtMs }) => acknowledgedAtMs ?? []);
    const whileCut = said.filter(
      ({ begunAtMs = 0, acknowledgedAtMs = 0 }) => begunAtMs > cutAtMs && acknowledgedAtMs < joinedAtMs,
    );
    const { fault, ...counted } = checked;
    console.info(
      `cut off: ${JSON.stringify({ ...counted, whileCut: whileCut.length, backMs: (backMs ?? 0) - joinedAtMs })}`,
    );
    expect(fault).toBeNull();
    expect(whileCut).toEqual([]);
    expect((backMs ?? 0) - joinedAtMs).toBeLessThan(BACK_WITHIN_MS);
    expect(acknowledged.filter((atMs) => atMs < cutAtMs).length).toBeGreaterThan(10);
    expect(acknowledged.filter((atMs) => atMs > joinedAtMs).length).toBeGreaterThan(0);
  }, 120_000);
});
