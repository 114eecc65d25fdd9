import { constants, gunzipSync } from 'node:zlib';
import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { WINDOW_BITS } from './gzip-members.ts';

/** What stands before the bytes of a fragment: how they are packed, when it was stored first, how many there are. */
const CODEC = { plain: 0, gzip: 1 } as const;
const HEADER_BYTES = 11;
const CREATED_BYTES = 6;

/** The least that packing must save to be undone at every read. */
const LEAST_SAVED = 0.1;

export interface StoredFragment {
  /** The canonical bytes that its id is the keyed hash of. */
  readonly body: Buffer;
  readonly createdAtMs: number;
}

/** A value and the key it is kept under. */
export interface KeptFragment {
  readonly key: string;
  readonly sealed: Uint8Array;
}

interface Packed {
  readonly at: number;
  readonly bytes: Buffer;
  readonly length: number;
  readonly createdAtMs: number;
}

/**
 * A fragment at rest: the checked header, then its canonical bytes, as gzip (DEFLATE) where that makes them a tenth smaller at least.
 * Tokens and kind stand in those bytes, which the id vouches for.
 * @param packed the body as a member of gzip
 */
export function sealFragment(
  key: string,
  { body, packed, createdAtMs }: { body: Uint8Array; packed: Uint8Array; createdAtMs: number },
): Buffer {
  const isPacked = packed.length <= body.length * (1 - LEAST_SAVED);
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = isPacked ? CODEC.gzip : CODEC.plain;
  header.writeUIntBE(createdAtMs, 1, CREATED_BYTES);
  header.writeUInt32BE(body.length, 1 + CREATED_BYTES);
  return sealValue(key, Buffer.concat([header, isPacked ? packed : body]));
}

/**
 * What was sealed, in order; null for what was not sealed here, or is not as it was. All at once, since setting up takes as long as
 * unpacking one: members of gzip that stand one behind the other are unpacked as one.
 */
export function openFragments(kept: readonly KeptFragment[]): (StoredFragment | null)[] {
  const opened: (StoredFragment | null)[] = kept.map(() => null);
  const packed: Packed[] = [];
  for (const [at, { key, sealed }] of kept.entries()) {
    const value = wholeValue(key, sealed);
    if (value === null) continue;
    const createdAtMs = value.readUIntBE(1, CREATED_BYTES);
    const length = value.readUInt32BE(1 + CREATED_BYTES);
    const bytes = value.subarray(HEADER_BYTES);
    if (value[0] === CODEC.gzip) packed.push({ at, bytes, length, createdAtMs });
    else if (value[0] === CODEC.plain && bytes.length === length) opened[at] = { body: bytes, createdAtMs };
  }
  for (const one of unpacked(packed)) opened[one.at] = one;
  return opened;
}

/** Null for one that is not as it was. */
function wholeValue(key: string, sealed: Uint8Array): Buffer | null {
  try {
    const value = openValue(key, sealed);
    return value.length < HEADER_BYTES ? null : value;
  } catch {
    return null;
  }
}

/** Those that can be unpacked: of several together all, or each by itself where one of them is the fault. */
function* unpacked(packed: readonly Packed[]): Generator<StoredFragment & { readonly at: number }> {
  if (packed.length === 0) return;
  const length = packed.reduce((sum, one) => sum + one.length, 0);
  const bodies = unpack(Buffer.concat(packed.map(({ bytes }) => bytes)), length);
  if (bodies === null) {
    if (packed.length > 1) for (const one of packed) yield* unpacked([one]);
    return;
  }
  let from = 0;
  for (const { at, length: own, createdAtMs } of packed) {
    yield { at, body: bodies.subarray(from, from + own), createdAtMs };
    from += own;
  }
}

function unpack(bytes: Buffer, length: number): Buffer | null {
  try {
    const chunkSize = Math.max(constants.Z_MIN_CHUNK, length + 1);
    const body = gunzipSync(bytes, { windowBits: WINDOW_BITS, chunkSize, maxOutputLength: Math.max(1, length) });
    return body.length === length ? body : null;
  } catch {
    return null;
  }
}
