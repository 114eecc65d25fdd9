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

/**
 * Has masters without slots take over an even share of those of others, as `redis-cli --cluster rebalance` does: slots that have keys one
 * by one, while they are used, the others at once.
 */
export async function takeShare(cluster: RunningRedis, newcomers: readonly RedisNode[]): Promise<void> {
  const masters: RedisNode[] = [];
  for (const node of cluster.nodes) {
    if ((await node.text('INFO', 'replication')).includes('role:master')) masters.push(node);
  }
  // Of what several say of a slot, the one of the highest epoch is believed.
  for (const node of newcomers) await node.call('CLUSTER', 'BUMPEPOCH');
  const ids = new Map(
    await Promise.all(masters.map(async (node) => [node, await node.text('CLUSTER', 'MYID')] as const)),
  );
  for (const from of masters.filter((node) => !newcomers.includes(node))) {
    const own = await slotsOf(from);
    const share = Math.floor(own.length / masters.length);
    for (const [at, to] of newcomers.entries()) {
      const slots = own.slice(at * share, (at + 1) * share);
      const counts = await from.settle(slots.map((slot) => ['CLUSTER', 'COUNTKEYSINSLOT', slot]));
      const empty = slots.filter((_, place) => counts[place] === 0);
      const words = empty.map((slot) => ['CLUSTER', 'SETSLOT', slot, 'NODE', ids.get(to) as string]);
      // Whoever gets it first: a node that gave it away before would send callers to one that does not know of it.
      for (const node of [to, from, ...masters.filter((other) => other !== to && other !== from)])
        await node.settle(words);
      for (const slot of slots.filter((_, place) => counts[place] !== 0)) await cluster.moveSlot(slot, to);
    }
  }
}

async function slotsOf(node: RedisNode): Promise<number[]> {
  const id = await node.text('CLUSTER', 'MYID');
  const line = (await node.text('CLUSTER', 'NODES')).split('\n').find((one) => one.startsWith(id)) as string;
  return line
    .split(' ')
    .slice(8)
    .filter((range) => /^\d/.test(range))
    .flatMap((range) => {
      const [from, through = from] = range.split('-').map(Number) as [number, number?];
      return Array.from({ length: through - from + 1 }, (_, at) => from + at);
    });
}
