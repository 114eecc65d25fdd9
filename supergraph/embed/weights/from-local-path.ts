import { copyFile } from 'node:fs/promises';
import { SourceUnavailable } from './source-unavailable.ts';

/** Copies the file the operator named to `target`. */
export async function fromLocalPath(localPath: string | undefined, target: string): Promise<void> {
  if (localPath === undefined) throw new SourceUnavailable('SUPERCONTEXT_MODEL_PATH is not set');
  try {
    await copyFile(localPath, target);
  } catch (error) {
    throw new SourceUnavailable(`cannot read ${localPath}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
