import type { RunningRedis } from './redis-cluster.ts';
import type { RedisNode } from './redis-node.ts';

/** A slot on its way from one master to another. */
export interface Move {
  readonly slot: number;
  readonly from: RedisNode;
  readonly to: RedisNode;
}

/** The keys that are there stay, and new ones go to the other side. */
export async function beginMove({ slot, from, to }: Move): Promise<void> {
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await from.text('CLUSTER', 'MYID'));
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await to.text('CLUSTER', 'MYID'));
}

/** Moves some keys. */
export async function migrate(from: RedisNode, to: Move['to'], keys: readonly string[]): Promise<void> {
  const [host, port] = to.address.split(':') as [string, string];
  await from.call('MIGRATE', host, port, '', 0, 5_000, 'KEYS', ...keys);
}

export async function endMove(cluster: RunningRedis, { slot, to }: Omit<Move, 'from'>): Promise<void> {
  const id = await to.text('CLUSTER', 'MYID');
  await to.call('CLUSTER', 'SETSLOT', slot, 'NODE', id);
  for (const node of cluster.nodes) {
    if ((await node.text('INFO', 'replication')).includes('role:master'))
      await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', id);
  }
}

export async function keysIn(node: RedisNode, slot: number): Promise<string[]> {
  return ((await node.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as readonly Buffer[]).map(String);
}
