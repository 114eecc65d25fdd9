import { type AffineMatrix, BLOCK_ELEMENTS, type Matrix } from './read-matrix.ts';

/**
 * GGUF files of the Llama family store the rows of attn_q and attn_k interleaved (2j, 2j + 1 are one rotation pair);
 * the graph rotates halves (j, j + half). Row `r` of the result is row `order[r]` of the file. Blocks lie along rows, so
 * moving whole rows is exact on quantised values.
 */
export function halvesFromInterleaved(heads: number, headWidth: number): number[] {
  const half = headWidth / 2;
  return Array.from({ length: heads * headWidth }, (_, row) => {
    const head = Math.floor(row / headWidth);
    const within = row % headWidth;
    return head * headWidth + 2 * (within % half) + Math.floor(within / half);
  });
}

export function selectRows<Kind extends Matrix>(matrix: Kind, order: readonly number[]): Kind;
export function selectRows(matrix: Matrix, order: readonly number[]): Matrix {
  const { columns } = matrix;
  if (matrix.bits === 32) {
    const values = new Float32Array(order.length * columns);
    order.forEach((from, to) => {
      values.set(matrix.values.subarray(from * columns, (from + 1) * columns), to * columns);
    });
    return { ...matrix, rows: order.length, values };
  }
  const blocks = columns / BLOCK_ELEMENTS;
  const selected = emptyMatrix(matrix.bits, order.length, columns);
  order.forEach((from, to) => {
    selected.scales.set(matrix.scales.subarray(from * blocks, (from + 1) * blocks), to * blocks);
    selected.minimums.set(matrix.minimums.subarray(from * blocks, (from + 1) * blocks), to * blocks);
    selected.quants.set(matrix.quants.subarray(from * columns, (from + 1) * columns), to * columns);
  });
  return selected;
}

/** One matrix below the other; all have the same number of columns, and are in blocks or none of them is. */
export function stackRows<Kind extends Matrix>(matrices: readonly Kind[]): Kind;
export function stackRows(matrices: readonly Matrix[]): Matrix {
  const columns = matrices[0]?.columns ?? 0;
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const floats = matrices.filter((matrix) => matrix.bits === 32);
  if (floats.length > 0) {
    const values = new Float32Array(rows * columns);
    let at = 0;
    for (const matrix of floats) {
      values.set(matrix.values, at);
      at += matrix.values.length;
    }
    return { bits: 32, rows, columns, values };
  }
  const blocked = matrices.filter((matrix) => matrix.bits !== 32);
  const stacked = emptyMatrix(blocked.some((matrix) => matrix.bits === 8) ? 8 : 4, rows, columns);
  let row = 0;
  for (const matrix of blocked) {
    const block = (row * columns) / BLOCK_ELEMENTS;
    stacked.scales.set(matrix.scales, block);
    stacked.minimums.set(matrix.minimums, block);
    stacked.quants.set(matrix.quants, row * columns);
    row += matrix.rows;
  }
  return stacked;
}

function emptyMatrix(bits: 4 | 8, rows: number, columns: number): AffineMatrix {
  const blocks = (rows * columns) / BLOCK_ELEMENTS;
  return {
    bits,
    rows,
    columns,
    scales: new Float32Array(blocks),
    minimums: new Float32Array(blocks),
    quants: new Uint8Array(rows * columns),
  };
}
