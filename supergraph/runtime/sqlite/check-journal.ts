import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { corrupt, type NamedFile } from './storage-fault.ts';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SUMMED_OF_FRAME_HEADER_BYTES = 8;
/** The lowest bit says in which order the checksums read their words. */
const MAGIC = 0x377f0682;

/**
 * Looks through the WAL that a killed process left. SQLite takes a frame whose checksum fails for the end of the log, which is
 * right for the last transaction, torn by a power loss, and drops acknowledged ones when a bit has flipped before them. Where
 * every commit waits for the disk, a frame before another transaction's was whole once: if it is not, it is damage. (What
 * befalls the last transaction cannot be told from tearing.)
 *
 * Layout: header [magic, version, page size, count, salt 1, salt 2, checksum 1, checksum 2], then frames of
 * [page, size of the database at a commit or 0, salt 1, salt 2, checksum 1, checksum 2, bytes of the page].
 * @throws ContractError STORAGE_CORRUPT; errors of the file system
 */
export function checkJournal(file: NamedFile): void {
  const path = `${file.path}-wal`;
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= HEADER_BYTES) return;
  const journal = openSync(path, 'r');
  try {
    const damage = firstDamage(journal, fstatSync(journal).size);
    if (damage !== null) throw corrupt({ ...file, path }, null, damage);
  } finally {
    closeSync(journal);
  }
}

function firstDamage(journal: number, sizeBytes: number): string | null {
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(journal, header, 0, HEADER_BYTES, 0);
  const magic = header.readUInt32BE(0);
  const pageBytes = header.readUInt32BE(8);
  const isBigEndian = (magic & 1) === 1;
  const salts = header.subarray(16, 24);
  let sums = checksum([0, 0], header.subarray(0, 24), isBigEndian);
  if ((magic & ~1) >>> 0 !== MAGIC || !isSum(header, 24, sums)) return 'its header does not hold';
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const frame = Buffer.alloc(frameBytes);
  let broken: number | null = null;
  let commitsAfter = 0;
  for (let at = HEADER_BYTES, number = 0; at + frameBytes <= sizeBytes; at += frameBytes, number++) {
    readSync(journal, frame, 0, frameBytes, at);
    // Frames of a former round of the log have other salts.
    const isOfRound = frame.subarray(8, 16).equals(salts);
    if (broken === null) {
      sums = checksum(sums, frame.subarray(0, SUMMED_OF_FRAME_HEADER_BYTES), isBigEndian);
      sums = checksum(sums, frame.subarray(FRAME_HEADER_BYTES), isBigEndian);
      if (isOfRound && isSum(frame, 16, sums)) continue;
      broken = number;
    }
    if (isOfRound && frame.readUInt32BE(4) !== 0) commitsAfter++;
  }
  // One is that of the transaction that may have been torn.
  return commitsAfter > 1 ? `frame ${broken} does not hold, and acknowledged ones come after it` : null;
}

type Sums = readonly [number, number];

function checksum([first, second]: Sums, bytes: Buffer, isBigEndian: boolean): Sums {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let one = first;
  let two = second;
  for (let at = 0; at < words.byteLength; at += 8) {
    one = (one + words.getUint32(at, !isBigEndian) + two) >>> 0;
    two = (two + words.getUint32(at + 4, !isBigEndian) + one) >>> 0;
  }
  return [one, two];
}

function isSum(bytes: Buffer, at: number, [one, two]: Sums): boolean {
  return bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two;
}
