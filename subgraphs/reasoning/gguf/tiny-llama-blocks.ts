import { halfToNumber } from './half-float.ts';
import type { TensorTypeName } from './tensor-types.ts';
import { packSuperblock } from './tiny-superblocks.ts';

const halfBits = new Uint16Array(1);
const half = new Float16Array(halfBits.buffer);

function toHalf(value: number): number {
  half[0] = value;
  return halfBits[0] ?? 0;
}

interface Packed {
  readonly bytes: Uint8Array;
  readonly values: Float32Array;
}

/** For tests: packs values as a tensor type has them, and says which values that stands for. Written apart from the reader. */
export function packValues(type: TensorTypeName, wanted: Float32Array): Packed {
  switch (type) {
    case 'F32':
      return { bytes: new Uint8Array(wanted.slice().buffer), values: wanted };
    case 'F16': {
      const bits = Uint16Array.from(wanted, toHalf);
      return { bytes: new Uint8Array(bits.buffer), values: Float32Array.from(bits, halfToNumber) };
    }
    case 'BF16': {
      const words = new Uint32Array(wanted.slice().buffer).map((word) => word & 0xffff0000);
      const bits = Uint16Array.from(words, (word) => word >>> 16);
      return { bytes: new Uint8Array(bits.buffer), values: new Float32Array(words.buffer) };
    }
    case 'Q2_K':
    case 'Q3_K':
    case 'Q4_K':
    case 'Q5_K':
    case 'Q6_K':
      return inBlocks(wanted, 256, (block) => packSuperblock(type, block));
    default:
      return inBlocks(wanted, 32, (block) => packBlock(type, block));
  }
}

function inBlocks(wanted: Float32Array, size: number, pack: (block: Float32Array) => Packed): Packed {
  const parts: Uint8Array[] = [];
  const values = new Float32Array(wanted.length);
  for (let start = 0; start < wanted.length; start += size) {
    const packed = pack(wanted.subarray(start, start + size));
    parts.push(packed.bytes);
    values.set(packed.values, start);
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), values };
}

function packBlock(type: 'Q4_0' | 'Q4_1' | 'Q5_0' | 'Q5_1' | 'Q8_0', block: Float32Array): Packed {
  const bytes: number[] = [];
  const half16 = (value: number): number => {
    const bits = toHalf(value);
    bytes.push(bits & 255, bits >> 8);
    return halfToNumber(bits);
  };
  const largest = Math.max(...block.map(Math.abs));
  if (type === 'Q8_0') {
    const scale = half16(largest / 127);
    const quants = [...block].map((value) => Math.max(-127, Math.min(127, Math.round(value / (scale || 1)))));
    bytes.push(...quants.map((quant) => quant & 255));
    return { bytes: Uint8Array.from(bytes), values: Float32Array.from(quants, (quant) => quant * scale) };
  }
  const most = type.startsWith('Q4') ? 15 : 31;
  const least = Math.min(...block);
  const isSymmetric = type.endsWith('_0');
  const scale = half16(isSymmetric ? (-2 * largest) / (most + 1) : (Math.max(...block) - least) / most);
  const base = isSymmetric ? (-(most + 1) / 2) * scale : half16(least);
  const quants = [...block].map((value) => Math.max(0, Math.min(most, Math.round((value - base) / (scale || 1)))));
  if (most === 31) {
    const fifths = quants.reduce((bits, quant, index) => bits | ((quant >> 4) << index), 0);
    bytes.push(fifths & 255, (fifths >> 8) & 255, (fifths >> 16) & 255, fifths >>> 24);
  }
  for (let index = 0; index < 16; index++) {
    bytes.push(((quants[index] ?? 0) & 15) | (((quants[index + 16] ?? 0) & 15) << 4));
  }
  return { bytes: Uint8Array.from(bytes), values: Float32Array.from(quants, (quant) => quant * scale + base) };
}
