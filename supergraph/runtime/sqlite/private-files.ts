import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const STICKY = 0o1000;

/** What SQLite keeps beside a database. */
const SIDES = ['-wal', '-shm'] as const;

/**
 * Makes the folder and the file of a database where they are missing, and takes them, the files beside it included, from
 * everybody but their owner. A folder many share on purpose, as /tmp, is left alone. Throws errors of the file system.
 */
export function makePrivate(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  if ((statSync(folder).mode & STICKY) === 0) restrict(folder, PRIVATE_FOLDER);
  closeSync(openSync(path, 'a', PRIVATE_FILE));
  for (const file of [path, ...SIDES.map((side) => path + side)]) restrict(file, PRIVATE_FILE);
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

function restrict(path: string, mode: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || (found.mode & 0o777) === mode) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    // Of another owner, or on a disk that is read-only: who may open it has been decided elsewhere.
    if (!['EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
