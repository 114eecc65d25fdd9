import { ContractError } from '@supercontext/contract';

/** SQLite's primary result codes that say something about the disk rather than about this program. */
const MEANING: Readonly<Record<number, readonly ['STORAGE_FULL' | 'STORAGE_UNAVAILABLE', string]>> = {
  5: ['STORAGE_UNAVAILABLE', 'the session log is held by another process'],
  6: ['STORAGE_UNAVAILABLE', 'the session log is held by another process'],
  10: ['STORAGE_UNAVAILABLE', 'the disk of the session log does not answer'],
  11: ['STORAGE_UNAVAILABLE', 'the file of the session log is damaged'],
  13: ['STORAGE_FULL', 'the disk of the session log is full'],
  14: ['STORAGE_UNAVAILABLE', 'the disk of the session log does not answer'],
  26: ['STORAGE_UNAVAILABLE', 'the file of the session log is damaged'],
};

/** Runs `work`; an error of SQLite's becomes what it means to a caller, any other comes through as it is. */
export function withStorageFaults<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as { readonly errcode?: unknown } | null)?.errcode;
    const meaning = typeof code === 'number' ? MEANING[code & 0xff] : undefined;
    if (meaning === undefined) throw error;
    throw new ContractError(meaning[0], meaning[1], {}, error);
  }
}
