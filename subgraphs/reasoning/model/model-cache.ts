import { join } from 'node:path';
import type { ModelManifest } from './manifest.ts';

/** Where model files and prepared graphs are kept: outside the repository, shared by all checkouts of one user. */
export function modelCacheDirectory(environment: {
  readonly cacheHome: string | undefined;
  readonly home: string;
}): string {
  return join(environment.cacheHome || join(environment.home, '.cache'), 'supercontext', 'models');
}

/** Where the file of a model is, or will be, in the cache. Its hash is in the name: another file is another path. */
export function cachedModelPath(cacheDirectory: string, manifest: ModelManifest): string {
  return join(cacheDirectory, `${manifest.sha256.slice(0, 16)}-${manifest.file}`);
}
