import { crc32 } from 'node:zlib';

/** What a column of a row may hold. */
export type Value = null | number | string | Uint8Array;

const NULL = 0;
const NUMBER = 1;
const TEXT = 2;
const BYTES = 3;
const FOREIGN = 4;

/** A value's kind, and its length or the number itself. */
const LARGEST_HEAD_BYTES = 9;
const MOST_UTF8_BYTES_A_UNIT = 3;
const scratch = Buffer.allocUnsafe(4_096);
const view = new DataView(scratch.buffer, scratch.byteOffset, scratch.byteLength);

/**
 * CRC-32 over the name of a table and the values of a row, in order. Each value is told by its kind and its length, so that
 * values of different types, lengths or places never look alike. Called for every row that is read or written: hence one
 * scratch for all, and bytes rather than JSON.
 */
export function rowChecksum(table: string, values: readonly Value[]): number {
  let checksum = 0;
  let end = text(table, 0);
  for (const value of values) {
    if (end + LARGEST_HEAD_BYTES > scratch.length) {
      checksum = crc32(scratch.subarray(0, end), checksum);
      end = 0;
    }
    if (typeof value === 'number') {
      scratch[end] = NUMBER;
      view.setFloat64(end + 1, value);
      end += 9;
    } else if (value === null) {
      scratch[end++] = NULL;
    } else if (typeof value === 'string') {
      if (value.length * MOST_UTF8_BYTES_A_UNIT <= scratch.length - end - LARGEST_HEAD_BYTES) {
        end = text(value, end);
      } else {
        const bytes = Buffer.from(value, 'utf8');
        checksum = crc32(bytes, crc32(scratch.subarray(0, head(TEXT, bytes.length, end)), checksum));
        end = 0;
      }
    } else if (value instanceof Uint8Array) {
      const start = head(BYTES, value.length, end);
      if (value.length <= scratch.length - start) {
        scratch.set(value, start);
        end = start + value.length;
      } else {
        checksum = crc32(value, crc32(scratch.subarray(0, start), checksum));
        end = 0;
      }
    } else {
      // A column that is not there at all, as in a row of another shape.
      scratch[end++] = FOREIGN;
    }
  }
  return crc32(scratch.subarray(0, end), checksum);
}

/** Writes kind and length at `at`; where the value begins. */
function head(kind: number, lengthBytes: number, at: number): number {
  scratch[at] = kind;
  view.setUint32(at + 1, lengthBytes);
  return at + 5;
}

/** Writes a text that fits; where it ends. */
function text(value: string, at: number): number {
  const lengthBytes = scratch.write(value, at + 5, 'utf8');
  head(TEXT, lengthBytes, at);
  return at + 5 + lengthBytes;
}
