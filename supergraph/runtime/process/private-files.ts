import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What only this user may enter, read and write. */
export const PRIVATE_FOLDER_MODE = 0o700;
export const PRIVATE_FILE_MODE = 0o600;

const STICKY = 0o1000;

/**
 * Makes a folder that only this user can enter, or makes one that is there so. One that others share by design (`/tmp`) or
 * that belongs to somebody else is left as it is.
 */
export function privateFolder(path: string): void {
  makeFolder(path);
  if ((statSync(path).mode & STICKY) === 0) restrict(path, PRIVATE_FOLDER_MODE);
}

/** Takes a file that is there from everybody but its owner; one of somebody else, or on a disk that is read-only, is left. */
export function privateFile(path: string): void {
  restrict(path, PRIVATE_FILE_MODE);
}

function restrict(path: string, mode: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || (found.mode & 0o777) === mode || found.uid !== process.getuid?.()) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    // Who may open it has been decided elsewhere.
    if (!['EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

/** With its parents. Not by `recursive`: where a file system takes no new folder, such as /proc, that tries for ever. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: PRIVATE_FOLDER_MODE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeFolder(parent);
    mkdirSync(path, { mode: PRIVATE_FOLDER_MODE });
  }
}
