import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ContractError } from '@supercontext/contract';
import { partPaths } from '../gguf/open-gguf.ts';
import type { ModelManifest } from './manifest.ts';

interface Known {
  /** Size, time of the last change, and number of every file: another one has others. */
  readonly files: string;
  readonly sha256: string;
}

/**
 * The hash of a model's file, of all its parts in turn where it is split. Computed once: what it was is kept in the cache with the
 * size, the time and the number of the file, and read again only when one of these is another. Throws `MODEL_INVALID` when a file is
 * missing.
 */
export async function hashOfModel(path: string, cacheDirectory: string): Promise<string> {
  const paths = partPaths(path);
  const files = JSON.stringify(paths.map(identityOf));
  const folder = join(cacheDirectory, 'hashes');
  const record = join(folder, `${createHash('sha256').update(JSON.stringify(paths)).digest('hex').slice(0, 32)}.json`);
  const known = readKnown(record);
  if (known?.files === files) return known.sha256;
  const hash = createHash('sha256');
  for (const part of paths) await pipeline(createReadStream(part, { highWaterMark: 1 << 20 }), hash, { end: false });
  const sha256 = hash.digest('hex');
  mkdirSync(folder, { recursive: true });
  const scratch = `${record}.${process.pid}`;
  writeFileSync(scratch, JSON.stringify({ files, sha256 } satisfies Known));
  renameSync(scratch, record);
  return sha256;
}

/** The hash of a model's file; throws `MODEL_INVALID` when it is not the one of its manifest, where that says it. */
export async function verifiedHash(
  path: string,
  { sizeBytes, sha256: expected }: Pick<ModelManifest, 'sizeBytes' | 'sha256'>,
  cacheDirectory: string,
): Promise<string> {
  const found = partPaths(path).reduce((sum, part) => sum + sizeOf(part), 0);
  if (expected !== null && sizeBytes !== null && found !== sizeBytes) {
    throw refusal(`${path} has ${found} bytes, its manifest says ${sizeBytes}`);
  }
  const sha256 = await hashOfModel(path, cacheDirectory);
  if (expected !== null && sha256 !== expected) {
    throw refusal(`${path} has sha256 ${sha256}, its manifest says ${expected}`);
  }
  return sha256;
}

function sizeOf(path: string): number {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || !status.isFile()) throw refusal(`there is no file ${path}`);
  return status.size;
}

function identityOf(path: string): readonly string[] {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (status === undefined || !status.isFile()) throw refusal(`there is no file ${path}`);
  return [status.size, status.mtimeNs, status.ino, status.dev].map(String);
}

function readKnown(record: string): Known | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(record, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('files' in parsed) || !('sha256' in parsed)) return null;
    const { files, sha256 } = parsed;
    if (typeof files !== 'string' || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return null;
    return { files, sha256 };
  } catch {
    return null;
  }
}

function refusal(what: string): ContractError {
  return new ContractError('MODEL_INVALID', `model file refused: ${what}`);
}
