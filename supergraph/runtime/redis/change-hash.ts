import { scriptCommand } from './command.ts';
import type { Argument } from './node-connection.ts';
import type { RedisClient } from './redis-client.ts';
import { script } from './script.ts';

/** What becomes of the fields of one hash. */
export interface HashChange {
  /** What must stand there, byte by byte, for anything to be changed; null for nothing. */
  readonly expect: readonly (readonly [field: string, value: Uint8Array | null])[];
  /** Dropped before the others are set. */
  readonly drop?: readonly string[];
  readonly set?: readonly (readonly [field: string, value: Uint8Array])[];
  /** How long the hash stays from now on; without it, for good. */
  readonly expireMs?: number;
  /** Whether it is done in a Redis that is full, too: for what makes room in the end. */
  readonly isOnReserve?: boolean;
}

/** A command that writes lets those behind it in the script write in a full Redis, too. */
const CHANGE = script(`
  local at = 5
  for _ = 1, tonumber(ARGV[1]) do
    local kept = redis.call('HGET', KEYS[1], ARGV[at])
    if ARGV[at + 1] == '1' then
      if kept ~= ARGV[at + 2] then return 0 end
    elseif kept then
      return 0
    end
    at = at + 3
  end
  if ARGV[4] == '1' then redis.call('HDEL', KEYS[1], '') end
  for _ = 1, tonumber(ARGV[2]) do
    redis.call('HDEL', KEYS[1], ARGV[at])
    at = at + 1
  end
  while at < #ARGV do
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
    at = at + 2
  end
  if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) else redis.call('PERSIST', KEYS[1]) end
  return 1
`);

/**
 * Changes a hash if it is still what it was read as, all of it or nothing: the compare-and-set under which rules that stand in
 * TypeScript change what several processes share. True when it was changed. False means that it was not as expected, or that the
 * change was made and its reply lost: read again, and see what is still to be done.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL
 */
export async function changeHash(redis: RedisClient, key: string, change: HashChange): Promise<boolean> {
  const { expect, drop = [], set = [], expireMs = 0, isOnReserve = false } = change;
  const args: Argument[] = [expect.length, drop.length, expireMs, isOnReserve ? 1 : 0];
  for (const [field, value] of expect) args.push(field, value === null ? 0 : 1, value ?? '');
  args.push(...drop);
  for (const [field, value] of set) args.push(field, value);
  const [done] = await redis.write([scriptCommand(CHANGE, { keys: [key], args, isIdempotent: true })]);
  return done === 1;
}
