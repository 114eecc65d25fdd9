import { ContractError } from '@supercontext/contract';

/** SQLite's primary result codes that say something about the disk rather than about this program. */
const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

const UNAVAILABLE: Readonly<Record<number, string>> = {
  [BUSY]: 'is held by another process',
  [LOCKED]: 'is held by another process',
  [IOERR]: 'cannot be read or written',
  [CANTOPEN]: 'cannot be opened',
  [CORRUPT]: 'is damaged',
  [NOTADB]: 'is no database',
};

/** What an error of SQLite's means to a caller: STORAGE_FULL or STORAGE_UNAVAILABLE; anything else comes back as it is. */
export function storageFault(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('errcode' in error) || typeof error.errcode !== 'number') {
    return error;
  }
  const code = error.errcode & 0xff;
  if (code === FULL) {
    return new ContractError('STORAGE_FULL', 'the disk of the reasoning stage is full', {}, error);
  }
  const how = UNAVAILABLE[code];
  if (how === undefined) return error;
  return new ContractError('STORAGE_UNAVAILABLE', `the reasoning stage's log ${how}`, {}, error);
}
