import type { LogEntry } from './fragment-store.ts';
import { endAfter, type LogEnd, NO_END } from './log-rules.ts';

/** Entries in one field of the copy. */
export const CHUNK_ENTRIES = 64;

const HASH_BYTES = 16;
const DIGEST_BYTES = 16;
const TOKENS_BYTES = 4;
const SUM_BYTES = 8;
const POSITION_BYTES = 6;
/** An entry: the hash of its fragment, its tokens. */
const RECORD_BYTES = HASH_BYTES + TOKENS_BYTES;
/** An end: length of the log, tokens, digest. */
const END_BYTES = POSITION_BYTES + SUM_BYTES + DIGEST_BYTES;
/** Of a head, before the digest of what is withdrawn: its end, its revision, whether any wait, the length of that digest. */
const ABOUT_BYTES = END_BYTES + POSITION_BYTES + 2;

/** A stretch of a copy that begins at a multiple of CHUNK_ENTRIES, and the end of what lies before it. */
export interface Chunk {
  readonly before: LogEnd;
  readonly entries: readonly LogEntry[];
}

/** What a copy begins with: all that an append must know of it. */
export interface LogHead {
  /** Grows with every change, so that no two heads are the same: what waits, say, stands in none of their other fields. */
  readonly revision: number;
  readonly end: LogEnd;
  /** The last stretch, with less than CHUNK_ENTRIES entries. */
  readonly tail: Chunk;
  /** Whether entries wait beyond a gap. */
  readonly isWaiting: boolean;
  /** Of what is withdrawn; empty for nothing. */
  readonly withdrawnDigest: string;
}

export const NO_HEAD: LogHead = {
  revision: 0,
  end: NO_END,
  tail: { before: NO_END, entries: [] },
  isWaiting: false,
  withdrawnDigest: '',
};

/** The number of the stretch that has a position. */
export function chunkOf(position: number): number {
  return Math.floor(position / CHUNK_ENTRIES);
}

/** A head with more entries, those that follow; the stretches that are full by that, and their numbers. */
export function grow(
  { end, tail }: Pick<LogHead, 'end' | 'tail'>,
  entries: Iterable<LogEntry>,
): { readonly end: LogEnd; readonly tail: Chunk; readonly full: ReadonlyMap<number, Chunk> } {
  const full = new Map<number, Chunk>();
  let last = end;
  let { before } = tail;
  let listed = [...tail.entries];
  for (const entry of entries) {
    last = endAfter(last, entry);
    listed.push(entry);
    if (listed.length < CHUNK_ENTRIES) continue;
    full.set(chunkOf(entry.position), { before, entries: listed });
    before = last;
    listed = [];
  }
  return { end: last, tail: { before, entries: listed }, full };
}

/** The end of a stretch through a position in it, or through the one before it. */
export function endWithin({ before, entries }: Chunk, through: number): LogEnd {
  let end = before;
  for (const entry of entries) {
    if (entry.position > through) break;
    end = endAfter(end, entry);
  }
  return end;
}

export function encodeChunk({ before, entries }: Chunk): Buffer {
  const bytes = Buffer.alloc(END_BYTES + entries.length * RECORD_BYTES);
  writeEnd(bytes, 0, before);
  for (const [at, entry] of entries.entries()) writeRecord(bytes, END_BYTES + at * RECORD_BYTES, entry);
  return bytes;
}

/** @throws RangeError for bytes that are of another form */
export function decodeChunk(bytes: Buffer): Chunk {
  const before = readEnd(bytes, 0);
  const count = (bytes.length - END_BYTES) / RECORD_BYTES;
  if (!Number.isInteger(count) || count > CHUNK_ENTRIES) throw new RangeError('no stretch of a log');
  const entries = Array.from({ length: count }, (_, at) =>
    readRecord(bytes, END_BYTES + at * RECORD_BYTES, before.through + 1 + at),
  );
  return { before, entries };
}

export function encodeHead({ revision, end, tail, isWaiting, withdrawnDigest }: LogHead): Buffer {
  const digest = Buffer.from(withdrawnDigest, 'latin1');
  const about = Buffer.alloc(ABOUT_BYTES);
  writeEnd(about, 0, end);
  about.writeUIntBE(revision, END_BYTES, POSITION_BYTES);
  about[ABOUT_BYTES - 2] = isWaiting ? 1 : 0;
  about[ABOUT_BYTES - 1] = digest.length;
  return Buffer.concat([about, digest, encodeChunk(tail)]);
}

/** @throws RangeError for bytes that are of another form */
export function decodeHead(bytes: Buffer): LogHead {
  const end = readEnd(bytes, 0);
  const digestEnd = ABOUT_BYTES + bytes.readUInt8(ABOUT_BYTES - 1);
  return {
    revision: bytes.readUIntBE(END_BYTES, POSITION_BYTES),
    end,
    isWaiting: bytes[ABOUT_BYTES - 2] === 1,
    withdrawnDigest: bytes.toString('latin1', ABOUT_BYTES, digestEnd),
    tail: decodeChunk(bytes.subarray(digestEnd)),
  };
}

/** Entries wherever they stand, each with its position. */
export function encodeWaiting(entries: readonly LogEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * (POSITION_BYTES + RECORD_BYTES));
  for (const [at, entry] of entries.entries()) {
    const from = at * (POSITION_BYTES + RECORD_BYTES);
    bytes.writeUIntBE(entry.position, from, POSITION_BYTES);
    writeRecord(bytes, from + POSITION_BYTES, entry);
  }
  return bytes;
}

export function decodeWaiting(bytes: Buffer): LogEntry[] {
  return Array.from({ length: Math.floor(bytes.length / (POSITION_BYTES + RECORD_BYTES)) }, (_, at) => {
    const from = at * (POSITION_BYTES + RECORD_BYTES);
    return readRecord(bytes, from + POSITION_BYTES, bytes.readUIntBE(from, POSITION_BYTES));
  });
}

function writeRecord(bytes: Buffer, at: number, { hash, tokens }: LogEntry): void {
  bytes.write(hash, at, 'hex');
  bytes.writeUInt32BE(tokens, at + HASH_BYTES);
}

function readRecord(bytes: Buffer, at: number, position: number): LogEntry {
  const hash = bytes.toString('hex', at, at + HASH_BYTES);
  return { position, hash, tokens: bytes.readUInt32BE(at + HASH_BYTES) };
}

function writeEnd(bytes: Buffer, at: number, { through, tokens, digest }: LogEnd): void {
  bytes.writeUIntBE(through + 1, at, POSITION_BYTES);
  bytes.writeDoubleBE(tokens, at + POSITION_BYTES);
  bytes.set(digest, at + POSITION_BYTES + SUM_BYTES);
}

function readEnd(bytes: Buffer, at: number): LogEnd {
  const digestAt = at + POSITION_BYTES + SUM_BYTES;
  return {
    through: bytes.readUIntBE(at, POSITION_BYTES) - 1,
    tokens: bytes.readDoubleBE(at + POSITION_BYTES),
    digest: bytes.subarray(digestAt, digestAt + DIGEST_BYTES),
  };
}
