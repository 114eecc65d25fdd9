import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** What HTTP calls a content coding: a way in which a body travels compressed. */
export interface ContentCoding {
  /** A stream that undoes it. */
  readonly decoder: () => Transform;
  /** All of a body at once, off the event loop: fast rather than small. */
  readonly encode: (body: string | Buffer) => Promise<Buffer>;
}

const { constants } = zlib;
const gzip = promisify<string | Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip);
const deflate = promisify<string | Buffer, zlib.ZlibOptions, Buffer>(zlib.deflate);
const brotli = promisify<string | Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress);
const zstd = promisify<string | Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);

/** Of nine; the library's own, 6, takes twice as long for a little less. */
const ZLIB = { level: 4 };
/** Of eleven; the library's own is the slowest. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
/** 2^23 bytes, which RFC 9659 bounds a window on the web to. By itself the library would hold 128 MiB for a body of a few bytes. */
const ZSTD_WINDOW = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

/** The content codings that are spoken here by their names, the better one first. */
export const CONTENT_CODINGS: Readonly<Record<string, ContentCoding>> = {
  zstd: { decoder: () => zlib.createZstdDecompress(ZSTD_WINDOW), encode: (body) => zstd(body, {}) },
  br: { decoder: () => zlib.createBrotliDecompress(), encode: (body) => brotli(body, BROTLI) },
  gzip: { decoder: () => zlib.createGunzip(), encode: (body) => gzip(body, ZLIB) },
  deflate: { decoder: () => zlib.createInflate(), encode: (body) => deflate(body, ZLIB) },
};

/** The content coding a request names, as in the table above; empty when it names none. */
export function contentCodingOf(header: string | undefined): string {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === 'x-gzip') return 'gzip';
  return name === 'identity' ? '' : name;
}
