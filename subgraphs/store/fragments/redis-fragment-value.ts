import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';

/** What stands before the bytes of a fragment: how they are packed, when it was stored first, how many there are. */
const CODEC = { plain: 0, deflate: 1 } as const;
const HEADER_BYTES = 11;
const CREATED_BYTES = 6;

/** Small memory, since it is set up anew for every fragment: of 1.5 KB it packs as tightly as the default, and faster. */
const PACKING = { level: constants.Z_BEST_SPEED, windowBits: 12, memLevel: 5 } as const;
/** The least that packing must save to be undone at every read. */
const LEAST_SAVED = 0.1;
/** No fragment is larger: a damaged length makes no room for more. */
const MAXIMUM_BYTES = 32 * 1024 * 1024;

export interface StoredFragment {
  /** The canonical bytes that its id is the keyed hash of. */
  readonly body: Buffer;
  readonly createdAtMs: number;
}

/**
 * A fragment at rest: the checked header, then its canonical bytes, by DEFLATE where that makes them a tenth smaller at least.
 * Tokens and kind stand in those bytes, which the id vouches for.
 */
export function sealFragment(key: string, { body, createdAtMs }: { body: Uint8Array; createdAtMs: number }): Buffer {
  const packed = deflateRawSync(body, PACKING);
  const isPacked = packed.length <= body.length * (1 - LEAST_SAVED);
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = isPacked ? CODEC.deflate : CODEC.plain;
  header.writeUIntBE(createdAtMs, 1, CREATED_BYTES);
  header.writeUInt32BE(body.length, 1 + CREATED_BYTES);
  return sealValue(key, Buffer.concat([header, isPacked ? packed : body]));
}

/** Null for what was not sealed here, or is not as it was. */
export function openFragment(key: string, sealed: Uint8Array): StoredFragment | null {
  try {
    const value = openValue(key, sealed);
    const length = value.readUInt32BE(1 + CREATED_BYTES);
    const packed = value.subarray(HEADER_BYTES);
    const body = value[0] === CODEC.deflate ? unpack(packed, length) : packed;
    const isWhole = (value[0] === CODEC.deflate || value[0] === CODEC.plain) && body.length === length;
    return isWhole ? { body, createdAtMs: value.readUIntBE(1, CREATED_BYTES) } : null;
  } catch {
    return null;
  }
}

function unpack(packed: Buffer, length: number): Buffer {
  const chunkSize = Math.min(Math.max(constants.Z_MIN_CHUNK, length), MAXIMUM_BYTES);
  return inflateRawSync(packed, { windowBits: PACKING.windowBits, chunkSize, maxOutputLength: MAXIMUM_BYTES });
}
