import { randomUUID } from 'node:crypto';
import { scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import { type ErasureHolds, LONGEST_HOLD_MS, MAXIMUM_HOLDS, tooManyHolds } from './erasure-holds.ts';

const KEY = 'g:{holds}';
/** An erasure says again so often that it is under way: one whose process is gone is so no more. */
const UNDER_WAY_MS = 60_000;

/**
 * ARGV: what to do with the field ARGV[2], and for how long it is to stay, 0 for no longer. Leases begin with `h`, erasures under
 * way with `u`. What has ended is dropped first. Whether it was done; for how long yet erasures wait; how many are under way.
 */
const CHANGE = script(`
  redis.call('HDEL', KEYS[1], '')
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local kept, heldMs, holds, underWay, isThere = redis.call('HGETALL', KEYS[1]), 0, 0, 0, false
  for at = 1, #kept, 2 do
    local ends = tonumber(kept[at + 1])
    if not ends or ends <= now then
      redis.call('HDEL', KEYS[1], kept[at])
    else
      isThere = isThere or kept[at] == ARGV[2]
      if string.sub(kept[at], 1, 1) == 'h' then
        holds, heldMs = holds + 1, math.max(heldMs, ends - now)
      else
        underWay = underWay + 1
      end
    end
  end
  local isDone = isThere or ARGV[1] == 'grant' and holds < ${MAXIMUM_HOLDS} or ARGV[1] == 'begin' and heldMs == 0
  if isDone and ARGV[3] == '0' then
    redis.call('HDEL', KEYS[1], ARGV[2])
  elseif isDone then
    redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', now + ARGV[3]))
  end
  return {isDone and 1 or 0, heldMs, underWay}
`);

interface Change {
  readonly isDone: boolean;
  readonly heldMs: number;
  readonly underWay: number;
}

/** For a stage of several processes: on the clock of Redis. */
export class RedisErasureHolds implements ErasureHolds {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async grant(forMs: number): Promise<string> {
    const lease = randomUUID();
    if (!(await this.#change('grant', `h${lease}`, forMs)).isDone) throw tooManyHolds();
    return lease;
  }

  async renew(lease: string, forMs: number): Promise<boolean> {
    return (await this.#change('renew', `h${lease}`, forMs)).isDone;
  }

  async remainingMs(): Promise<number> {
    return (await this.#change('look', '', 0)).heldMs;
  }

  async begin(): Promise<(() => Promise<void>) | number> {
    const field = `u${randomUUID()}`;
    const { isDone, heldMs } = await this.#change('begin', field, UNDER_WAY_MS);
    if (!isDone) return heldMs;
    const again = () => void this.#change('renew', field, UNDER_WAY_MS).catch(() => {});
    const timer = setInterval(again, UNDER_WAY_MS / 3).unref();
    return async () => {
      clearInterval(timer);
      // It ends by itself.
      await this.#change('renew', field, 0).catch(() => {});
    };
  }

  async underWay(): Promise<number> {
    return (await this.#change('look', '', 0)).underWay;
  }

  async #change(what: string, field: string, forMs: number): Promise<Change> {
    const args = [what, field, Math.ceil(Math.min(forMs, LONGEST_HOLD_MS))];
    const [reply] = await this.#redis.write([scriptCommand(CHANGE, { keys: [KEY], args, isIdempotent: true })]);
    const [isDone, heldMs, underWay] = reply as readonly [number, number, number];
    return { isDone: isDone === 1, heldMs, underWay };
  }
}
