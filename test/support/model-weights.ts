import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { findManifest, readManifests } from '../../subgraphs/reasoning/model/manifest.ts';
import { cachedModelPath, modelCacheDirectory } from '../../subgraphs/reasoning/model/model-cache.ts';

/** Where the default model's weights are, or would be. */
export function weightsPath(): string {
  const cacheDirectory = modelCacheDirectory({ cacheHome: process.env.XDG_CACHE_HOME, home: homedir() });
  return cachedModelPath(cacheDirectory, findManifest(readManifests()));
}

/** Why tests of the real model are skipped; null when its weights are in the cache. */
export function whyNoWeights(): string | null {
  return existsSync(weightsPath()) ? null : `the default model's weights are not there: ${weightsPath()}`;
}
