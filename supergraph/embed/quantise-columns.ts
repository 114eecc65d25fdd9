const LARGEST = 127;

/** Signed bytes with one scale for each column, or row, of a matrix. */
export interface Quantised {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** A matrix of `[rows, columns]` as its transpose, `[columns, rows]`, each row of the original with its own scale. */
export function quantiseTransposed(matrix: Float32Array, rows: number, columns: number): Quantised {
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const scale = scaleOf(matrix.subarray(row * columns, (row + 1) * columns));
    scales[row] = scale;
    for (let column = 0; column < columns; column++) {
      values[column * rows + row] = Math.round((matrix[row * columns + column] as number) / scale);
    }
  }
  return { values, scales };
}

/** A matrix of `[rows, columns]` as it lies, each row with its own scale. */
export function quantiseRows(matrix: Float32Array, rows: number, columns: number): Quantised {
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    const scale = scaleOf(matrix.subarray(from, from + columns));
    scales[row] = scale;
    for (let at = from; at < from + columns; at++) values[at] = Math.round((matrix[at] as number) / scale);
  }
  return { values, scales };
}

function scaleOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest === 0 ? 1 : largest / LARGEST;
}
