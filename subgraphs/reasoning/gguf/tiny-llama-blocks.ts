import { halfToNumber } from './half-float.ts';
import type { TensorTypeName } from './tensor-types.ts';

const halfBits = new Uint16Array(1);
const half = new Float16Array(halfBits.buffer);

function toHalf(value: number): number {
  half[0] = value;
  return halfBits[0] ?? 0;
}

/** For tests: packs values as a tensor type has them, and says which values that stands for. Written apart from the reader. */
export function packValues(
  type: TensorTypeName,
  wanted: Float32Array,
): { readonly bytes: Uint8Array; readonly values: Float32Array } {
  if (type === 'F32') return { bytes: new Uint8Array(wanted.slice().buffer), values: wanted };
  if (type === 'F16') {
    const bits = Uint16Array.from(wanted, toHalf);
    return { bytes: new Uint8Array(bits.buffer), values: Float32Array.from(bits, halfToNumber) };
  }
  const bytes: number[] = [];
  const values = new Float32Array(wanted.length);
  for (let start = 0; start < wanted.length; start += 32) {
    const block = wanted.subarray(start, start + 32);
    const packed = packBlock(type, block);
    bytes.push(...packed.bytes);
    values.set(packed.values, start);
  }
  return { bytes: Uint8Array.from(bytes), values };
}

function packBlock(type: 'Q4_0' | 'Q4_1' | 'Q8_0', block: Float32Array): { bytes: number[]; values: number[] } {
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
    return { bytes, values: quants.map((quant) => quant * scale) };
  }
  const least = Math.min(...block);
  const scale = half16(type === 'Q4_0' ? -largest / 8 : (Math.max(...block) - least) / 15);
  const base = type === 'Q4_0' ? -8 * scale : half16(least);
  const quants = [...block].map((value) => Math.max(0, Math.min(15, Math.round((value - base) / (scale || 1)))));
  for (let index = 0; index < 16; index++) bytes.push((quants[index] ?? 0) | ((quants[index + 16] ?? 0) << 4));
  return { bytes, values: quants.map((quant) => quant * scale + base) };
}
