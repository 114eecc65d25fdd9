import { join } from 'node:path';
import type { WeightsFile } from './weights-source.ts';

/** Where weights and prepared graphs are kept: outside the repository, shared by all checkouts of one user. */
export function weightsDirectory(environment: {
  readonly cacheHome: string | undefined;
  readonly home: string;
}): string {
  return join(environment.cacheHome || join(environment.home, '.cache'), 'supercontext', 'models');
}

/** Where a file is, or will be, in the cache. Its hash is in the name: another file is another path. */
export function cachedPath(cacheDirectory: string, { sha256, file }: Pick<WeightsFile, 'sha256' | 'file'>): string {
  return join(cacheDirectory, `${sha256.slice(0, 16)}-${file}`);
}
