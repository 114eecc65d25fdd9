import { halfToNumber } from './half-float.ts';
import type { AffineTypeName } from './tensor-types.ts';

/** Where blocks are unpacked to: 32 quants, one scale and one minimum each, `value = scale * quant + minimum`. */
export interface AffineTarget {
  readonly scales: Float32Array;
  readonly minimums: Float32Array;
  readonly quants: Uint8Array;
}

/** Reads what lies at `offset` of `bytes` into block `block` (of 32 values) and those after it. */
type Unpack = (bytes: Uint8Array, offset: number, block: number, target: AffineTarget) => void;

const UNPACK: Readonly<Record<AffineTypeName, Unpack>> = {
  Q4_0: unpackQ4,
  Q4_1: unpackQ4WithMinimum,
  Q5_0: unpackQ5,
  Q5_1: unpackQ5WithMinimum,
  Q8_0: unpackQ8,
  Q4_K: (bytes, offset, block, target) => unpackSuperblock(bytes, offset, block, target, 4),
  Q5_K: (bytes, offset, block, target) => unpackSuperblock(bytes, offset, block, target, 5),
};

/**
 * Unpacks `count` blocks of the file that begin at byte 0 of `bytes`, from the first block of `target` on. Exact: with 32-bit
 * arithmetic, `scale * quant + minimum` gives the very bits that the reference implementation of the format gives.
 */
export function unpackAffine(
  type: AffineTypeName,
  bytes: Uint8Array,
  { blockElements, blockBytes }: { readonly blockElements: number; readonly blockBytes: number },
  target: AffineTarget,
): void {
  const unpack = UNPACK[type];
  const step = blockElements / 32;
  for (let offset = 0, block = 0; offset < bytes.length; offset += blockBytes, block += step) {
    unpack(bytes, offset, block, target);
  }
}

function half(bytes: Uint8Array, offset: number): number {
  return halfToNumber((bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8));
}

/** Low half of each byte: the first 16 values; high half: the last 16. */
function unpackNibbles(bytes: Uint8Array, offset: number, quants: Uint8Array, start: number): void {
  for (let index = 0; index < 16; index++) {
    const pair = bytes[offset + index] ?? 0;
    quants[start + index] = pair & 15;
    quants[start + 16 + index] = pair >> 4;
  }
}

function unpackQ4(bytes: Uint8Array, offset: number, block: number, target: AffineTarget): void {
  const scale = half(bytes, offset);
  target.scales[block] = scale;
  target.minimums[block] = -8 * scale;
  unpackNibbles(bytes, offset + 2, target.quants, block * 32);
}

function unpackQ4WithMinimum(bytes: Uint8Array, offset: number, block: number, target: AffineTarget): void {
  target.scales[block] = half(bytes, offset);
  target.minimums[block] = half(bytes, offset + 2);
  unpackNibbles(bytes, offset + 4, target.quants, block * 32);
}

/** Four bytes hold the fifth bit of each value, then come the nibbles. */
function unpackFiveBits(bytes: Uint8Array, offset: number, quants: Uint8Array, start: number): void {
  unpackNibbles(bytes, offset + 4, quants, start);
  for (let index = 0; index < 32; index++) {
    const fifth = ((bytes[offset + (index >> 3)] ?? 0) >> (index & 7)) & 1;
    quants[start + index] = (quants[start + index] ?? 0) | (fifth << 4);
  }
}

function unpackQ5(bytes: Uint8Array, offset: number, block: number, target: AffineTarget): void {
  const scale = half(bytes, offset);
  target.scales[block] = scale;
  target.minimums[block] = -16 * scale;
  unpackFiveBits(bytes, offset + 2, target.quants, block * 32);
}

function unpackQ5WithMinimum(bytes: Uint8Array, offset: number, block: number, target: AffineTarget): void {
  target.scales[block] = half(bytes, offset);
  target.minimums[block] = half(bytes, offset + 2);
  unpackFiveBits(bytes, offset + 4, target.quants, block * 32);
}

function unpackQ8(bytes: Uint8Array, offset: number, block: number, target: AffineTarget): void {
  const scale = half(bytes, offset);
  target.scales[block] = scale;
  target.minimums[block] = -128 * scale;
  for (let index = 0; index < 32; index++) {
    // Signed bytes become 0 to 255 around 128.
    target.quants[block * 32 + index] = (bytes[offset + 2 + index] ?? 0) ^ 128;
  }
}

const SUPERBLOCK_SCALES = 4;
const AFTER_SCALES = 16;

/**
 * 256 values in 8 blocks of 32: two halves for all, 12 bytes with 6 bits of scale and of minimum for each block, with five bits
 * 32 bytes of fifth bits, then nibbles, of which 32 bytes hold two blocks.
 */
function unpackSuperblock(bytes: Uint8Array, offset: number, block: number, target: AffineTarget, bits: 4 | 5): void {
  const scale = half(bytes, offset);
  const least = half(bytes, offset + 2);
  const nibbles = offset + AFTER_SCALES + (bits === 5 ? 32 : 0);
  for (let part = 0; part < 8; part++) {
    const { scale: times, minimum } = sixBits(bytes, offset + SUPERBLOCK_SCALES, part);
    target.scales[block + part] = scale * times;
    target.minimums[block + part] = -(least * minimum);
    const start = (block + part) * 32;
    for (let index = 0; index < 32; index++) {
      const pair = bytes[nibbles + (part >> 1) * 32 + index] ?? 0;
      const low = part % 2 === 0 ? pair & 15 : pair >> 4;
      const fifth = bits === 5 ? ((bytes[offset + AFTER_SCALES + index] ?? 0) >> part) & 1 : 0;
      target.quants[start + index] = low | (fifth << 4);
    }
  }
}

/** The first four blocks have theirs in the low bits of a byte; those of the last four are put together of two bytes. */
function sixBits(bytes: Uint8Array, at: number, part: number): { readonly scale: number; readonly minimum: number } {
  const byte = (index: number): number => bytes[at + index] ?? 0;
  if (part < 4) return { scale: byte(part) & 63, minimum: byte(part + 4) & 63 };
  const low = byte(part + 4);
  return { scale: (low & 15) | ((byte(part - 4) >> 6) << 4), minimum: (low >> 4) | ((byte(part) >> 6) << 4) };
}
