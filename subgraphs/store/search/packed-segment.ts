import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { openSegment, type Segment } from './segment.ts';

/** Of a segment of as many fragments as there may be in one, all of them as large as can be. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;
/** What a frame of Zstandard begins with. */
const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** A segment at rest: its bytes as a frame of Zstandard, of which they take three fifths. Off the event loop. */
export function packSegment({ bytes }: Segment): Promise<Buffer> {
  return compress(bytes);
}

/**
 * Opens what `packSegment` made, or the bytes of a segment themselves, as they lay there once. Null for what is neither, or of another
 * version of the index.
 */
export async function unpackSegment(packed: Uint8Array): Promise<Segment | null> {
  if (!FRAME.equals(packed.subarray(0, FRAME.length))) return openSegment(asBytes(packed));
  try {
    return openSegment(asBytes(await decompress(packed, { maxOutputLength: MAXIMUM_BYTES })));
  } catch {
    return null;
  }
}

/** A view that copies when it is sliced: a Buffer does not. */
function asBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
