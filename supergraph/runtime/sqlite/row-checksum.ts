import { crc32 } from 'node:zlib';

/** What a column of a row may hold. */
export type Value = null | number | string | Uint8Array;

/** Longer bytes are not written out as digits, which takes longer than a second call of `crc32`. */
const SHORT_BYTES = 64;

/**
 * CRC-32 over the name of a table and the values of a row, in order. Values of different types, lengths or places never look
 * alike: scalars are a JSON list, in which bytes stand as a list of their own: of their digits, or of their length when they
 * are many and follow it.
 */
export function rowChecksum(table: string, values: readonly Value[]): number {
  const told: unknown[] = [table];
  let long: Uint8Array[] | null = null;
  for (const value of values) {
    if (typeof value !== 'object' || value === null) told.push(value);
    else if (value.length <= SHORT_BYTES) told.push([digits(value)]);
    else {
      told.push([value.length]);
      long ??= [];
      long.push(value);
    }
  }
  let checksum = crc32(JSON.stringify(told));
  for (const bytes of long ?? []) checksum = crc32(bytes, checksum);
  return checksum;
}

function digits(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
