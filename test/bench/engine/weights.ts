import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFetchConfig } from '@supercontext/embed/weights/config.ts';
import { obtainFile } from '@supercontext/embed/weights/obtain-file.ts';
import { type PreparedModel, prepareModel } from '../../../subgraphs/reasoning/gguf/prepare-model.ts';
import type { TensorTypeName } from '../../../subgraphs/reasoning/gguf/tensor-types.ts';
import { type TinyShape, tinyLlama } from '../../../subgraphs/reasoning/gguf/tiny-llama.ts';
import { writeGguf } from '../../../subgraphs/reasoning/gguf/write-gguf.ts';
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

const RANDOM_LAYERS = 12;
const RANDOM_SHAPE: TinyShape = {
  architecture: 'llama',
  layers: 1,
  hiddenWidth: 1_024,
  heads: 16,
  keyValueHeads: 4,
  headWidth: 64,
  feedForwardWidth: 2_816,
  contextTokens: 8_192,
  ropeBase: 10_000,
  normEpsilon: 1e-5,
};

/** A model of 135M random weights of one type: as fast as a trained one, and of no use. All its layers are the same one. */
export function openRandomWeights(type: TensorTypeName): Pick<Weights, 'prepared' | 'ggufPath'> & { remove(): void } {
  const { metadata, tensors, shape } = tinyLlama(type, 1, { shape: RANDOM_SHAPE });
  metadata.set('llama.block_count', RANDOM_LAYERS);
  const others = Array.from({ length: RANDOM_LAYERS - 1 }, (_, index) =>
    tensors
      .filter(({ name }) => name.startsWith('blk.0.'))
      .map((tensor) => ({ ...tensor, name: tensor.name.replace('blk.0.', `blk.${index + 1}.`) })),
  );
  const folder = mkdtempSync(join(tmpdir(), 'random-weights-'));
  const ggufPath = join(folder, 'random.gguf');
  const bytes = writeGguf({ shape, metadata, tensors: [...tensors, ...others.flat()] });
  writeFileSync(ggufPath, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    ggufPath,
    prepared: prepareModel({ ggufPath, sha256, cacheDirectory: folder }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
