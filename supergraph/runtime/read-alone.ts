import { ContractError } from '@supercontext/contract';

/**
 * Reads many things at once; one by one when a damaged one among them fails the read of all, so that it fails alone. In the
 * order of the keys, as a DataLoader wants it. Any other error is thrown.
 */
export async function readAlone<Key, Value>(
  keys: readonly Key[],
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): Promise<(Value | Error)[]> {
  try {
    return [...(await read(keys))];
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return Promise.all(keys.map((key) => readOne(key, read)));
  }
}

async function readOne<Key, Value>(
  key: Key,
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): Promise<Value | Error> {
  try {
    const [value] = await read([key]);
    return value as Value;
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return error;
  }
}

function isCorrupt(error: unknown): error is ContractError {
  return error instanceof ContractError && error.code === 'STORAGE_CORRUPT';
}
