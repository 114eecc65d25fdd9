import type { SignSource } from './stored-vectors.ts';
import type { HeldFragment } from './vector-index.ts';

/** Positions of a log that one segment covers; it begins at a multiple of it. */
export const SEGMENT_POSITIONS = 256;

/** Of how a segment lies at rest: those of another version are made again. */
const VERSION = 1;
const HEADER_BYTES = 8;
const HASH_BYTES = 16;
/** Place within the segment, windows, hash. */
const ENTRY_BYTES = 2 + 1 + HASH_BYTES;
const WORD_BYTES = 4;

/** A fragment, and the signs of its windows. */
export interface SignedFragment extends HeldFragment {
  readonly vectors: SignSource;
}

/**
 * The signs of all fragments of a stretch of a log, for whoever opens it: a fifteenth of the vectors they are of.
 *
 *   version (1 byte), nothing (1), dimensions (2), fragments (2), nothing (2) | of each fragment its place (2), windows (1), hash (16)
 *   | the signs of all windows, in that order; numbers little end first
 */
export function encodeSegment(start: number, dimensions: number, fragments: readonly SignedFragment[]): Uint8Array {
  const words = dimensions / 32;
  const windows = fragments.reduce((sum, { vectors }) => sum + vectors.windows, 0);
  const signsFrom = HEADER_BYTES + fragments.length * ENTRY_BYTES;
  const bytes = new Uint8Array(signsFrom + windows * words * WORD_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  view.setUint16(2, dimensions, true);
  view.setUint16(4, fragments.length, true);
  const signs = new Uint32Array(words);
  let to = signsFrom;
  for (const [at, { position, hash, vectors }] of fragments.entries()) {
    const entry = HEADER_BYTES + at * ENTRY_BYTES;
    view.setUint16(entry, position - start, true);
    bytes[entry + 2] = vectors.windows;
    bytes.set(Buffer.from(hash, 'hex'), entry + 3);
    for (let window = 0; window < vectors.windows; window++) {
      vectors.writeSigns(window, signs, 0);
      for (const word of signs) {
        view.setUint32(to, word, true);
        to += WORD_BYTES;
      }
    }
  }
  return bytes;
}

/** Null for bytes of another version, of other dimensions, or of another length than they say. */
export function openSegment(bytes: Uint8Array, start: number, dimensions: number): readonly SignedFragment[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER_BYTES || bytes[0] !== VERSION || view.getUint16(2, true) !== dimensions) return null;
  const count = view.getUint16(4, true);
  const words = dimensions / 32;
  const fragments: SignedFragment[] = [];
  let signsFrom = HEADER_BYTES + count * ENTRY_BYTES;
  if (signsFrom > bytes.byteLength) return null;
  for (let at = 0; at < count; at++) {
    const entry = HEADER_BYTES + at * ENTRY_BYTES;
    const windows = bytes[entry + 2] as number;
    const from = signsFrom;
    signsFrom += windows * words * WORD_BYTES;
    fragments.push({
      position: start + view.getUint16(entry, true),
      hash: Buffer.from(bytes.subarray(entry + 3, entry + ENTRY_BYTES)).toString('hex'),
      vectors: {
        windows,
        writeSigns(window, into, to) {
          for (let word = 0; word < words; word++) {
            into[to + word] = view.getUint32(from + (window * words + word) * WORD_BYTES, true);
          }
        },
      },
    });
  }
  return signsFrom === bytes.byteLength ? fragments : null;
}
