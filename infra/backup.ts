// `npm run backup -- backup FOLDER | verify FOLDER | restore FOLDER [--replace]`: the operator's copy of a data folder.

import { makeBackup } from './backup/make-backup.ts';
import { BackupFault } from './backup/manifest.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { type Verified, verifyBackup } from './backup/verify-backup.ts';
import { backupConfig } from './config.ts';

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
try {
  const { dataFolder, tenantKey } = backupConfig();
  if (verb === 'restore') {
    const { movedTo } = await restoreBackup(folder, dataFolder, { replace, tenantKey });
    console.log(`restored to ${dataFolder}${movedTo === null ? '' : `; what was there is in ${movedTo}`}`);
  } else {
    if (verb === 'backup') await makeBackup(dataFolder, folder);
    console.log(describe(folder, await verifyBackup(folder, tenantKey)));
  }
} catch (error) {
  const lines = error instanceof BackupFault ? error.faults : [error instanceof Error ? error.message : String(error)];
  for (const line of lines) console.error(line);
  process.exit(1);
}

function describe(name: string, { createdAt, sessions, entries, fragments, generations }: Verified): string {
  const holds = `${sessions} sessions, ${entries} log entries, ${fragments} fragments, ${generations} generations`;
  return `${name} of ${createdAt} is whole: ${holds}`;
}
