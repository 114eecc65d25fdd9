import { type AffineMatrix, BLOCK_ELEMENTS } from './read-matrix.ts';

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

export function selectRows(matrix: AffineMatrix, order: readonly number[]): AffineMatrix {
  const { columns } = matrix;
  const blocks = columns / BLOCK_ELEMENTS;
  const selected = emptyMatrix(matrix.bits, order.length, columns);
  order.forEach((from, to) => {
    selected.scales.set(matrix.scales.subarray(from * blocks, (from + 1) * blocks), to * blocks);
    selected.minimums.set(matrix.minimums.subarray(from * blocks, (from + 1) * blocks), to * blocks);
    selected.quants.set(matrix.quants.subarray(from * columns, (from + 1) * columns), to * columns);
  });
  return selected;
}

/** One matrix below the other; all have the same number of columns. */
export function stackRows(matrices: readonly AffineMatrix[]): AffineMatrix {
  const columns = matrices[0]?.columns ?? 0;
  const stacked = emptyMatrix(
    matrices.some((matrix) => matrix.bits === 8) ? 8 : 4,
    matrices.reduce((sum, matrix) => sum + matrix.rows, 0),
    columns,
  );
  let row = 0;
  for (const matrix of matrices) {
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
