import { halfToNumber } from './half-float.ts';

// For tests: packs 256 values as the K types have them, plainly, and says which values that stands for. Written apart from
// the reader: it puts bits where the format has them, the reader takes them.

export type SuperblockType = 'Q2_K' | 'Q3_K' | 'Q4_K' | 'Q5_K' | 'Q6_K';

interface Packed {
  readonly bytes: Uint8Array;
  readonly values: Float32Array;
}

const halfBits = new Uint16Array(1);
const half = new Float16Array(halfBits.buffer);

function putHalf(bytes: Uint8Array, at: number, value: number): number {
  half[0] = value;
  const bits = halfBits[0] ?? 0;
  bytes.set([bits & 255, bits >> 8], at);
  return halfToNumber(bits);
}

function groupsOf(values: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: values.length / size }, (_, index) => values.subarray(index * size, (index + 1) * size));
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(Number.isFinite(value) ? value : 0)));
}

/** Sets bits of a byte that were nothing. */
function putBits(bytes: Uint8Array, at: number, bits: number): void {
  bytes[at] = (bytes[at] ?? 0) | bits;
}

export function packSuperblock(type: SuperblockType, wanted: Float32Array): Packed {
  if (type === 'Q6_K') return packQ6(wanted);
  if (type === 'Q3_K') return packQ3(wanted);
  return packWithMinimums(wanted, type === 'Q2_K' ? 2 : type === 'Q4_K' ? 4 : 5);
}

/** 2 bits: groups of 16 with 4 bits of scale and minimum; 4 and 5 bits: groups of 32 with 6. */
function packWithMinimums(wanted: Float32Array, bits: 2 | 4 | 5): Packed {
  const most = 2 ** bits - 1;
  const groups = groupsOf(wanted, bits === 2 ? 16 : 32);
  const steps = bits === 2 ? 15 : 63;
  const minimums = groups.map((group) => Math.max(0, -Math.min(...group)));
  const scales = groups.map((group, index) => (Math.max(...group) + (minimums[index] ?? 0)) / most);
  const bytes = new Uint8Array(bits === 2 ? 84 : bits === 4 ? 144 : 176);
  const scale = putHalf(bytes, bits === 2 ? 80 : 0, Math.max(...scales) / steps);
  const least = putHalf(bytes, bits === 2 ? 82 : 2, Math.max(...minimums) / steps);
  const values = new Float32Array(256);
  groups.forEach((group, index) => {
    const times = within((scales[index] ?? 0) / scale, 0, steps);
    const under = within((minimums[index] ?? 0) / least, 0, steps);
    if (bits === 2) putBits(bytes, index, times | (under << 4));
    else putSixBits(bytes, index, times, under);
    group.forEach((value, inGroup) => {
      const at = index * group.length + inGroup;
      const quant = within((value + least * under) / (scale * times), 0, most);
      values[at] = scale * times * quant - least * under;
      if (bits === 2) putBits(bytes, 16 + (at >> 7) * 32 + (at & 31), quant << (2 * ((at >> 5) & 3)));
      else putFourOrFive(bytes, at, quant, bits);
    });
  });
  return { bytes, values };
}

function putSixBits(bytes: Uint8Array, index: number, scale: number, minimum: number): void {
  if (index < 4) {
    putBits(bytes, 4 + index, scale);
    putBits(bytes, 8 + index, minimum);
    return;
  }
  putBits(bytes, 8 + index, (scale & 15) | ((minimum & 15) << 4));
  putBits(bytes, index, (scale >> 4) << 6);
  putBits(bytes, 4 + index, (minimum >> 4) << 6);
}

function putFourOrFive(bytes: Uint8Array, at: number, quant: number, bits: 4 | 5): void {
  const nibbles = bits === 4 ? 16 : 48;
  putBits(bytes, nibbles + (at >> 6) * 32 + (at & 31), (quant & 15) << (4 * ((at >> 5) & 1)));
  if (bits === 5) putBits(bytes, 16 + (at & 31), (quant >> 4) << (at >> 5));
}

function packQ3(wanted: Float32Array): Packed {
  const groups = groupsOf(wanted, 16);
  const scales = groups.map((group) => Math.max(...group.map(Math.abs)) / 4);
  const bytes = new Uint8Array(110);
  const scale = putHalf(bytes, 108, Math.max(...scales) / 31);
  const values = new Float32Array(256);
  groups.forEach((group, index) => {
    const times = within((scales[index] ?? 0) / scale, -32, 31);
    const stored = times + 32;
    putBits(bytes, 96 + (index % 8), (stored & 15) << (index < 8 ? 0 : 4));
    putBits(bytes, 104 + (index % 4), (stored >> 4) << (2 * (index >> 2)));
    group.forEach((value, inGroup) => {
      const at = index * 16 + inGroup;
      const quant = within(value / (scale * times), -4, 3);
      values[at] = scale * times * quant;
      putBits(bytes, 32 + (at >> 7) * 32 + (at & 31), ((quant + 4) & 3) << (2 * ((at >> 5) & 3)));
      if (quant >= 0) putBits(bytes, at & 31, 1 << (at >> 5));
    });
  });
  return { bytes, values };
}

function packQ6(wanted: Float32Array): Packed {
  const groups = groupsOf(wanted, 16);
  const scales = groups.map((group) => Math.max(...group.map(Math.abs)) / 31);
  const bytes = new Uint8Array(210);
  const scale = putHalf(bytes, 208, Math.max(...scales) / 127);
  const values = new Float32Array(256);
  groups.forEach((group, index) => {
    // Every second one negative: the bytes of scales are signed.
    const times = within((scales[index] ?? 0) / scale, 0, 127) * (index % 2 === 0 ? 1 : -1);
    putBits(bytes, 192 + index, times & 255);
    group.forEach((value, inGroup) => {
      const at = index * 16 + inGroup;
      const quant = within(value / (scale * times), -32, 31);
      values[at] = scale * times * quant;
      const stored = quant + 32;
      putBits(bytes, (at >> 7) * 64 + (at & 63), (stored & 15) << (4 * ((at >> 6) & 1)));
      putBits(bytes, 128 + (at >> 7) * 32 + (at & 31), (stored >> 4) << (2 * ((at >> 5) & 3)));
    });
  });
  return { bytes, values };
}
