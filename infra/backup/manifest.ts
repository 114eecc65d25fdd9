import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DamagedSession } from '@supercontext/runtime/copy-sessions.ts';

/** Of the folder's layout; a later one is refused by a program that does not know it. */
const FORMAT = 1;
const NAME = 'backup.json';

export interface BackedUpFile {
  /** Below the backup's folder, as below the data folder. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What a backup says of itself. */
export interface Manifest {
  readonly format: number;
  /** ISO 8601, when the first stage began to be copied. */
  readonly createdAt: string;
  readonly files: readonly BackedUpFile[];
  /** Sessions that it was asked to leave out, damaged as they were; not there where there were none. */
  readonly leftOut?: readonly DamagedSession[];
}

/** What is wrong with a backup, or with where it is to go: one line each, for a person. */
export class BackupFault extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'BackupFault';
    this.faults = faults;
  }
}

export async function writeManifest(
  folder: string,
  paths: readonly string[],
  { createdAt, leftOut }: { readonly createdAt: string; readonly leftOut: readonly DamagedSession[] },
): Promise<void> {
  const files: BackedUpFile[] = [];
  for (const path of paths) {
    files.push({ path, sizeBytes: statSync(join(folder, path)).size, sha256: await sha256Of(join(folder, path)) });
  }
  const manifest: Manifest = { format: FORMAT, createdAt, files, ...(leftOut.length > 0 ? { leftOut } : {}) };
  writeFileSync(join(folder, NAME), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

/** @throws BackupFault when the folder is no backup, or one of a later format */
export function readManifest(folder: string): Manifest {
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(readFileSync(join(folder, NAME), 'utf8')) as Partial<Manifest> | null;
  } catch (error) {
    throw new BackupFault([`${folder} is no backup: ${NAME} cannot be read (${(error as Error).message})`]);
  }
  if (
    manifest?.format !== FORMAT ||
    !Array.isArray(manifest.files) ||
    !manifest.files.every(isFile) ||
    !areLeftOut(manifest.leftOut)
  ) {
    throw new BackupFault([`${join(folder, NAME)} is not a manifest of format ${FORMAT}`]);
  }
  return manifest as Manifest;
}

function areLeftOut(leftOut: readonly Partial<DamagedSession>[] | undefined): boolean {
  if (leftOut === undefined) return true;
  if (!Array.isArray(leftOut)) return false;
  return leftOut.every((one) => typeof one?.session === 'string' && Array.isArray(one.why));
}

/** A path that leads out of the folder is none. */
function isFile(file: Partial<BackedUpFile> | null): boolean {
  return (
    typeof file?.path === 'string' &&
    /^[a-z]+\/[a-z]+\.(?:sqlite|key)$/.test(file.path) &&
    typeof file.sha256 === 'string' &&
    typeof file.sizeBytes === 'number'
  );
}

/** What differs from what the manifest says. */
export async function differences(folder: string, { files }: Manifest): Promise<string[]> {
  const faults: string[] = [];
  for (const { path, sizeBytes, sha256 } of files) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    if (found === undefined) faults.push(`${path}: it is missing`);
    else if (found.size !== sizeBytes) faults.push(`${path}: it has ${found.size} bytes instead of ${sizeBytes}`);
    else if ((await sha256Of(join(folder, path))) !== sha256)
      faults.push(`${path}: it is not what was written (SHA-256)`);
  }
  return faults;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
