import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Whether a folder cannot be moved, nor another be put in its place: it is a mount point, as the volume of a container, or its
 * parent may not be written to. False for one that is not there. Throws errors of the file system.
 */
export function isFixed(folder: string): boolean {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return false;
  const real = realpathSync(folder);
  const parent = dirname(real);
  return statSync(real).dev !== statSync(parent).dev || isBound(real) || !isWritable(parent);
}

/** A folder of the same disk that is mounted there: only Linux tells of it. */
function isBound(real: string): boolean {
  try {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return mounts.some((line) => unescaped(line.split(' ')[4] ?? '') === real);
  } catch {
    return false;
  }
}

/** A space, say, stands there as `\040`. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
