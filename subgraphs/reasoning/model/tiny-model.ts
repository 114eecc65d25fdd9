import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreparedModel, prepareModel } from '../gguf/prepare-model.ts';
import { type TinyLlama, tinyLlama } from '../gguf/tiny-llama.ts';
import { tokenTable } from '../gguf/token-bytes.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import type { PinnedManifest } from './manifest.ts';
import type { PreparedFile } from './prompt-protocol.ts';

// For tests: a small random model on disk, as real as any but quick.

export interface TinyModel {
  readonly llama: TinyLlama;
  readonly manifest: PinnedManifest;
  readonly ggufPath: string;
  readonly cacheDirectory: string;
  readonly prepared: PreparedModel & PreparedFile;
  remove(): void;
}

export function tinyModel(llama: TinyLlama = tinyLlama()): TinyModel {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'tiny-model-'));
  const bytes = writeGguf(llama);
  const ggufPath = join(cacheDirectory, 'tiny.gguf');
  writeFileSync(ggufPath, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest: PinnedManifest = {
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
  const prepared = prepareModel({ ggufPath, sha256, cacheDirectory });
  const { vocabulary } = prepared;
  return {
    llama,
    manifest,
    ggufPath,
    cacheDirectory,
    prepared: {
      ...prepared,
      table: tokenTable(vocabulary),
      ends: vocabulary.ends,
      name: null,
      sizeBytes: bytes.byteLength,
      sha256,
    },
    remove: () => rmSync(cacheDirectory, { recursive: true, force: true }),
  };
}
