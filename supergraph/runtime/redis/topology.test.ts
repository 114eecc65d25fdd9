import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRedis, runningCluster, whyNoRedis } from '../../../test/support/redis-cluster.ts';
import { Topology } from './topology.ts';

const why = whyNoRedis();
/** Longer than the test may take. */
const NEVER_MS = 600_000;

describe.skipIf(why !== null)(`the topology of a cluster${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let cluster: RunningRedis;
  let topology: Topology;

  beforeAll(async () => {
    cluster = await runningCluster();
    topology = await Topology.find(cluster.settings);
  }, 60_000);
  afterAll(async () => {
    topology?.end();
    await cluster?.stop();
  });

  it('wakes who waits for another master as soon as there is one, and does not let wait who comes after', async () => {
    const before = topology.changes;
    const waiting = topology.changed(before, NEVER_MS);
    const [heir] = await cluster.replicasOf(cluster.node('a').address);
    await heir?.call('CLUSTER', 'FAILOVER');
    await waiting;
    expect(topology.map.masterOfSlot(0)).toBe(heir?.address);
    await topology.changed(before, NEVER_MS);
  }, 30_000);

  it('lets nobody wait longer than they want to', async () => {
    const begin = performance.now();
    await topology.changed(topology.changes, 60);
    expect(performance.now() - begin).toBeGreaterThan(50);
  });
});
