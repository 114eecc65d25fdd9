import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PRIVATE_FILE_MODE, privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { readRunFile } from '../run-file.ts';
import { BackupFault, readManifest } from './manifest.ts';
import { putInPlace, STAGE_FOLDERS } from './put-in-place.ts';
import { verifyBackup } from './verify-backup.ts';

/**
 * Puts a backup in place as a data folder, once it is verified. Whatever is in the way stays: a running platform and a folder with
 * data are refused, unless `replace` has the old folder moved aside; where to is said. The new folder is there whole or not at
 * all; how one is filled that cannot be moved, see `putInPlace`. What a backup leaves out, search segments and jobs, is made again by the stages.
 * @throws BackupFault; errors of the file system
 */
export async function restoreBackup(
  folder: string,
  dataFolder: string,
  { replace, tenantKey }: { readonly replace: boolean; readonly tenantKey: string | null },
): Promise<{ readonly movedTo: string | null }> {
  const running = readRunFile(dataFolder);
  if (running !== null) {
    throw new BackupFault([`the platform with process id ${running.pid} runs on ${dataFolder}: stop it first`]);
  }
  await verifyBackup(folder, tenantKey);
  const isTaken = STAGE_FOLDERS.some((stage) => existsSync(join(dataFolder, stage)));
  if (isTaken && !replace) {
    throw new BackupFault([
      `${dataFolder} holds data: choose another folder in SUPERCONTEXT_DATA, or --replace to have it moved aside`,
    ]);
  }
  const movedTo = putInPlace(dataFolder, (draft) => {
    for (const { path } of readManifest(folder).files) {
      privateFolder(dirname(join(draft, path)));
      copyFileSync(join(folder, path), join(draft, path));
      chmodSync(join(draft, path), PRIVATE_FILE_MODE);
    }
  });
  return { movedTo };
}
