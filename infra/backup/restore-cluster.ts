import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { openRedis } from '@supercontext/runtime/redis/open-redis.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { RedisSettings } from '@supercontext/runtime/redis/redis-settings.ts';
import { tenantKeyBytes } from '@supercontext/runtime/tenant-key.ts';
import { operateStage } from '../operate-stage.ts';
import { readRunFile } from '../run-file.ts';
import { beginRestoring, endRestoring, isTaken, refuseInUse, removeAll, restoringInto } from './cluster-keys.ts';
import { askedIn, writeListed } from './listed-hashes.ts';
import { BackupFault, readManifest } from './manifest.ts';
import { STATES } from './states.ts';
import { verifyBackup } from './verify-backup.ts';

/** Where what a stage brings forward lies meanwhile: a backup is never written to. */
const WORK = '.importing';
const MOVED = ['generations', 'log', 'fragments'] as const;

export interface ClusterTarget {
  readonly redis: RedisSettings;
  readonly dataFolder: string;
  readonly replace: boolean;
  readonly tenantKey: string | null;
}

/**
 * Takes a backup in, of whatever kind the platform was, once it is verified. Sessions that are there are in the way unless `replace`
 * has them removed, for good. Interrupted, it is repeated, and until it has ended no stage starts on this Redis. What a backup leaves
 * out, or can be made again, the stages make again.
 * @throws BackupFault; ConfigError, ContractError of the Redis
 */
export async function restoreIntoCluster(folder: string, target: ClusterTarget): Promise<void> {
  const { dataFolder, replace, tenantKey } = target;
  const running = readRunFile(dataFolder);
  if (running !== null) {
    throw new BackupFault([`the platform with process id ${running.pid} runs on ${dataFolder}: stop it first`]);
  }
  if (tenantKey === null) throw new BackupFault([keyNeeded(folder)]);
  const verified = await verifyBackup(folder, tenantKey);
  const redis = await openRedis(target.redis, { tenantKey: tenantKeyBytes(tenantKey), isRestoring: true });
  const work = join(dataFolder, WORK);
  try {
    await refuseInUse(redis);
    await makeRoom(redis, nameOf(folder), replace);
    copyStates(folder, work);
    const { sessions, generations } = await takeIn(work);
    if (sessions !== verified.sessions || generations > verified.generations) {
      throw new BackupFault([`${sessions} of ${verified.sessions} sessions were taken in: repeat it`]);
    }
    await endRestoring(redis);
  } finally {
    rmSync(work, { recursive: true, force: true });
    await redis.close();
  }
}

/** @throws BackupFault when something else is in the way */
async function makeRoom(redis: RedisClient, which: string, replace: boolean): Promise<void> {
  const interrupted = await restoringInto(redis);
  const isResumed = interrupted === which && !replace;
  if (isResumed) return;
  if ((await isTaken(redis)) && !replace) {
    const what = interrupted === null ? 'sessions' : 'a part of another backup, whose restore was interrupted';
    throw new BackupFault([
      `the Redis of SUPERCONTEXT_REDIS holds ${what}: name another one, or --replace to have all of it removed for good (make a backup first)`,
    ]);
  }
  await beginRestoring(redis, which);
  if (replace) await removeAll(redis);
}

function copyStates(folder: string, work: string): void {
  rmSync(work, { recursive: true, force: true });
  for (const state of MOVED) {
    privateFolder(dirname(join(work, STATES[state])));
    copyFileSync(join(folder, STATES[state]), join(work, STATES[state]));
  }
}

async function takeIn(work: string): Promise<{ readonly sessions: number; readonly generations: number }> {
  const at = (state: (typeof MOVED)[number]) => join(work, STATES[state]);
  const listed = join(work, 'listed.jsonl');
  // Before the stages open these files.
  await writeListed(at('log'), listed);
  const asked = askedIn(at('generations'));
  await operateStage('store', 'import', { path: at('fragments'), listed });
  const { sessions } = await operateStage<{ sessions: number }>('context', 'import', { path: at('log') });
  const generations = { path: at('generations'), sessions: asked };
  return { sessions, ...(await operateStage<{ generations: number }>('reasoning', 'import', generations)) };
}

/** Tells a backup from any other. */
function nameOf(folder: string): string {
  const { createdAt, files } = readManifest(folder);
  return JSON.stringify([createdAt, ...files.map(({ sha256 }) => sha256)]);
}

function keyNeeded(folder: string): string {
  const kept = join(folder, STATES.tenantKey);
  const which = existsSync(kept)
    ? `hex:$(cat ${kept}), the key of this backup`
    : 'the key of the platform that was copied';
  return `SUPERCONTEXT_TENANT_KEY is not set: with SUPERCONTEXT_REDIS it has to be ${which}, here and for the platform`;
}
