import { chmodSync, mkdirSync, statSync } from 'node:fs';

/** What only this user may enter, read and write. */
export const PRIVATE_FOLDER_MODE = 0o700;
export const PRIVATE_FILE_MODE = 0o600;

const STICKY = 0o1000;

/**
 * Makes a folder that only this user can enter, or makes one that is there so. One that others share by design (`/tmp`) or
 * that belongs to somebody else is left as it is.
 */
export function privateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const { uid, mode } = statSync(path);
  const isOurs = uid === process.getuid?.() && (mode & STICKY) === 0;
  if (isOurs && (mode & 0o777) !== PRIVATE_FOLDER_MODE) chmodSync(path, PRIVATE_FOLDER_MODE);
}
