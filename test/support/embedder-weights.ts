import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { EMBEDDERS, type EmbedderManifest } from '@supercontext/embed/embedders.ts';
import { embedderFiles, isPrepared } from '@supercontext/embed/prepare-embedder.ts';
import { cachedPath, weightsDirectory } from '@supercontext/embed/weights/weights-cache.ts';

const cacheDirectory = weightsDirectory({ cacheHome: process.env.XDG_CACHE_HOME, home: homedir() });

/** The default embedder and where its files are, whether they are there or not. */
export function defaultEmbedder(): {
  readonly manifest: EmbedderManifest;
  readonly cacheDirectory: string;
  readonly weightsPath: string;
  readonly graphPath: string;
  readonly vocabularyPath: string;
} {
  const [manifest] = EMBEDDERS;
  if (manifest === undefined) throw new Error('embedders.json lists no embedder');
  const weightsPath = cachedPath(cacheDirectory, manifest.weights);
  return { manifest, cacheDirectory, weightsPath, ...embedderFiles(manifest, cacheDirectory) };
}

/** Why tests of the real embedder are skipped; null when its files are in the cache. */
export function whyNoEmbedder(): string | null {
  const { manifest, weightsPath, vocabularyPath } = defaultEmbedder();
  const isThere = isPrepared(manifest, cacheDirectory) && existsSync(weightsPath) && existsSync(vocabularyPath);
  return isThere ? null : `the default embedder's weights are not in ${cacheDirectory}`;
}
