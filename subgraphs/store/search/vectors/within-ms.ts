import { ContractError } from '@supercontext/contract';

/**
 * What `work` comes to, if it does so in time; it goes on otherwise.
 * @param what In words, did not come to be
 * @throws ContractError DEADLINE_EXCEEDED
 */
export async function withinMs<Result>(work: Promise<Result>, waitMs: number, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ContractError('DEADLINE_EXCEEDED', `${what} in ${waitMs} ms`)), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
