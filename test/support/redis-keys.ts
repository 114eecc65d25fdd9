import type { RedisClient } from '../../supergraph/runtime/redis/redis-client.ts';
import type { RedisNode } from './redis-node.ts';

/** All keys on all masters that fit a pattern, without those of the fences and of the claim. */
export async function keysOf(redis: RedisClient, pattern: string): Promise<string[]> {
  const keys: string[] = [];
  for (const { master } of redis.shards) {
    for (let cursor = '0'; ; ) {
      const [reply] = await redis.onNode(master, [['SCAN', cursor, 'MATCH', pattern, 'COUNT', 1_000]]);
      if (reply instanceof Error) throw reply;
      const [next, found] = reply as readonly [Buffer, readonly Buffer[]];
      keys.push(...found.map(String));
      cursor = String(next);
      if (cursor === '0') break;
    }
  }
  return keys.filter((key) => !key.startsWith('sc:')).sort();
}

/** How often nodes have read from a socket, all together: pipelines, unless they are larger than what is read at once. */
export async function readsOf(nodes: readonly RedisNode[]): Promise<number> {
  const texts = await Promise.all(nodes.map((node) => node.text('INFO', 'stats')));
  return texts.reduce((sum, text) => sum + Number(/total_reads_processed:(\d+)/.exec(text)?.[1]), 0);
}
