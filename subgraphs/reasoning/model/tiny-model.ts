import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreparedModel, prepareModel } from '../gguf/prepare-model.ts';
import { type TinyLlama, tinyLlama } from '../gguf/tiny-llama.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import type { ModelManifest } from './manifest.ts';

// For tests: a small random model on disk, as real as any but quick.

export interface TinyModel {
  readonly llama: TinyLlama;
  readonly manifest: ModelManifest;
  readonly ggufPath: string;
  readonly cacheDirectory: string;
  readonly prepared: PreparedModel;
  remove(): void;
}

export function tinyModel(llama: TinyLlama = tinyLlama()): TinyModel {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'tiny-model-'));
  const bytes = writeGguf(llama);
  const ggufPath = join(cacheDirectory, 'tiny.gguf');
  writeFileSync(ggufPath, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest: ModelManifest = {
    id: 'tiny',
    family: 'llama',
    licence: 'Apache-2.0',
    file: 'tiny.gguf',
    sizeBytes: bytes.byteLength,
    sha256,
    defaultBudgetTokens: 256,
    maxAnswerTokens: 32,
    stop: [],
    sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
    sources: [{ kind: 'local-path' }],
  };
  return {
    llama,
    manifest,
    ggufPath,
    cacheDirectory,
    prepared: prepareModel({ ggufPath, sha256, cacheDirectory }),
    remove: () => rmSync(cacheDirectory, { recursive: true, force: true }),
  };
}
