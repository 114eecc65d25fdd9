/** Rows `from` up to and without `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Where each row begins, in pixels from the first, and behind the last one where they end: of length rows + 1. */
export function placeRows(keys: readonly string[], heightOf: (key: string) => number): Float64Array {
  const places = new Float64Array(keys.length + 1);
  for (const [index, key] of keys.entries()) places[index + 1] = (places[index] ?? 0) + heightOf(key);
  return places;
}

/** The row that a place is in, in pixels from the first; the nearest for one outside. 0 without rows. */
export function rowAt(places: Float64Array, pixels: number): number {
  let low = 0;
  let high = Math.max(0, places.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((places[middle] ?? 0) <= pixels) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The rows that stand in a stretch, in whole or in part. */
export function rowsWithin(places: Float64Array, topPixels: number, bottomPixels: number): RowRange {
  if (places.length < 2) return { from: 0, to: 0 };
  return { from: rowAt(places, topPixels), to: rowAt(places, bottomPixels) + 1 };
}
