import { ContractError } from '@supercontext/contract';

const MEBIBYTE = 1 << 20;

/**
 * Throws `MODEL_UNAVAILABLE` when a model needs more memory than is free, on the machine and within what its process may have.
 * @param freeBytes what counts as free; null to ask the machine
 */
export function checkMemory(neededBytes: number, freeBytes: number | null): void {
  const free = freeBytes ?? process.availableMemory();
  if (neededBytes <= free) return;
  const [needed, there] = [neededBytes, free].map((bytes) => Math.ceil(bytes / MEBIBYTE));
  throw new ContractError(
    'MODEL_UNAVAILABLE',
    `the model needs ${needed} MiB of memory and ${there} MiB are free; take a smaller one, or one of fewer bits`,
    { neededBytes, freeBytes: free },
  );
}
