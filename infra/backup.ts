// `npm run backup -- backup FOLDER | verify FOLDER | restore FOLDER [--replace]`: the operator's copy of a data folder.

import { existsSync } from 'node:fs';
import { ConfigError } from '@supercontext/runtime/config.ts';
import type { RedisSettings } from '@supercontext/runtime/redis/redis-settings.ts';
import { type Made, makeBackup } from './backup/make-backup.ts';
import { BackupFault } from './backup/manifest.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { restoreIntoCluster } from './backup/restore-cluster.ts';
import { type Verified, verifyBackup } from './backup/verify-backup.ts';
import { backupConfig } from './config.ts';
import { unknownSettings } from './known-settings.ts';

const USAGE = 'usage: npm run backup -- backup FOLDER | verify FOLDER | restore FOLDER [--replace]';

const [verb, folder, ...options] = process.argv.slice(2);
const replace = options.includes('--replace');
const isKnown = verb === 'backup' || verb === 'verify' || verb === 'restore';
const areOptionsKnown = options.every((option) => option === '--replace' && verb === 'restore');
if (verb === '--help' || verb === '-h') {
  console.log(USAGE);
  process.exit(0);
}
if (!isKnown || folder === undefined || folder.startsWith('-') || !areOptionsKnown) {
  console.error(USAGE);
  process.exit(2);
}
for (const warning of unknownSettings(process.env)) console.error(warning);
try {
  const { dataFolder, isDefault, tenantKey, redis } = backupConfig();
  if (verb === 'restore' && redis !== null) {
    await restoreIntoCluster(folder, { redis, dataFolder, replace, tenantKey });
    console.log(`restored into Redis at ${serversOf(redis)}`);
  } else if (verb === 'restore') {
    const { movedTo } = await restoreBackup(folder, dataFolder, { replace, tenantKey });
    console.log(`restored to ${dataFolder}${movedTo === null ? '' : `; what was there is in ${movedTo}`}`);
  } else {
    const made = verb === 'backup' ? await makeBackup({ dataFolder, isInRedis: redis !== null }, folder) : null;
    for (const path of made?.leftBehind ?? []) console.log(leftBehind(path));
    const ofFiles = isDefault ? `${dataFolder} (SUPERCONTEXT_DATA is not set: the default)` : dataFolder;
    const of = redis === null ? `${ofFiles}, ${made === null ? '' : platformOf(made)}` : `Redis at ${serversOf(redis)}`;
    const copied = made === null ? '' : `, copied from ${of},`;
    console.log(describe(`${folder}${copied}`, await verifyBackup(folder, tenantKey)));
  }
} catch (error) {
  const lines =
    error instanceof BackupFault || error instanceof ConfigError
      ? error.faults
      : [error instanceof Error ? error.message : String(error)];
  for (const line of lines) console.error(line);
  process.exit(1);
}

function serversOf({ servers }: RedisSettings): string {
  return servers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
}

function leftBehind(path: string): string {
  const gone = 'what a backup that did not come to its end had left';
  return existsSync(path) ? `${path} is ${gone}: remove it` : `removed ${path}, ${gone}`;
}

function platformOf({ launcherPid }: Made): string {
  return launcherPid === null ? 'whose platform is stopped' : `whose platform runs as process ${launcherPid}`;
}

function describe(name: string, { createdAt, sessions, entries, fragments, generations }: Verified): string {
  const holds = `${sessions} sessions, ${entries} log entries, ${fragments} fragments, ${generations} generations`;
  return `${name} of ${createdAt} is whole: ${holds}`;
}
