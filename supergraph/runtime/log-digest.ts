import { hash as hashOf } from 'node:crypto';

/** Bytes of a digest, and of the hash of a fragment. */
const DIGEST_BYTES = 16;

/** The digest of a log without entries, the one that precedes position 0. */
export const EMPTY_LOG_DIGEST: Uint8Array = new Uint8Array(DIGEST_BYTES);

/** What the next digest is of; one for all, since it is made for every entry. */
const link = Buffer.alloc(2 * DIGEST_BYTES + 4);

/**
 * The digest of a session's log after one more entry: the first 16 bytes of
 * SHA-256(digest before, hash of the fragment as bytes, tokens as 4 bytes big-endian). Two logs with the same digest at a
 * position list the same fragments, in the same order, up to it.
 * @param before 16 bytes: the digest of the entry before, or EMPTY_LOG_DIGEST
 * @param hash the fragment's hash, 32 hex digits
 * @param tokens 0..2^32-1
 */
export function digestAfter(before: Uint8Array, hash: string, tokens: number): Buffer {
  link.set(before);
  link.write(hash, DIGEST_BYTES, 'hex');
  link.writeUInt32BE(tokens, 2 * DIGEST_BYTES);
  return hashOf('sha256', link, 'buffer').subarray(0, DIGEST_BYTES);
}
