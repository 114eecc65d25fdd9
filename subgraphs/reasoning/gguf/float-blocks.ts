import { halfToNumber } from './half-float.ts';
import type { FloatTypeName } from './tensor-types.ts';

/** Writes the values of what lies at `offset` of `bytes` from `at` on. */
type Unpack = (bytes: Uint8Array, offset: number, values: Float32Array, at: number) => void;

const SUPERBLOCKS: Readonly<Record<'Q2_K' | 'Q3_K' | 'Q6_K', Unpack>> = {
  Q2_K: unpackQ2,
  Q3_K: unpackQ3,
  Q6_K: unpackQ6,
};

/** The values of so many bytes of a tensor, to the very bits that the reference implementation of the format gives. */
export function unpackFloats(
  type: FloatTypeName,
  bytes: Uint8Array,
  { blockElements, blockBytes }: { readonly blockElements: number; readonly blockBytes: number },
): Float32Array<ArrayBuffer> {
  const values = new Float32Array((bytes.length / blockBytes) * blockElements);
  if (type === 'F32' || type === 'F16' || type === 'BF16') {
    readNumbers(type, bytes, values);
    return values;
  }
  const unpack = SUPERBLOCKS[type];
  for (let offset = 0, at = 0; offset < bytes.length; offset += blockBytes, at += blockElements) {
    unpack(bytes, offset, values, at);
  }
  return values;
}

function readNumbers(type: 'F32' | 'F16' | 'BF16', bytes: Uint8Array, values: Float32Array<ArrayBuffer>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'F32') {
    for (let index = 0; index < values.length; index++) values[index] = view.getFloat32(index * 4, true);
  } else if (type === 'F16') {
    for (let index = 0; index < values.length; index++) values[index] = halfToNumber(view.getUint16(index * 2, true));
  } else {
    const bits = new Uint32Array(values.buffer);
    for (let index = 0; index < values.length; index++) bits[index] = view.getUint16(index * 2, true) << 16;
  }
}

function half(bytes: Uint8Array, offset: number): number {
  return halfToNumber((bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8));
}

/** Groups of 16 values: 4 bits of scale and of minimum each; two bits a value, 32 values apart in one byte. */
function unpackQ2(bytes: Uint8Array, offset: number, values: Float32Array, at: number): void {
  const scale = half(bytes, offset + 80);
  const least = half(bytes, offset + 82);
  for (let group = 0; group < 16; group++) {
    const both = bytes[offset + group] ?? 0;
    const step = scale * (both & 15);
    const minimum = least * (both >> 4);
    for (let index = 0; index < 16; index++) {
      const value = group * 16 + index;
      values[at + value] = step * twoBits(bytes, offset + 16, value) - minimum;
    }
  }
}

/** 128 values share 32 bytes: the first 32 of them have the lowest bits. */
function twoBits(bytes: Uint8Array, offset: number, value: number): number {
  const byte = bytes[offset + (value >> 7) * 32 + (value & 31)] ?? 0;
  return (byte >> (((value >> 5) & 3) * 2)) & 3;
}

/** Groups of 16 values: 6 bits of scale each, less 32; two bits a value and, where the mask has no bit, less 4. */
function unpackQ3(bytes: Uint8Array, offset: number, values: Float32Array, at: number): void {
  const scale = half(bytes, offset + 108);
  for (let group = 0; group < 16; group++) {
    const step = scale * (threeBitScale(bytes, offset + 96, group) - 32);
    for (let index = 0; index < 16; index++) {
      const value = group * 16 + index;
      const isWhole = ((bytes[offset + (value & 31)] ?? 0) >> (value >> 5)) & 1;
      values[at + value] = step * (twoBits(bytes, offset + 32, value) - (isWhole === 1 ? 0 : 4));
    }
  }
}

/** Low four bits in the first 8 bytes, two groups each, high two bits in the last 4, four groups each. */
function threeBitScale(bytes: Uint8Array, at: number, group: number): number {
  const low = ((bytes[at + (group & 7)] ?? 0) >> (group < 8 ? 0 : 4)) & 15;
  const high = ((bytes[at + 8 + (group & 3)] ?? 0) >> ((group >> 2) * 2)) & 3;
  return low | (high << 4);
}

/** Groups of 16 values: a signed byte of scale each; 4 low and 2 high bits a value, less 32. */
function unpackQ6(bytes: Uint8Array, offset: number, values: Float32Array, at: number): void {
  const scale = half(bytes, offset + 208);
  for (let group = 0; group < 16; group++) {
    const step = scale * (((bytes[offset + 192 + group] ?? 0) << 24) >> 24);
    for (let index = 0; index < 16; index++) {
      const value = group * 16 + index;
      const within = value & 127;
      const pair = bytes[offset + (value >> 7) * 64 + (within & 63)] ?? 0;
      const low = within < 64 ? pair & 15 : pair >> 4;
      const quant = (low | (twoBits(bytes, offset + 128, value) << 4)) - 32;
      values[at + value] = step * quant;
    }
  }
}
