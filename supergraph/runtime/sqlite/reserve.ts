import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRIVATE_FILE_MODE } from '../process/private-files.ts';

const LARGEST_BYTES = 2 * 1024 * 1024;
/** Of a small disk a small share. */
const SHARE_OF_DISK = 1 / 64;
const CHUNK_BYTES = 64 * 1024;

/** What others may leave of it, in reserves: one that was given up is not for them to take. */
const LEFT_BY_TRUTH = 2;
const LEFT_BY_DERIVED = 3;
/** A few pages: what most transactions need. */
const ROOM_WITHIN_BYTES = 32 * 1024;

/**
 * Room on the disk of a database for what makes room: a deletion has to be written, to the WAL and then to the file, before it
 * frees anything. Two things keep it. A file beside the database, `<path>-reserve`, that is given up when the disk is full,
 * whoever filled it. And `isLow`, by which other writes are refused while what is free would not do to take the WAL into the
 * file: pages in the WAL that make the file longer would otherwise be stuck there, and nothing could be scrubbed.
 */
export class Reserve {
  readonly #path: string;
  readonly #database: string;

  /** Makes the file where it is missing and the disk has the room. */
  constructor(database: string) {
    this.#database = database;
    this.#path = `${database}-reserve`;
    this.keep();
  }

  /**
   * Whether too little is free for a checkpoint, which may need as much as the WAL is long, or for another's deletion. A file that
   * has room within, of what was deleted, hardly grows: it may come nearer.
   */
  isLow(freeWithinBytes: () => number): boolean {
    const walBytes = statSync(`${this.#database}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const { freeBytes, reserveBytes } = diskOf(this.#database);
    if (freeBytes < walBytes) return true;
    return freeBytes < LEFT_BY_TRUTH * reserveBytes && freeWithinBytes() < ROOM_WITHIN_BYTES;
  }

  giveUp(): void {
    rmSync(this.#path, { force: true });
  }

  /** Makes the file again, or as much of it as there is room for. Never throws: without it, all else goes on. */
  keep(): void {
    try {
      const { freeBytes, reserveBytes } = diskOf(this.#database);
      const sizeBytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      if (sizeBytes < reserveBytes && freeBytes > 0) grow(this.#path, sizeBytes, reserveBytes);
    } catch {
      // As when others were faster: what has been written stays.
    }
  }
}

/** Whether the room that is left is not for what can be made again. */
export function isLowForDerived(database: string): boolean {
  const { freeBytes, reserveBytes } = diskOf(database);
  return freeBytes < LEFT_BY_DERIVED * reserveBytes;
}

/** So many bytes, or as much less as the disk is small. */
export function shareOfDisk(database: string, largestBytes: number): number {
  const { blocks, bsize } = statfsSync(dirname(database));
  return Math.min(largestBytes, Math.floor(blocks * bsize * SHARE_OF_DISK));
}

function diskOf(database: string): { readonly freeBytes: number; readonly reserveBytes: number } {
  const { bavail, blocks, bsize } = statfsSync(dirname(database));
  const reserveBytes = Math.min(LARGEST_BYTES, Math.floor(blocks * bsize * SHARE_OF_DISK));
  return { freeBytes: bavail * bsize, reserveBytes };
}

/** Random bytes: a file system that compresses would keep no room for others. */
function grow(path: string, fromBytes: number, toBytes: number): void {
  const file = openSync(path, 'a', PRIVATE_FILE_MODE);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = fromBytes; at < toBytes; at += CHUNK_BYTES)
      writeSync(file, randomFillSync(chunk), 0, Math.min(CHUNK_BYTES, toBytes - at));
  } finally {
    closeSync(file);
  }
}
