import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { findManifest, readManifests } from '../../subgraphs/reasoning/model/manifest.ts';
import { cachedModelPath, modelCacheDirectory } from '../../subgraphs/reasoning/model/model-cache.ts';

/** Why tests of the real model are skipped; null when its weights are in the cache. */
export function whyNoWeights(): string | null {
  const cacheDirectory = modelCacheDirectory({ cacheHome: process.env.XDG_CACHE_HOME, home: homedir() });
  const path = cachedModelPath(cacheDirectory, findManifest(readManifests()));
  return existsSync(path) ? null : `the default model's weights are not in ${cacheDirectory}`;
}
