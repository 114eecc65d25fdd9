import { bytesOfToken } from './byte-alphabet.ts';
import { BLANK } from './encode-pieces.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The bytes that each token stands for, one after another, and where each begins; one more offset says where the last one ends.
 * In shared memory: threads have it without a copy of a hundred thousand strings.
 */
export interface TokenTable {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly offsets: Uint32Array<SharedArrayBuffer>;
}

const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;

/** Of a whole vocabulary; a control token stands for nothing. */
export function tokenTable({
  tokens,
  control,
  pieces: { kind },
}: Pick<Vocabulary, 'tokens' | 'control'> & { readonly pieces: Pick<Vocabulary['pieces'], 'kind'> }): TokenTable {
  const silent = new Set(control);
  const read = kind === 'merged' ? bytesOfToken : bytesOfPiece;
  const parts = tokens.map((token, id) => (silent.has(id) ? new Uint8Array(0) : read(token)));
  const sizeBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const table: TokenTable = {
    bytes: new Uint8Array(new SharedArrayBuffer(sizeBytes)),
    offsets: new Uint32Array(new SharedArrayBuffer((tokens.length + 1) * Uint32Array.BYTES_PER_ELEMENT)),
  };
  let at = 0;
  parts.forEach((part, id) => {
    table.bytes.set(part, at);
    at += part.byteLength;
    table.offsets[id + 1] = at;
  });
  return table;
}

/** Token ids back to the bytes they stand for. */
export class TokenBytes {
  readonly #table: TokenTable;

  constructor(table: TokenTable) {
    this.#table = table;
  }

  /** A copy: decoders of text take none of shared memory. */
  bytes(id: number): Uint8Array {
    const { bytes, offsets } = this.#table;
    return Uint8Array.from(bytes.subarray(offsets[id] ?? 0, offsets[id + 1] ?? 0));
  }

  /** The text of a whole sequence. */
  decode(ids: readonly number[]): string {
    return Buffer.concat(ids.map((id) => this.bytes(id))).toString('utf8');
  }
}

function bytesOfPiece(token: string): Uint8Array {
  const byte = BYTE_TOKEN.exec(token)?.[1];
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  return Buffer.from(token.replaceAll(BLANK, ' '), 'utf8');
}
