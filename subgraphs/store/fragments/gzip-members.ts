import { constants, crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';

/** A small window and table: of 1.5 KB it packs as tightly as the default, and faster. */
export const WINDOW_BITS = 12;
const PACKING = { level: constants.Z_BEST_SPEED, windowBits: WINDOW_BITS, memLevel: 5 } as const;
const CHUNK_BYTES = 64 * 1024;
/** DEFLATE, without a name or a time, packed at the fastest level, on an unknown system. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
/** An empty last block. */
const END = Buffer.from([3, 0]);
const TRAILER_BYTES = 8;

/** Contents packed at a time, of the four threads of the pool; each waits for a thread, so that one after the other takes longer. */
const LANES = 3;

/**
 * Packs contents by the thousand, each as a member of gzip (RFC 1952) that can be unpacked by itself, on threads of the pool.
 * `gzipSync` makes a stream with native memory for each, and those are what the collector then holds up an append for.
 */
export class GzipMembers {
  readonly #lanes = Array.from({ length: LANES }, () => new Lane());
  #next = 0;

  /** @param content not to be changed until its member is there */
  pack(content: Uint8Array): Promise<Buffer> {
    const lane = this.#lanes[this.#next] as Lane;
    this.#next = (this.#next + 1) % LANES;
    return lane.pack(content);
  }
}

/** One deflater for all, flushed fully behind each ("full flush" of zlib): what follows refers to nothing before. */
class Lane {
  #deflate: DeflateRaw | null = null;
  /** What came of the content that is under way. */
  #chunks: Buffer[] = [];

  pack(content: Uint8Array): Promise<Buffer> {
    this.#deflate ??= this.#open();
    const deflate = this.#deflate;
    return new Promise((resolve, reject) => {
      deflate.write(content, (error) => {
        if (error) reject(error);
        else resolve(member(content, this.#chunks.splice(0)));
      });
    });
  }

  #open(): DeflateRaw {
    const deflate = createDeflateRaw({ ...PACKING, flush: constants.Z_FULL_FLUSH, chunkSize: CHUNK_BYTES });
    deflate.on('data', (chunk: Buffer) => void this.#chunks.push(chunk));
    // Those who wait are told by their own call; the next one has another.
    deflate.on('error', () => {
      this.#deflate = null;
      this.#chunks = [];
    });
    return deflate;
  }
}

function member(content: Uint8Array, chunks: readonly Buffer[]): Buffer {
  const trailer = Buffer.allocUnsafe(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([HEAD, ...chunks, END, trailer]);
}
