import { setTimeout as sleep } from 'node:timers/promises';
import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { RESTORING_KEY } from '@supercontext/runtime/redis/claim-keys.ts';
import { command } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { someKeys } from '@supercontext/runtime/redis/some-keys.ts';
import { BackupFault } from './manifest.ts';

/** A process of the reasoning stage that lives renews its key more often than this. */
const LEASE_MS = 15_000;
const OWNERS = 'g:{own.*';
const LOOK_EVERY_MS = 250;

/** Which backup is being taken in; null for none. */
export async function restoringInto(redis: RedisClient): Promise<string | null> {
  const sealed = (await redis.readOne('GET', RESTORING_KEY)) as Buffer | null;
  return sealed === null ? null : openValue(RESTORING_KEY, sealed).toString();
}

/** From now on no stage starts, until `endRestoring`. @param which tells the backup from another */
export async function beginRestoring(redis: RedisClient, which: string): Promise<void> {
  await redis.writeOne('SET', RESTORING_KEY, sealValue(RESTORING_KEY, Buffer.from(which)));
}

export async function endRestoring(redis: RedisClient): Promise<void> {
  await redis.writeOne('DEL', RESTORING_KEY);
}

/**
 * @throws BackupFault when a platform uses this Redis: its reasoning stage renews a key of its own. One that was killed is waited for,
 *   until its key has gone by itself.
 */
export async function refuseInUse(redis: RedisClient): Promise<void> {
  const left = new Map<string, number>();
  for (const untilMs = performance.now() + LEASE_MS + 2_000; ; await sleep(LOOK_EVERY_MS)) {
    const keys = await someKeys(redis, OWNERS);
    if (keys.length === 0) return;
    let isRenewed = performance.now() > untilMs;
    for (const key of keys) {
      const leftMs = Number(await redis.readOne('PTTL', key));
      isRenewed ||= leftMs > (left.get(key) ?? LEASE_MS);
      left.set(key, leftMs);
    }
    if (isRenewed) {
      throw new BackupFault(['a platform uses the Redis of SUPERCONTEXT_REDIS: stop it first, wherever it runs']);
    }
  }
}

/** Whether there is anything of a session. */
export async function isTaken(redis: RedisClient): Promise<boolean> {
  return (await someKeys(redis, '*')).length > 0;
}

/** Removes all keys but those by which the Redis is this platform's. Interrupted, it is to be repeated. */
export async function removeAll(redis: RedisClient): Promise<void> {
  for (;;) {
    const keys = await someKeys(redis, '*');
    if (keys.length === 0) return;
    await redis.write(keys.map((key) => command('UNLINK', key)));
  }
}
