import { join } from 'node:path';
import { cachedPath, weightsDirectory } from '@supercontext/embed/weights/weights-cache.ts';
import type { ModelManifest } from './manifest.ts';

/** Where model files and prepared graphs are kept: outside the repository, shared by all checkouts of one user. */
export function modelCacheDirectory(environment: {
  readonly cacheHome: string | undefined;
  readonly home: string;
}): string {
  return weightsDirectory(environment);
}

/**
 * Where the file of a model is, or will be, in the cache. Its hash is in the name: another file is another path. Of a model whose
 * hash is known only when it is fetched, the id is.
 */
export function cachedModelPath(cacheDirectory: string, { id, file, sha256 }: ModelManifest): string {
  return sha256 === null ? join(cacheDirectory, `${id}-${file}`) : cachedPath(cacheDirectory, { file, sha256 });
}
