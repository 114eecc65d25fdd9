import { ContractError } from '@supercontext/contract';

/** SQLite's primary result codes that say something about the disk rather than about this program. */
const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

function resultCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** Whether the file itself is damaged, as opposed to full, locked or out of reach. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** Runs `work` and throws what SQLite's error means to a caller: STORAGE_FULL or STORAGE_UNAVAILABLE. */
export function withStorageFaults<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = resultCode(error);
    if (code === FULL) throw new ContractError('STORAGE_FULL', 'the disk of the compression stage is full', {}, error);
    if (code === BUSY || code === LOCKED) {
      throw new ContractError('STORAGE_UNAVAILABLE', 'the summaries are held by another process', {}, error);
    }
    if (code === IOERR || code === CANTOPEN || code === CORRUPT || code === NOTADB) {
      throw new ContractError('STORAGE_UNAVAILABLE', 'the disk of the compression stage does not answer', {}, error);
    }
    throw error;
  }
}
