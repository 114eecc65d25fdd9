import { readFetchConfig } from '@supercontext/embed/weights/config.ts';
import { obtainFile } from '@supercontext/embed/weights/obtain-file.ts';
import { type PreparedModel, prepareModel } from '../../../subgraphs/reasoning/gguf/prepare-model.ts';
import {
  findManifest,
  type PinnedManifest,
  pinned,
  readManifests,
} from '../../../subgraphs/reasoning/model/manifest.ts';

export interface Weights {
  readonly manifest: PinnedManifest;
  readonly ggufPath: string;
  readonly cacheDirectory: string;
  readonly prepared: PreparedModel;
}

/** The default model, fetched if need be. */
export async function openWeights(): Promise<Weights> {
  const manifest = pinned(findManifest(readManifests()));
  const config = readFetchConfig();
  const { cacheDirectory } = config;
  const ggufPath = await obtainFile(manifest, config, () => undefined);
  return {
    manifest,
    ggufPath,
    cacheDirectory,
    prepared: prepareModel({ ggufPath, sha256: manifest.sha256, cacheDirectory }),
  };
}
