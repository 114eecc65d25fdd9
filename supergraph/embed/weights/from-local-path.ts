import { copyFile, stat } from 'node:fs/promises';
import { SourceUnavailable } from './source-unavailable.ts';

/** Copies the file the operator named to `target`, where it is as long as it should be: it may be another model's. */
export async function fromLocalPath(localPath: string | undefined, sizeBytes: number, target: string): Promise<void> {
  if (localPath === undefined) throw new SourceUnavailable('SUPERCONTEXT_MODEL_PATH is not set');
  try {
    const { size } = await stat(localPath);
    if (size !== sizeBytes) throw new Error(`it has ${size} bytes and not ${sizeBytes}`);
    await copyFile(localPath, target);
  } catch (error) {
    throw new SourceUnavailable(`cannot read ${localPath}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
