import type { Dirent, Stats } from 'node:fs';

/** Something that was not appended. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
  /** Whether it should have been, as opposed to what nobody asks for. */
  readonly isFault: boolean;
  /** Whether nobody has looked at what it holds: what is known of it may still be so. Of a fault always. */
  readonly isUnread?: boolean;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ENOENT: 'it is not there any more',
  ENAMETOOLONG: 'its path is too long for the system',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
};

/** Why a file or folder could not be read, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? code ?? message;
}

/** What stands at a path that is neither a file nor a folder. */
export function kindOf(found: Pick<Dirent | Stats, 'isSymbolicLink' | 'isFIFO' | 'isSocket'>): string {
  if (found.isSymbolicLink()) return 'a link';
  if (found.isFIFO()) return 'a FIFO';
  return found.isSocket() ? 'a socket' : 'a device';
}
