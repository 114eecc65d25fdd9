import { ContractError } from '@supercontext/contract';

/** SQLite's primary result codes that say something about the disk rather than about this program. */
const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The primary result code of an error of SQLite's, null for any other error. */
function resultCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** Whether the database file itself is damaged, as opposed to full, locked or out of reach. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** What an error of SQLite's means to a caller: STORAGE_FULL or STORAGE_UNAVAILABLE; anything else comes back as it is. */
export function storageFault(error: unknown): unknown {
  switch (resultCode(error)) {
    case FULL:
      return new ContractError('STORAGE_FULL', 'the disk of the store is full', {}, error);
    case BUSY:
    case LOCKED:
      return new ContractError('STORAGE_UNAVAILABLE', 'the store is held by another process', {}, error);
    case IOERR:
    case CANTOPEN:
      return new ContractError('STORAGE_UNAVAILABLE', 'the disk of the store does not answer', {}, error);
    case CORRUPT:
    case NOTADB:
      return new ContractError('STORAGE_UNAVAILABLE', 'a file of the store is damaged', {}, error);
    default:
      return error;
  }
}

/** Runs `work` and throws what its error means to a caller. */
export function withStorageFaults<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageFault(error);
  }
}
