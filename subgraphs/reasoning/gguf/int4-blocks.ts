import { type AffineMatrix, BLOCK_ELEMENTS } from './read-matrix.ts';

/**
 * What MatMulNBits multiplies by with 4 bits: `value = scale * (quant - 8)`, two quants a byte, the first one low. The
 * matrix is wider than the one it was made of by `2 * correctionWidth` columns.
 */
export interface Int4Blocks {
  readonly rows: number;
  readonly columns: number;
  readonly correctionWidth: number;
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
}

const ZERO = 8;
const MOST = 7;

/**
 * Maps 4-bit affine blocks to the operator's 4 bits without rounding a weight.
 *
 * The operator wants whole zero points, and a block has its zero at `-minimum / scale`, which is none. With zero at 8 each
 * block misses the constant `c = minimum + 8 * scale`, and so the product misses `c` times the sum of that block's inputs.
 * Those sums are appended to the inputs, twice, and the constants to the weights: first as 4-bit numbers, then what these
 * leave over, which makes 8 bits together.
 *
 *     inputs:   x (columns)      | sums of x by block, padded | the same sums  |
 *     weights:  quants, zero 8   | c, coarse                  | c, what is left|
 *
 * Float zero points would say it directly, but have no fast kernel (ten times slower); 8-bit weights do (see
 * `toInt8Blocks`), but are twice the bytes, and a decoding step is as fast as its bytes come from memory.
 */
export function toInt4Blocks(matrix: AffineMatrix): Int4Blocks {
  const { rows, columns, scales, minimums, quants } = matrix;
  const blocks = columns / BLOCK_ELEMENTS;
  const correctionWidth = correctionWidthOf(columns);
  const width = columns + 2 * correctionWidth;
  const wideBlocks = width / BLOCK_ELEMENTS;
  const correctionBlocks = correctionWidth / BLOCK_ELEMENTS;
  const packed = new Uint8Array((rows * width) / 2);
  const wideScales = new Float32Array(rows * wideBlocks);
  const constants = new Float32Array(correctionWidth);
  const line = new Uint8Array(width);
  for (let row = 0; row < rows; row++) {
    line.set(quants.subarray(row * columns, (row + 1) * columns));
    const rowScales = wideScales.subarray(row * wideBlocks, (row + 1) * wideBlocks);
    rowScales.set(scales.subarray(row * blocks, (row + 1) * blocks));
    for (let block = 0; block < blocks; block++) {
      const at = row * blocks + block;
      constants[block] = (minimums[at] ?? 0) + ZERO * (scales[at] ?? 0);
    }
    let rest: Float32Array = constants;
    for (const part of [0, 1]) {
      const start = columns + part * correctionWidth;
      const firstBlock = blocks + part * correctionBlocks;
      rest = roundBlocks(rest, line.subarray(start), rowScales.subarray(firstBlock));
    }
    for (let index = 0; index < width / 2; index++) {
      packed[(row * width) / 2 + index] = (line[2 * index] ?? 0) | ((line[2 * index + 1] ?? 0) << 4);
    }
  }
  return { rows, columns: width, correctionWidth, packed, scales: wideScales };
}

/** Columns that the sums of a row's blocks take, filled up to a whole block. */
export function correctionWidthOf(columns: number): number {
  return Math.ceil(columns / BLOCK_ELEMENTS / BLOCK_ELEMENTS) * BLOCK_ELEMENTS;
}

/** Rounds values to 4 bits block by block; returns what is left of them. */
function roundBlocks(values: Float32Array, quants: Uint8Array, scales: Float32Array): Float32Array {
  const rest = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += BLOCK_ELEMENTS) {
    let largest = 0;
    for (let index = start; index < start + BLOCK_ELEMENTS; index++) {
      largest = Math.max(largest, Math.abs(values[index] ?? 0));
    }
    const scale = largest / MOST;
    scales[start / BLOCK_ELEMENTS] = scale;
    for (let index = start; index < start + BLOCK_ELEMENTS; index++) {
      const value = values[index] ?? 0;
      const rounded = scale === 0 ? 0 : Math.round(value / scale);
      quants[index] = rounded + ZERO;
      rest[index] = value - rounded * scale;
    }
  }
  return rest;
}
