/** The largest `Int` of the graph, as which counts are shown. */
const MOST = 2 ** 31 - 1;

/** The whole number from 0 to `most` that a server tells; null for anything else in its place, as if it said none. */
export function toldCount(value: unknown, most = MOST): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : null;
}
