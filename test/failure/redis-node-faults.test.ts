import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { delayProxy } from '../support/delay-proxy.ts';
import { NODE_TIMEOUT_MS, whyNoRedis } from '../support/redis-cluster.ts';
import type { RedisNode } from '../support/redis-node.ts';
import { platformOnRedis, type RedisPlatform } from '../support/redis-platform.ts';
import { type Bearing, type Borne, SteadyWork } from '../support/steady-work.ts';

const why = whyNoRedis();
/** From the end of a fault, or from its begin where the platform gets over it by itself, until all sessions are served. */
const BACK_WITHIN_MS = 10_000;
/** Longer than a call waits for Redis. */
const OUTAGE_MS = 9_000;
const ONE_WAY_MS = 100;

describe.skipIf(why !== null)(`faults of the nodes of Redis${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let redis: RedisPlatform;
  let work: SteadyWork;
  /** On this machine, with what else it does now. */
  let startMs = 0;

  beforeAll(async () => {
    const beginMs = performance.now();
    redis = await platformOnRedis({ nodeTimeoutMs: NODE_TIMEOUT_MS });
    startMs = performance.now() - beginMs;
    work = await SteadyWork.open(redis.platform.url, 'nodes');
  }, 120_000);
  beforeEach(() => redis.cluster.heal(), 60_000);
  afterAll(async () => {
    await work?.close();
    await redis?.stop();
  });

  /** The masters as they are now. */
  async function masters(): Promise<RedisNode[]> {
    const found: RedisNode[] = [];
    for (const node of redis.cluster.nodes) {
      if ((await node.text('INFO', 'replication')).includes('role:master')) found.push(node);
    }
    return found;
  }

  const heal = () => redis.cluster.heal();

  async function bear(
    what: string,
    fault: () => Promise<void>,
    how: Bearing & { moreMs?: number } = {},
  ): Promise<Borne> {
    const borne = await work.bear(fault, how);
    console.info(`${what}: ${JSON.stringify(borne)}`);
    expect(borne.backMs).toBeLessThan(BACK_WITHIN_MS + (how.moreMs ?? 0));
    expect(borne.acknowledged).toBeGreaterThan(work.sessions.length);
    return borne;
  }

  it('gets over a master that is killed, and one that hangs', async () => {
    const [killed, hung] = (await masters()) as [RedisNode, RedisNode];
    await bear('killed master', () => killed.kill(), { isMeasuredFromBegin: true, end: heal });
    await bear('frozen master', async () => hung.freeze(), { isMeasuredFromBegin: true, end: heal });
  }, 120_000);

  it('does not notice a replica that is killed, and one that hangs', async () => {
    const [one, other] = (await masters()) as [RedisNode, RedisNode];
    const [killed] = (await redis.cluster.replicasOf(one.address)) as [RedisNode];
    const [hung] = (await redis.cluster.replicasOf(other.address)) as [RedisNode];
    const fault = async () => {
      hung.freeze();
      await killed.kill();
    };
    const borne = await bear('killed and frozen replica', fault, { isMeasuredFromBegin: true, end: heal });
    expect(Object.keys(borne.refusals)).not.toContain('STORAGE_UNAVAILABLE');
  }, 90_000);

  it('loses nothing when a replica hung that is chosen over the one that has all', async () => {
    const [master] = (await masters()) as [RedisNode];
    const [hung] = (await redis.cluster.replicasOf(master.address)) as [RedisNode];
    const fault = async () => {
      hung.freeze();
      await sleep(800);
      await master.kill();
      hung.thaw();
    };
    await bear('failover with a frozen replica', fault, { isMeasuredFromBegin: true, end: heal });
  }, 90_000);

  it('comes back when most masters were down, and with them the cluster, for longer than a call waits', async () => {
    const [, one, other] = (await masters()) as [RedisNode, RedisNode, RedisNode];
    const fault = async () => {
      await Promise.all([one.kill(), other.kill()]);
      await sleep(OUTAGE_MS);
    };
    const borne = await bear('most masters down', fault, { end: heal });
    expect(Object.keys(borne.refusals)).toContain('STORAGE_UNAVAILABLE');
  }, 120_000);

  it('goes on when nodes forget the scripts they were sent, over and over', async () => {
    const all = await masters();
    const borne = await bear('forgotten scripts', async () => {
      for (const endMs = performance.now() + 1_500; performance.now() < endMs; await sleep(20)) {
        await Promise.all(all.map((node) => node.call('SCRIPT', 'FLUSH')));
      }
    });
    expect(borne.refusals.STORAGE_UNAVAILABLE ?? 0).toBe(0);
  }, 90_000);

  it('refuses writes while there is no memory left, reads all the same, and goes on when there is', async () => {
    const all = await masters();
    const limit = (bytes: string) => Promise.all(all.map((node) => node.call('CONFIG', 'SET', 'maxmemory', bytes)));
    const fault = async () => {
      await limit('1mb');
      await Promise.all(work.sessions.map((session) => session.read()));
      await sleep(1_000);
    };
    const borne = await bear('full', fault, { end: async () => void (await limit('256mb')) });
    expect(borne.refusals.STORAGE_FULL ?? 0).toBeGreaterThan(0);
  }, 90_000);

  it('serves all while one node takes 200 ms for every answer', async () => {
    const [node] = (await masters()) as [RedisNode];
    const proxy = await delayProxy(Number(node.address.split(':')[1]), ONE_WAY_MS);
    const announce = (port: number) => node.call('CONFIG', 'SET', 'cluster-announce-port', port);
    const fault = async () => {
      await announce(proxy.port);
      await sleep(1_000);
      await Promise.all(work.sessions.map((session) => session.append()));
    };
    try {
      await bear('slow node', fault, { end: async () => void (await announce(0)) });
    } finally {
      await proxy.close();
    }
  }, 90_000);

  it('has everything when all nodes and all stages were killed at once', async () => {
    work.caller.mayBreak = true;
    const pids = STAGES.map((stage) => redis.platform.pid(stage) as number);
    const fault = async () => {
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await Promise.all(redis.cluster.nodes.map((node) => node.kill()));
    };
    await bear('full restart', fault, { end: heal, moreMs: startMs });
  }, 120_000);
});
