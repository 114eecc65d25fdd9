import { ContractError } from '@supercontext/contract';
import { expect, it, vi } from 'vitest';
import { readAlone } from './read-alone.ts';

const damaged = new ContractError('STORAGE_CORRUPT', 'damaged');

it('reads all at once while nothing is damaged', async () => {
  const read = vi.fn(async (keys: readonly number[]) => keys.map((key) => key * 2));
  expect(await readAlone([1, 2], read)).toEqual([2, 4]);
  expect(read).toHaveBeenCalledTimes(1);
});

it('lets what is damaged fail alone', async () => {
  const read = async (keys: readonly number[]) => {
    if (keys.includes(2)) throw damaged;
    return keys;
  };
  expect(await readAlone([1, 2, 3], read)).toEqual([1, damaged, 3]);
});

it('throws whatever else went wrong', async () => {
  const read = () => Promise.reject(new ContractError('STORAGE_UNAVAILABLE', 'away'));
  await expect(readAlone([1, 2], read)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
});
