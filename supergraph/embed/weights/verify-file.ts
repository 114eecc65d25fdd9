import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ContractError, type ErrorDetails } from '@supercontext/contract';
import type { WeightsFile } from './weights-source.ts';

/** Reads the whole file. Throws `MODEL_INVALID` when it is missing, or not the one its manifest names. */
export async function verifyFile(path: string, manifest: Pick<WeightsFile, 'sizeBytes' | 'sha256'>): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined || !status.isFile()) throw invalid(`there is no file ${path}`);
  if (status.size !== manifest.sizeBytes) {
    throw invalid(`${path} has ${status.size} bytes, its manifest says ${manifest.sizeBytes}`, {
      sizeBytes: status.size,
    });
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  const sha256 = hash.digest('hex');
  if (sha256 !== manifest.sha256) {
    throw invalid(`${path} has sha256 ${sha256}, its manifest says ${manifest.sha256}`, { sha256 });
  }
}

function invalid(what: string, details: ErrorDetails = {}): ContractError {
  return new ContractError('MODEL_INVALID', `model file refused: ${what}`, details);
}
