import { expect, it } from 'vitest';
import { batchesOf } from './batches-of.ts';

async function sizes(files: readonly number[]): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const batch of batchesOf(files.map((sizeBytes) => ({ sizeBytes })))) {
    batches.push(batch.map(({ sizeBytes }) => sizeBytes));
  }
  return batches;
}

it('keeps the order and fills each batch up to its bytes', async () => {
  const half = 256 * 1024;
  expect(await sizes([half, half, half])).toEqual([[half, half], [half]]);
});

it('ends a batch at 200 files, however small they are', async () => {
  expect((await sizes(Array.from({ length: 401 }, () => 1))).map((batch) => batch.length)).toEqual([200, 200, 1]);
});

it('gives a file that is larger than a batch one of its own', async () => {
  expect(await sizes([1, 10_000_000, 1])).toEqual([[1], [10_000_000], [1]]);
});

it('makes no batch of nothing', async () => {
  expect(await sizes([])).toEqual([]);
});
