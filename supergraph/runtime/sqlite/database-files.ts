import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRIVATE_FILE_MODE, privateFile, privateFolder } from '../process/private-files.ts';

/** What SQLite keeps beside a database. */
const SIDES = ['-wal', '-shm'] as const;

/**
 * Makes the folder and the file of a database where they are missing, and takes them, the files beside it included, from
 * everybody but their owner. A folder many share on purpose, as /tmp, is left alone. Throws errors of the file system.
 */
export function makePrivate(path: string): void {
  privateFolder(dirname(path));
  closeSync(openSync(path, 'a', PRIVATE_FILE_MODE));
  for (const file of [path, ...SIDES.map((side) => path + side)]) privateFile(file);
}

/** Moves a database with what lies beside it to `<path>.damaged`, in place of what was put there before; says where. */
export function setAside(path: string): string {
  const aside = `${path}.damaged`;
  for (const side of ['', ...SIDES]) {
    rmSync(aside + side, { recursive: true, force: true });
    if (statSync(path + side, { throwIfNoEntry: false }) !== undefined) renameSync(path + side, aside + side);
  }
  return aside;
}

/** Removes what `setAside` put there. */
export function removeAside(path: string): void {
  for (const side of ['', ...SIDES]) rmSync(`${path}.damaged${side}`, { recursive: true, force: true });
}
