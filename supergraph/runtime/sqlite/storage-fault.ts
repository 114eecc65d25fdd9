import { basename } from 'node:path';
import { ContractError, ERRORS } from '@supercontext/contract';

/** A file of state, as its faults name it. */
export interface NamedFile {
  readonly path: string;
  /** What it is to people, as in `the session log`. */
  readonly meaning: string;
}

const FULL = 13;
const SHORT_READ = 522;
const CORRUPT_FILE_SYSTEM = 8_458;

/** SQLite's primary result codes that speak of the disk or of other processes, and say nothing about what the file holds. */
const OUT_OF_REACH: Readonly<Record<number, string>> = {
  0: 'could not be read while something else was under way',
  3: 'may not be written',
  5: 'is held by another process',
  6: 'is held by another process',
  7: 'needs more memory than there is',
  8: 'may not be written',
  9: 'was interrupted',
  10: 'cannot be read or written',
  14: 'cannot be opened',
  15: 'is held by another process',
  22: 'is larger than its file system allows',
  23: 'may not be written',
};

/** Those that speak of this program. */
const FAULTS_OF_OURS: ReadonlySet<number> = new Set([21, 25]);

/** A row, or the file as a whole, that does not hold what was written there; it is named and not served. */
export function corrupt(file: NamedFile, row: string | null, why: string, cause?: unknown): ContractError {
  const name = basename(file.path);
  if (row !== null) {
    const message = `${name}, ${row}: ${file.meaning} is damaged there: ${why}`;
    return new ContractError('STORAGE_CORRUPT', message, { file: name, row }, cause);
  }
  // With what to do, since this is the last line of a stage that cannot start.
  const message = `${name}: ${file.meaning} is damaged (${why}); ${ERRORS.STORAGE_CORRUPT.remedy}`;
  return new ContractError('STORAGE_CORRUPT', message, { file: name }, cause);
}

/** What a call gets that comes after its stage let go of the file. */
export function closed(file: NamedFile): ContractError {
  const name = basename(file.path);
  return new ContractError('STORAGE_UNAVAILABLE', `${name}: ${file.meaning} is closed`, { file: name });
}

/** What a write gets that the disk has no room for. */
export function full(file: NamedFile, cause?: unknown): ContractError {
  const name = basename(file.path);
  return new ContractError('STORAGE_FULL', `${name}: the disk of ${file.meaning} is full`, { file: name }, cause);
}

export function isFull(fault: unknown): boolean {
  return fault instanceof ContractError && fault.code === 'STORAGE_FULL';
}

/** A file that a version after this one has written. */
export function newerSchema(file: NamedFile, schemaVersion: number, knownVersion: number): ContractError {
  const name = basename(file.path);
  return new ContractError(
    'STORAGE_UNAVAILABLE',
    `${name}: ${file.meaning} has schema version ${schemaVersion}, this program knows ${knownVersion} at most: start the ` +
      "version that wrote it, or restore the stage's data from a backup of this one",
    { file: name, schemaVersion, knownVersion },
  );
}

/** No error, as a copy says whose first step met a transaction; busy; locked. */
const OF_THE_MOMENT: ReadonlySet<number> = new Set([0, 5, 6]);

/** Whether an error of SQLite says nothing of the file, but that something else was under way. */
export function isOfTheMoment(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && OF_THE_MOMENT.has(Number(error.errcode) & 0xff);
}

/**
 * What an error met at a file means to a caller: STORAGE_FULL, STORAGE_UNAVAILABLE or STORAGE_CORRUPT, naming the file. An
 * error of the contract, and one that has nothing to do with the file, comes back as it is.
 */
export function storageFault(file: NamedFile, error: unknown): unknown {
  if (error instanceof ContractError || !(error instanceof Error)) return error;
  const name = basename(file.path);
  const unavailable = (how: string) =>
    new ContractError('STORAGE_UNAVAILABLE', `${name}: ${file.meaning} ${how}`, { file: name }, error);

  if ('errcode' in error && typeof error.errcode === 'number') {
    const primary = error.errcode & 0xff;
    if (FAULTS_OF_OURS.has(primary)) return error;
    if (primary === FULL) return full(file, error);
    const isDamaged = error.errcode === SHORT_READ || error.errcode === CORRUPT_FILE_SYSTEM;
    const how = isDamaged ? undefined : OUT_OF_REACH[primary];
    return how === undefined ? corrupt(file, null, error.message, error) : unavailable(how);
  }
  // A number in the file that is larger than any that was written.
  if ('code' in error && error.code === 'ERR_OUT_OF_RANGE') return corrupt(file, null, error.message, error);
  if ('syscall' in error && 'code' in error) {
    return error.code === 'ENOSPC' || error.code === 'EDQUOT'
      ? full(file, error)
      : unavailable(`cannot be opened: ${error.code}`);
  }
  return error;
}

/** Whether a fault already named says that the file is not what this program writes, so that a derived one is made again. */
export function isDamage(fault: unknown): boolean {
  if (!(fault instanceof ContractError)) return false;
  if (fault.code === 'STORAGE_CORRUPT' || 'schemaVersion' in fault.details) return true;
  // A flipped bit in the header makes a file read-only; a folder that is so refuses the new file, too.
  const { cause } = fault;
  return cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === 8;
}
