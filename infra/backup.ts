// `npm run backup -- backup FOLDER [--without-damaged] | verify FOLDER | restore FOLDER [--replace]`: the operator's copy of a data folder.

import { existsSync } from 'node:fs';
import { ConfigError } from '@supercontext/runtime/config.ts';
import type { DamagedSession } from '@supercontext/runtime/copy-sessions.ts';
import type { RedisSettings } from '@supercontext/runtime/redis/redis-settings.ts';
import { type Made, makeBackup } from './backup/make-backup.ts';
import { BackupFault } from './backup/manifest.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { restoreIntoCluster } from './backup/restore-cluster.ts';
import { type Verified, verifyBackup } from './backup/verify-backup.ts';
import { backupConfig } from './config.ts';
import { unknownSettings } from './known-settings.ts';

/** The status of a backup that was made without what was damaged. */
const LEFT_OUT = 3;
const OPTION_OF: Readonly<Record<string, string>> = { backup: '--without-damaged', restore: '--replace' };
const SESSION_ID = /^ses_[0-9a-z]+$/;
/** In a fault: what is one session's. */
const OF_A_SESSION = /\b(?:ses|gen)_[0-9a-z]+|\b(?:fragment|frg)[ _][0-9a-f]{32}/;
const WITHOUT = 'with --without-damaged, sessions that are damaged are named and left out, and all others are copied';
/** Of one session, those told; the others are in the manifest. */
const MAXIMUM_REASONS = 20;

const USAGE = 'usage: npm run backup -- backup [--without-damaged] FOLDER | verify FOLDER | restore FOLDER [--replace]';
const HELP = `${USAGE}

backup   copies the state of a platform, running or stopped, to a new folder, and verifies it
  --without-damaged  sessions that are damaged are named and left out, where else the first of them is a fault
verify   looks through a backup
restore  puts a backup in place, while the platform is stopped
  --replace          moves aside what is there; in Redis, removes it for good

Ends with status 0; 1 for a fault; 2 for words it does not know; ${LEFT_OUT} for a backup that is whole and lacks sessions that were damaged.`;

const words = process.argv.slice(2);
const [verb, folder, ...others] = words.filter((word) => !word.startsWith('--') || word === '--help');
const options = words.filter((word) => word.startsWith('--'));
if (verb === '--help' || verb === '-h') {
  console.log(HELP);
  process.exit(0);
}
const replace = options.includes('--replace');
const withoutDamaged = options.includes('--without-damaged');
const isKnown = verb === 'backup' || verb === 'verify' || verb === 'restore';
const areOptionsKnown = options.every((option) => verb !== undefined && OPTION_OF[verb] === option);
if (!isKnown || folder === undefined || folder.startsWith('-') || others.length > 0 || !areOptionsKnown) {
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
    const source = { dataFolder, isInRedis: redis !== null, tenantKey, withoutDamaged };
    const made = verb === 'backup' ? await makeBackup(source, folder) : null;
    for (const path of made?.leftBehind ?? []) console.log(leftBehind(path));
    const ofFiles = isDefault ? `${dataFolder} (SUPERCONTEXT_DATA is not set: the default)` : dataFolder;
    const of = redis === null ? `${ofFiles}, ${made === null ? '' : platformOf(made)}` : `Redis at ${serversOf(redis)}`;
    const copied = made === null ? '' : `, copied from ${of},`;
    const verified = await verifyBackup(folder, tenantKey);
    for (const damaged of verified.leftOut) console.error(leftOut(damaged));
    console.log(describe(`${folder}${copied}`, verified));
    if (made !== null && verified.leftOut.length > 0) process.exitCode = LEFT_OUT;
  }
} catch (error) {
  const lines =
    error instanceof BackupFault || error instanceof ConfigError
      ? error.faults
      : [error instanceof Error ? error.message : String(error)];
  for (const line of lines) console.error(line);
  const isOfSession = lines.some((line) => OF_A_SESSION.test(line));
  if (verb === 'backup' && !withoutDamaged && isOfSession) console.error(WITHOUT);
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

function leftOut({ session, why }: DamagedSession): string {
  // A damaged id may be any text, which is nothing to tell.
  const name = SESSION_ID.test(session) ? session : 'a session whose id is damaged';
  const more = why.length > MAXIMUM_REASONS ? `, and ${why.length - MAXIMUM_REASONS} more` : '';
  return `left out ${name}: ${why.slice(0, MAXIMUM_REASONS).join(', ')}${more}`;
}

function describe(name: string, verified: Verified): string {
  const { createdAt, sessions, entries, fragments, generations, leftOut } = verified;
  const holds = `${sessions} sessions, ${entries} log entries, ${fragments} fragments, ${generations} generations`;
  const lacks = leftOut.length === 0 ? '' : `; ${leftOut.length} damaged sessions are left out`;
  return `${name} of ${createdAt} is whole: ${holds}${lacks}`;
}
