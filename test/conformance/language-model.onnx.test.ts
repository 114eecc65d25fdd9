import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cacheDirectoryOf, readReasoningConfig } from '@supercontext/reasoning/config.ts';
import { findManifest, readManifests } from '@supercontext/reasoning/model/manifest.ts';
import { cachedModelPath } from '@supercontext/reasoning/model/model-cache.ts';
import { openOnnxModel } from '@supercontext/reasoning/model/onnx.ts';
import { describe, it } from 'vitest';
import { languageModelConformance } from './language-model.ts';

const MiB = 1024 * 1024;
const manifest = findManifest(readManifests());
const config = readReasoningConfig({ ...process.env, SUPERCONTEXT_SIGNING_KEY: 'x'.repeat(32) });
const cacheDirectory = cacheDirectoryOf(config);
const ggufPath = cachedModelPath(cacheDirectory, manifest);

if (existsSync(ggufPath)) {
  languageModelConformance('onnx', () =>
    openOnnxModel({
      manifest,
      ggufPath,
      cacheDirectory,
      provider: 'cpu',
      threads: Math.min(2, availableParallelism()),
      limits: { slots: 2, kvBudgetBytes: 512 * MiB },
      queueLimit: 4,
    }),
  );
} else {
  describe('the language model (onnx)', () => {
    it.skip(`is not tested: the weights of ${manifest.id} are not in the cache`, () => {});
  });
}
