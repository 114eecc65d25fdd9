import { describe, expect, test } from 'vitest';
import { seededRandom } from '../model/random.ts';
import { bytesInMemory } from './byte-source.ts';
import { toInt4Blocks } from './int4-blocks.ts';
import { toInt8Blocks } from './int8-blocks.ts';
import type { AffineMatrix } from './read-matrix.ts';
import { readMatrix } from './read-matrix.ts';
import { halvesFromInterleaved, selectRows, stackRows } from './rearrange-rows.ts';
import { TENSOR_TYPES, type TensorTypeName } from './tensor-types.ts';
import { packValues } from './tiny-llama-blocks.ts';

function wanted(length: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => (random() + random() + random() - 1.5) * 0.1);
}

function matrixOf(type: TensorTypeName, rows: number, columns: number, values: Float32Array) {
  const packed = packValues(type, values);
  const layout = [...TENSOR_TYPES.values()].find((entry) => entry.name === type);
  if (layout === undefined) throw new Error(`no layout for ${type}`);
  const tensor = {
    name: 'matrix',
    dimensions: [columns, rows],
    layout,
    offsetBytes: 0,
    sizeBytes: packed.bytes.byteLength,
  };
  return { matrix: readMatrix(bytesInMemory(packed.bytes), tensor, rows, columns), values: packed.values };
}

function affineValues({ scales, minimums, quants }: AffineMatrix): Float32Array {
  return Float32Array.from(quants, (quant, index) => (scales[index >> 5] ?? 0) * quant + (minimums[index >> 5] ?? 0));
}

function int8Values(matrix: AffineMatrix): Float32Array {
  const { quants, scales, zeros } = toInt8Blocks(matrix);
  return Float32Array.from(
    quants,
    (quant, index) => (scales[index >> 5] ?? 0) * (quant - (zeros?.[index >> 5] ?? 128)),
  );
}

/** The products of each row with `input`, as the operator computes them from the widened matrix and input. */
function int4Products(matrix: AffineMatrix, input: Float32Array): Float32Array {
  const { rows, columns, correctionWidth, packed, scales } = toInt4Blocks(matrix);
  const sums = new Float32Array(correctionWidth);
  input.forEach((value, index) => {
    sums[index >> 5] = (sums[index >> 5] ?? 0) + value;
  });
  const wide = [...input, ...sums, ...sums];
  return Float32Array.from({ length: rows }, (_, row) =>
    wide.reduce((total, value, column) => {
      const pair = packed[(row * columns + column) >> 1] ?? 0;
      const quant = column % 2 === 0 ? pair & 15 : pair >> 4;
      return total + value * (scales[(row * columns + column) >> 5] ?? 0) * (quant - 8);
    }, 0),
  );
}

function products(values: Float32Array, input: Float32Array): Float32Array {
  return Float32Array.from({ length: values.length / input.length }, (_, row) =>
    input.reduce((total, value, column) => total + value * (values[row * input.length + column] ?? 0), 0),
  );
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  let error = 0;
  let norm = 0;
  expected.forEach((value, index) => {
    error += ((actual[index] ?? 0) - value) ** 2;
    norm += value ** 2;
  });
  return Math.sqrt(error / norm);
}

describe('weights', () => {
  test.each<[TensorTypeName, number]>([
    ['Q8_0', 1e-6],
    ['Q4_0', 1e-6],
    ['Q4_1', 1e-6],
    ['Q5_0', 1e-6],
    ['Q5_1', 1e-6],
    ['Q4_K', 1e-6],
    ['Q5_K', 1e-6],
    ['F16', 5e-3],
    ['BF16', 5e-3],
    ['F32', 5e-3],
    ['Q2_K', 8e-3],
    ['Q3_K', 8e-3],
    ['Q6_K', 8e-3],
  ])('of type %s are read within %f', (type, bound) => {
    const { matrix, values } = matrixOf(type, 24, 256, wanted(24 * 256, 3));
    expect(relativeError(affineValues(matrix), values)).toBeLessThan(bound);
  });

  test.each<[TensorTypeName, number]>([
    ['Q8_0', 1e-6],
    ['Q4_0', 1e-6],
    ['Q5_0', 1e-6],
    ['Q4_1', 3e-3],
    ['Q4_K', 3e-3],
    ['Q5_1', 3e-3],
    ['Q5_K', 3e-3],
  ])('of type %s become int8 blocks within %f', (type, bound) => {
    const { matrix, values } = matrixOf(type, 64, 256, wanted(64 * 256, 5));
    expect(relativeError(int8Values(matrix), values)).toBeLessThan(bound);
  });

  test.each<[TensorTypeName, number, number]>([
    ['Q4_0', 96, 1e-5],
    ['Q4_1', 96, 5e-3],
    ['Q4_1', 2_048, 5e-3],
    ['Q4_K', 2_048, 5e-3],
  ])('of type %s in rows of %i become int4 blocks whose products are within %f', (type, columns, bound) => {
    const { matrix, values } = matrixOf(type, 48, columns, wanted(48 * columns, 6));
    const random = seededRandom(8);
    const input = Float32Array.from({ length: columns }, () => random() * 2 - 0.8);
    expect(relativeError(int4Products(matrix, input), products(values, input))).toBeLessThan(bound);
  });

  test('of 8 bits need no zero points, those of 4 bits with a minimum do', () => {
    expect(toInt8Blocks(matrixOf('Q8_0', 2, 32, wanted(64, 1)).matrix).zeros).toBeUndefined();
    expect(toInt8Blocks(matrixOf('Q5_0', 2, 32, wanted(64, 1)).matrix).zeros).toBeUndefined();
    expect(toInt8Blocks(matrixOf('Q4_1', 2, 32, wanted(64, 1)).matrix).zeros).toBeDefined();
  });

  test('that never reach zero, and those that are all zero, keep their values', () => {
    const offset = matrixOf(
      'Q4_1',
      1,
      32,
      wanted(32, 2).map((value) => value + 5),
    );
    expect(relativeError(int8Values(offset.matrix), offset.values)).toBeLessThan(5e-3);
    const zeros = matrixOf('Q4_1', 1, 32, new Float32Array(32));
    expect(int8Values(zeros.matrix).every((value) => value === 0)).toBe(true);
  });

  test('keep their rows when rotation pairs are taken apart and matrices stacked', () => {
    expect(halvesFromInterleaved(2, 4)).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
    const { matrix, values } = matrixOf('Q4_1', 8, 32, wanted(256, 9));
    const moved = affineValues(stackRows([selectRows(matrix, [3, 0]), matrix]));
    expect(relativeError(moved.subarray(0, 32), values.subarray(96, 128))).toBeLessThan(1e-6);
    expect(relativeError(moved.subarray(32, 64), values.subarray(0, 32))).toBeLessThan(1e-6);
    expect(relativeError(moved.subarray(64), values)).toBeLessThan(1e-6);
  });
});
