import { describe, expect, it } from 'vitest';
import { allSteps } from '../seal.ts';
import { SignColumns } from './sign-columns.ts';
import { encodeVectors, StoredVectors } from './stored-vectors.ts';

const DIMENSIONS = 64;

/** A direction whose first `negative` components are below 0: signs of two of them differ in as many as these numbers do. */
function direction(negative: number): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, (_, at) => (at < negative ? -1 : 1) / Math.sqrt(DIMENSIONS));
}

function add(columns: SignColumns, position: number, ...negatives: readonly number[]): void {
  const vectors = Float32Array.from(negatives.flatMap((negative) => [...direction(negative)]));
  const stored = StoredVectors.open(encodeVectors(vectors, DIMENSIONS), DIMENSIONS);
  if (stored === null) throw new Error('it was not stored');
  columns.add(position, stored);
}

function nearest(columns: SignColumns, most: number): number[] {
  return allSteps(columns.nearest(direction(0), most)).toSorted((one, other) => one - other);
}

describe('columns of signs', () => {
  it('give the nearest by signs, each position once', () => {
    const columns = new SignColumns(DIMENSIONS);
    for (const [position, negative] of [40, 3, 20, 1, 50, 2].entries()) add(columns, position, negative, negative + 4);
    expect(nearest(columns, 1)).toEqual([3]);
    expect(nearest(columns, 4)).toEqual([1, 3, 5]);
    expect(nearest(columns, 100)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(nearest(new SignColumns(DIMENSIONS), 3)).toEqual([]);
  });

  it('give of many that are equally far the last, and not more than asked for', () => {
    const columns = new SignColumns(DIMENSIONS);
    for (let position = 0; position < 5_000; position++) add(columns, position, position === 7 ? 0 : 9);
    columns.remove((position) => position === 4_998);
    add(columns, 4_998, 9);
    columns.remove((position) => position === 10);
    add(columns, 10, 9);
    expect(nearest(columns, 4)).toEqual([7, 4_997, 4_998, 4_999]);
    expect(nearest(columns, 256)).toHaveLength(256);
  });
});
