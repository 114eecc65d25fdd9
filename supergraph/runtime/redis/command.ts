import type { Argument } from './node-connection.ts';
import type { Script } from './script.ts';

/** A command with the key by which its node is found. */
export interface RedisCommand {
  /** One of its keys; all of them have one slot. */
  readonly key: string;
  readonly words: readonly [name: string, ...Argument[]];
  /** Of EVALSHA: what to send to a node that does not know it. */
  readonly script?: Script;
  /** Whether it may be done twice: only then it is sent again when nobody knows whether it was done. */
  readonly isIdempotent: boolean;
}

/** Done twice, they leave what they leave when they are done once, whatever comes between is somebody else's. */
const IDEMPOTENT: ReadonlySet<string> = new Set(
  `GET MGET GETRANGE STRLEN EXISTS TYPE TTL PTTL OBJECT MEMORY DUMP SET MSET SETEX PSETEX SETRANGE DEL UNLINK EXPIRE PEXPIRE
   HGET HMGET HGETALL HKEYS HVALS HLEN HSCAN HEXISTS HSET HMSET HSETNX HDEL LRANGE LINDEX LLEN LSET
   SADD SREM SMEMBERS SISMEMBER SMISMEMBER SCARD SSCAN ZADD ZREM ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX
   ZSCORE ZMSCORE ZCARD ZCOUNT ZLEXCOUNT ZRANK ZSCAN XRANGE XREVRANGE XLEN XREAD XINFO XPENDING XACK XDEL XTRIM`.split(
    /\s+/,
  ),
);

/** A command whose second word is its key, as that of most is. */
export function command(name: string, key: string, ...rest: readonly Argument[]): RedisCommand {
  return { key, words: [name, key, ...rest], isIdempotent: IDEMPOTENT.has(name) };
}

/** @param isIdempotent whether the script, run twice with the same arguments, leaves what it leaves when it is run once */
export function scriptCommand(
  script: Script,
  {
    keys,
    args,
    isIdempotent,
  }: { keys: readonly [string, ...string[]]; args: readonly Argument[]; isIdempotent: boolean },
): RedisCommand {
  return { key: keys[0], words: ['EVALSHA', script.sha1, keys.length, ...keys, ...args], script, isIdempotent };
}
