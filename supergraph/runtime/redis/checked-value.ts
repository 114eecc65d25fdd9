import { crc32 } from 'node:zlib';
import { ContractError } from '@supercontext/contract';

/** The form of the header: one byte for it, four for the checksum. */
const FORM = 1;
const HEADER_BYTES = 5;

/**
 * A value as it is kept: its form and a CRC-32 over the name of its place and its bytes, then the bytes, so that what is flipped,
 * cut, or moved to another place is known for that.
 * @param place The key, and what in it: the same for `openValue`
 */
export function sealValue(place: string, value: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(HEADER_BYTES + value.length);
  sealed[0] = FORM;
  sealed.set(value, HEADER_BYTES);
  sealed.writeUInt32BE(checksum(place, value), 1);
  return sealed;
}

/** @throws ContractError STORAGE_CORRUPT naming the place */
export function openValue(place: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const value = bytes.subarray(HEADER_BYTES);
  if (bytes.length < HEADER_BYTES || bytes[0] !== FORM) throw damagedValue(place, 'it is no value of this program');
  if (bytes.readUInt32BE(1) !== checksum(place, value)) throw damagedValue(place, 'its checksum does not hold');
  return value;
}

/** What is to be thrown for a value that is missing or cannot be right. */
export function damagedValue(place: string, why: string): ContractError {
  return new ContractError('STORAGE_CORRUPT', `Redis, ${place}: what is kept is damaged there: ${why}`, { row: place });
}

/** Whether something says that a value is damaged, or of another type than what this program writes there. */
export function isDamagedValue(error: unknown): error is ContractError {
  return error instanceof ContractError && error.code === 'STORAGE_CORRUPT';
}

function checksum(place: string, value: Uint8Array): number {
  return crc32(value, crc32(`${place}\n`));
}
