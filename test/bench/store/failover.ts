import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis } from '@supercontext/runtime/redis/redis-client.ts';
import { NODE_TIMEOUT_MS, type RunningRedis } from '../../support/redis-cluster.ts';
import type { RedisNode } from '../../support/redis-node.ts';
import { platformOnRedis } from '../../support/redis-platform.ts';
import { SteadyWork } from '../../support/steady-work.ts';
import type { BenchRow } from '../row.ts';

export { whyNoRedis as whyNot } from '../../support/redis-cluster.ts';

/** What the README of runtime/redis says it should be set to. */
const ROUNDS = 5;
const GOAL_MS = 4_500;
const LOOK_MS = 10;

interface Round {
  readonly backMs: number;
  /** Until a replica was master. */
  readonly electionMs: number;
  readonly acknowledged: number;
}

/**
 * A platform in use on three masters with two replicas each, one master killed after the other: until every session has taken an append
 * and a read begun after it, and how long the servers themselves took to agree on another master.
 */
export async function run(): Promise<readonly BenchRow[]> {
  await using parts = new AsyncDisposableStack();
  const redis = await platformOnRedis({ nodeTimeoutMs: NODE_TIMEOUT_MS });
  parts.defer(() => redis.stop());
  const work = await SteadyWork.open(redis.platform.url, 'failover');
  parts.defer(() => work.close());
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await killed(redis.cluster, work));
  const middle = rounds.toSorted((one, other) => one.backMs - other.backMs)[Math.floor(ROUNDS / 2)] as Round;
  const acknowledged = rounds.reduce((sum, one) => sum + one.acknowledged, 0);
  const each = rounds.map(({ backMs, electionMs }) => `${seconds(backMs)} (${seconds(electionMs)})`).join(', ');
  return [
    {
      name: `platform on a cluster: every session served again after kill -9 of a master, median of ${ROUNDS}`,
      ours: middle.backMs,
      peer: middle.electionMs,
      unit: 'ms',
      ratio: middle.backMs / middle.electionMs,
      goal: `<= ${GOAL_MS} ms`,
      met: middle.backMs <= GOAL_MS,
      note: `the peer is the servers' own election, cluster-node-timeout ${NODE_TIMEOUT_MS}; all rounds, elections in brackets: ${each} s, and one in which two replicas share the votes is held again after six seconds; none of ${acknowledged} acknowledged writes lost`,
    },
  ];
}

/** @throws AssertionError when anything that was acknowledged is not there any more */
async function killed(cluster: RunningRedis, work: SteadyWork): Promise<Round> {
  await cluster.heal();
  const [session] = work.sessions;
  const redis = await connectRedis(cluster.settings);
  const master = cluster.at(redis.masterOf(`v:{${session?.id}}`) as string);
  await redis.close();
  const replicas = await cluster.replicasOf(master.address);
  let election: Promise<number> = Promise.resolve(Number.NaN);
  const fault = async () => {
    const beginMs = performance.now();
    await master.kill();
    election = oneIsMaster(replicas).then(() => performance.now() - beginMs);
  };
  const borne = await work.bear(fault, { isMeasuredFromBegin: true, end: () => cluster.heal() });
  return { backMs: borne.backMs, electionMs: await election, acknowledged: borne.acknowledged };
}

async function oneIsMaster(replicas: readonly RedisNode[]): Promise<void> {
  for (;;) {
    const roles = await Promise.all(replicas.map((node) => node.text('INFO', 'replication')));
    if (roles.some((role) => role.includes('role:master'))) return;
    await sleep(LOOK_MS);
  }
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(1);
}
