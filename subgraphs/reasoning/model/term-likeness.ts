import type { WordVectors } from '@supercontext/embed/word-vectors.ts';
import { termsOf } from '@supercontext/text/terms.ts';
import type { TermLikeness } from '../reader/like-terms.ts';

/** A number of 1 in a vector of length 1, as a signed byte. */
const ONE = 127;

/** How alike terms are by what an embedder knows of their words: a term is the mean of the words that have its stem. Takes some 300 ms. */
export function termLikeness({ words, dimensions, values }: WordVectors): TermLikeness {
  const rowsOf = new Map<string, number[]>();
  for (const [row, word] of words.entries()) {
    const [term, ...others] = termsOf(word);
    if (term === undefined || others.length > 0) continue;
    const rows = rowsOf.get(term);
    if (rows === undefined) rowsOf.set(term, [row]);
    else rows.push(row);
  }
  const places = new Map([...rowsOf.keys()].map((term, at) => [term, at * dimensions]));
  const vectors = new Int8Array(rowsOf.size * dimensions);
  const mean = new Float64Array(dimensions);
  for (const [at, rows] of [...rowsOf.values()].entries()) {
    mean.fill(0);
    for (const row of rows) addUnit(mean, values.subarray(row * dimensions, (row + 1) * dimensions));
    const length = lengthOf(mean);
    for (let column = 0; column < dimensions; column++)
      vectors[at * dimensions + column] = Math.round(((mean[column] as number) / length) * ONE);
  }
  return (term) => {
    const from = places.get(term);
    if (from === undefined) return null;
    const own = vectors.subarray(from, from + dimensions);
    return (other) => {
      const at = places.get(other);
      if (at === undefined) return 0;
      let sum = 0;
      for (let column = 0; column < dimensions; column++)
        sum += (own[column] as number) * (vectors[at + column] as number);
      return sum / (ONE * ONE);
    };
  };
}

/** Whatever its length, each counts the same. */
function addUnit(sum: Float64Array, vector: Int8Array): void {
  const length = lengthOf(vector);
  for (let column = 0; column < sum.length; column++)
    sum[column] = (sum[column] as number) + (vector[column] as number) / length;
}

function lengthOf(vector: Int8Array | Float64Array): number {
  let squares = 0;
  for (let at = 0; at < vector.length; at++) squares += (vector[at] as number) ** 2;
  return Math.sqrt(squares) || 1;
}
