import type { RedisClient } from './redis-client.ts';

const KEYS_A_SCAN = 1_000;
/** What the platform notes of itself, not of sessions. */
const OWN = /^sc:(\{meta[.}]|fence:)/;

/**
 * The keys that fit a pattern, page by page, master by master; some perhaps twice, and those that come or go meanwhile perhaps not.
 * Without the marks by which the Redis is this platform's.
 * @throws Error as a node answers
 */
export async function* pagesOfKeys(redis: RedisClient, pattern: string): AsyncGenerator<string[]> {
  for (const { master } of redis.shards) {
    for (let cursor = '0'; ; ) {
      const [reply] = await redis.onNode(master, [['SCAN', cursor, 'MATCH', pattern, 'COUNT', KEYS_A_SCAN]]);
      if (reply instanceof Error) throw reply;
      const [next, found] = reply as unknown as readonly [Buffer, readonly Buffer[]];
      const keys = found.map(String).filter((key) => !OWN.test(key));
      if (keys.length > 0) yield keys;
      cursor = String(next);
      if (cursor === '0') break;
    }
  }
}

/** Some of the keys that fit a pattern, none only when there are none. @throws Error as a node answers */
export async function someKeys(redis: RedisClient, pattern: string): Promise<string[]> {
  for await (const keys of pagesOfKeys(redis, pattern)) return keys;
  return [];
}
