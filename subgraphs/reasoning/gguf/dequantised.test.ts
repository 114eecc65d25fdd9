import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unpackAffine } from './affine-blocks.ts';
import { unpackFloats } from './float-blocks.ts';
import { isAffine, TENSOR_TYPES, type TensorLayout } from './tensor-types.ts';

// Golden hashes of what the reference implementation of the format makes of the same bytes: see golden/dequantised.py.

interface Golden {
  readonly blocks: number;
  readonly values: number;
  readonly sha256: string;
}

const golden = JSON.parse(readFileSync(new URL('./golden/dequantised.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Golden>
>;

/** High bytes of the floats in a block, as golden/dequantised.py has them. */
const FLOATS: Readonly<Record<string, readonly number[]>> = {
  F32: [3],
  Q4_1: [1, 3],
  Q5_1: [1, 3],
  Q2_K: [81, 83],
  Q3_K: [109],
  Q4_K: [1, 3],
  Q5_K: [1, 3],
  Q6_K: [209],
};

function madeBytes({ name, blockBytes }: TensorLayout, blocks: number): Uint8Array {
  const bytes = new Uint8Array(blocks * blockBytes);
  let state = 1;
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  for (let start = 0; start < bytes.length; start += blockBytes) {
    for (const place of FLOATS[name] ?? [1]) bytes[start + place] = (bytes[start + place] ?? 0) & 0xbf;
  }
  return bytes;
}

function dequantise(layout: TensorLayout, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  if (!isAffine(layout.name)) return unpackFloats(layout.name, bytes, layout);
  const values = (bytes.length / layout.blockBytes) * layout.blockElements;
  const target = {
    scales: new Float32Array(values / 32),
    minimums: new Float32Array(values / 32),
    quants: new Uint8Array(values),
  };
  unpackAffine(layout.name, bytes, layout, target);
  return Float32Array.from(
    target.quants,
    (quant, index) => Math.fround((target.scales[index >> 5] ?? 0) * quant) + (target.minimums[index >> 5] ?? 0),
  );
}

const layouts = [...TENSOR_TYPES.values()];

test('every tensor type that is read has a golden hash', () => {
  expect(Object.keys(golden).sort()).toEqual(layouts.map(({ name }) => name).sort());
});

test.each(layouts)('$name is dequantised to the bit as the reference implementation does', (layout) => {
  const { blocks, values, sha256 } = golden[layout.name] as Golden;
  const numbers = dequantise(layout, madeBytes(layout, blocks));
  // Minus nothing becomes nothing, as in the golden ones.
  const made = numbers.map((value) => value + 0);
  expect(made).toHaveLength(values);
  expect(createHash('sha256').update(new Uint8Array(made.buffer)).digest('hex')).toBe(sha256);
});
