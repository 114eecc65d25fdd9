import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import { buildBertGraph } from './bert-graph.ts';
import { readBertWeights } from './bert-weights.ts';
import type { EmbedderManifest } from './embedders.ts';
import { encodeModel } from './onnx/onnx-graph.ts';
import { openSafetensors } from './read-safetensors.ts';
import { isWhole, prepareFolder } from './weights/prepared-folder.ts';
import { cachedPath } from './weights/weights-cache.ts';

/** Of how the graph is built: that of another version is built again. */
const GRAPH_VERSION = 1;
const GRAPH_FILE = 'embedder.onnx';

/** Where what an embedder runs is. */
export interface EmbedderFiles {
  readonly graphPath: string;
  readonly vocabularyPath: string;
}

/** The files of an embedder in the cache, whether they are there or not. */
export function embedderFiles(manifest: EmbedderManifest, cacheDirectory: string): EmbedderFiles {
  return {
    graphPath: join(placeOf(manifest, cacheDirectory), GRAPH_FILE),
    vocabularyPath: cachedPath(cacheDirectory, manifest.vocabulary),
  };
}

/** Whether the graph was built. */
export function isPrepared(manifest: EmbedderManifest, cacheDirectory: string): boolean {
  return isWhole(placeOf(manifest, cacheDirectory));
}

/**
 * Builds the graph of an embedder from its weights in the cache, once; true when this call did. The caller has verified that the
 * weights have the hash of the manifest. @throws ContractError MODEL_INVALID
 */
export function prepareEmbedder(manifest: EmbedderManifest, cacheDirectory: string): boolean {
  const build = (folder: string): Readonly<Record<string, number>> => {
    const file = openSafetensors(cachedPath(cacheDirectory, manifest.weights));
    try {
      const weights = readBertWeights(file, manifest.heads);
      if (weights.hidden !== manifest.dimensions) {
        const message = `the weights of ${manifest.id} are ${weights.hidden} wide, its manifest says ${manifest.dimensions}`;
        throw new ContractError('MODEL_INVALID', message);
      }
      const graph = encodeModel(buildBertGraph(weights, 'int8'), 'supercontext');
      writeFileSync(join(folder, GRAPH_FILE), graph, { flush: true });
      return { [GRAPH_FILE]: graph.byteLength };
    } finally {
      file.close();
    }
  };
  return prepareFolder({ place: placeOf(manifest, cacheDirectory), sha256: manifest.weights.sha256, build });
}

function placeOf({ weights }: EmbedderManifest, cacheDirectory: string): string {
  return join(cacheDirectory, `${weights.sha256.slice(0, 32)}-embedder${GRAPH_VERSION}`);
}
