import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, statfsSync, statSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRIVATE_FILE_MODE } from '../process/private-files.ts';

const LARGEST_BYTES = 2 * 1024 * 1024;
/** Of a small disk a small share. */
const SHARE_OF_DISK = 1 / 64;
/** The same again and again, longer than what a file system compresses as one. */
const NOISE_BYTES = 512 * 1024;
let noise: Buffer | null = null;

/** What others may leave of it, in reserves: one that was given up is not for them to take. */
const LEFT_BY_TRUTH = 2;
const LEFT_BY_DERIVED = 3;
/** A few pages: what most transactions need. */
const ROOM_WITHIN_BYTES = 32 * 1024;

/**
 * Room on the disk of a database for what makes room: a deletion has to be written, to the WAL and then to the file, before it
 * frees anything. Two things keep it. A file beside the database, `<path>-reserve`, that is given up when the disk is full,
 * whoever filled it: as long as the WAL and somewhat longer, since taking the WAL in may make the database as much longer. And
 * `isLow`, by which other writes are refused while what is free, or what others left, would not do for that.
 */
export class Reserve {
  readonly #path: string;
  readonly #database: string;
  readonly #beyondWalBytes: number;
  /** What the file is known to hold. */
  #keptBytes = 0;

  /** Makes the file where it is missing and the disk has the room. */
  constructor(database: string) {
    this.#database = database;
    this.#path = `${database}-reserve`;
    this.#beyondWalBytes = diskOf(database).reserveBytes;
    this.keep();
  }

  /**
   * Whether too little is kept for a checkpoint, or too little is free for another's deletion. A file that has room within, of
   * what was deleted, hardly grows: it may come nearer.
   */
  isLow(freeWithinBytes: () => number): boolean {
    if (!this.covers()) return true;
    const { freeBytes, reserveBytes } = diskOf(this.#database);
    return freeBytes < LEFT_BY_TRUTH * reserveBytes && freeWithinBytes() < ROOM_WITHIN_BYTES;
  }

  giveUp(): void {
    rmSync(this.#path, { force: true });
    this.#keptBytes = 0;
  }

  /** Whether the file is as long as the WAL; makes it longer where it is not and the disk has the room. */
  covers(): boolean {
    const walBytes = this.#walBytes();
    if (this.#keptBytes < walBytes) this.keep();
    return this.#keptBytes >= walBytes;
  }

  /** Makes the file again as long as it should be, or as there is room for. Never throws: without it, all else goes on. */
  keep(): void {
    const wantedBytes = this.#walBytes() + this.#beyondWalBytes;
    try {
      this.#keptBytes = sizeOf(this.#path);
      if (this.#keptBytes > wantedBytes) truncateSync(this.#path, wantedBytes);
      else if (this.#keptBytes < wantedBytes)
        grow(this.#path, this.#keptBytes, Math.min(wantedBytes, this.#mostBytes()));
    } catch {
      // As when others were faster: what has been written stays.
    }
    this.#keptBytes = sizeOf(this.#path);
  }

  /** What is for the WAL leaves others room for their deletions. */
  #mostBytes(): number {
    const { freeBytes, reserveBytes } = diskOf(this.#database);
    return Math.max(reserveBytes, this.#keptBytes + freeBytes - LEFT_BY_TRUTH * reserveBytes);
  }

  #walBytes(): number {
    return sizeOf(`${this.#database}-wal`);
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

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Random bytes: a file system that compresses would keep no room for others. */
function grow(path: string, fromBytes: number, toBytes: number): void {
  const file = openSync(path, 'a', PRIVATE_FILE_MODE);
  try {
    noise ??= randomBytes(NOISE_BYTES);
    for (let at = fromBytes; at < toBytes; ) at += writeSync(file, noise, 0, Math.min(NOISE_BYTES, toBytes - at));
  } finally {
    closeSync(file);
  }
}
