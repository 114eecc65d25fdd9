import { cachedPath, weightsDirectory } from '@supercontext/embed/weights/weights-cache.ts';
import type { ModelManifest } from './manifest.ts';

/** Where model files and prepared graphs are kept: outside the repository, shared by all checkouts of one user. */
export function modelCacheDirectory(environment: {
  readonly cacheHome: string | undefined;
  readonly home: string;
}): string {
  return weightsDirectory(environment);
}

/** Where the file of a model is, or will be, in the cache. Its hash is in the name: another file is another path. */
export function cachedModelPath(cacheDirectory: string, manifest: ModelManifest): string {
  return cachedPath(cacheDirectory, manifest);
}
