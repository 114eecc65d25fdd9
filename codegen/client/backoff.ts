/**
 * Milliseconds to wait after `failures` in a row, from 1: doubled each time up to the longest, the upper half random, so that
 * clients which lost the same server do not come back together.
 */
export function backoffMs(firstMs: number, longestMs: number, failures: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs) * (0.5 + Math.random() / 2);
}
