import { crc32 } from 'node:zlib';
import type { Role, Source } from '@supercontext/contract';
import { damagedValue } from '@supercontext/runtime/redis/checked-value.ts';
import type { EntryRow } from './schema.ts';

/**
 * An entry as it is kept, so long for each, with a checksum of its own that holds for its place alone. Numbers are big-endian, and
 * those that may be absent one more than they are:
 *
 *     0 hash (16) · 16 digest (16) · 32 tokens (4) · 36 role (1) · 37 kind (1) · 38 is an answer (1) · 39 zero (1)
 *     40 chat tokens before (6) · 46 turn (4) · 50 facts (5) · 55 item (5) · 60 CRC-32 of the place and the bytes before (4)
 */
export const RECORD_BYTES = 64;

const HASH_BYTES = 16;

// Added to, never renumbered: the numbers are what is kept.
const ROLES = { system: 0, user: 1, assistant: 2, tool: 3, document: 4 } as const satisfies Record<Role, number>;
const KINDS = { file: 0, text: 1, chat: 2 } as const satisfies Record<Source['kind'], number>;
const ROLE_NAMES = Object.keys(ROLES) as Role[];
const KIND_NAMES = Object.keys(KINDS) as Source['kind'][];

/** @param place the session's key */
export function encodeEntry(place: string, row: EntryRow): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.set(row.hash);
  bytes.set(row.digest, HASH_BYTES);
  bytes.writeUInt32BE(row.tokens, 32);
  bytes[36] = ROLES[row.role];
  bytes[37] = KINDS[row.kind];
  bytes[38] = row.is_answer;
  bytes.writeUIntBE(row.chat_tokens_before, 40, 6);
  bytes.writeUInt32BE(row.turn === null ? 0 : row.turn + 1, 46);
  bytes.writeUIntBE(row.facts === null ? 0 : row.facts + 1, 50, 5);
  bytes.writeUIntBE(row.item === null ? 0 : row.item + 1, 55, 5);
  bytes.writeUInt32BE(checksum(place, row.position, bytes), 60);
  return bytes;
}

/**
 * @param record RECORD_BYTES
 * @throws ContractError STORAGE_CORRUPT naming place and position
 */
export function decodeEntry(place: string, position: number, record: Buffer): EntryRow {
  const role = ROLE_NAMES[record[36] as number];
  const kind = KIND_NAMES[record[37] as number];
  const isWhole = record.length === RECORD_BYTES && record.readUInt32BE(60) === checksum(place, position, record);
  if (!isWhole || role === undefined || kind === undefined) {
    throw damagedValue(`${place} position ${position}`, 'its checksum does not hold');
  }
  return {
    session: 0,
    position,
    hash: record.subarray(0, HASH_BYTES),
    digest: record.subarray(HASH_BYTES, 2 * HASH_BYTES),
    tokens: record.readUInt32BE(32),
    role,
    kind,
    is_answer: record[38] as number,
    chat_tokens_before: record.readUIntBE(40, 6),
    turn: absentOr(record.readUInt32BE(46)),
    facts: absentOr(record.readUIntBE(50, 5)),
    item: absentOr(record.readUIntBE(55, 5)),
  };
}

/** The hash in a record, whatever else is in it. */
export function hashIn(record: Buffer): string {
  return record.toString('hex', 0, HASH_BYTES);
}

function absentOr(number: number): number | null {
  return number === 0 ? null : number - 1;
}

function checksum(place: string, position: number, record: Buffer): number {
  return crc32(record.subarray(0, 60), crc32(`${place} ${position}`));
}

/** Which selections of entries one belongs to, as a byte of the session's marks. */
export const MARKS = { chat: 1, assistant: 2, system: 4 } as const;

export function markOf({ role, kind }: Pick<EntryRow, 'role' | 'kind'>): number {
  const isChat = kind === 'chat';
  return (
    (isChat ? MARKS.chat : 0) |
    (isChat && role === 'assistant' ? MARKS.assistant : 0) |
    (role === 'system' ? MARKS.system : 0)
  );
}
