import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DamagedSession } from '@supercontext/runtime/copy-sessions.ts';
import { findDamage, structureFaults } from './find-damage.ts';
import { BackupFault, differences, readManifest } from './manifest.ts';
import { STATES } from './states.ts';
import { tenantKeyOf } from './tenant-key-of.ts';

/** Beyond this a list of faults helps nobody. */
const MAXIMUM_FAULTS = 20;

/** What a backup that fits together holds. */
export interface Verified {
  readonly createdAt: string;
  readonly sessions: number;
  readonly entries: number;
  readonly fragments: number;
  readonly generations: number;
  /** Sessions that were damaged where it was copied from, of which it has nothing. */
  readonly leftOut: readonly DamagedSession[];
}

/**
 * Looks through a whole backup: the files by their hashes, the databases by their structure, and what they hold: see `findDamage`.
 * @param tenantKey The operator's, where the store does not keep one in its folder.
 * @throws BackupFault with what is wrong
 */
export async function verifyBackup(folder: string, tenantKey: string | null): Promise<Verified> {
  const manifest = readManifest(folder);
  const missing = (['generations', 'log', 'fragments'] as const).filter(
    (state) => !manifest.files.some(({ path }) => path === STATES[state]),
  );
  const listed = new Set(manifest.files.map(({ path }) => path));
  // What is there and not listed would be left out by a restore: the key of the fragments, say, without which none can be read.
  const unlisted = Object.values(STATES).filter((path) => !listed.has(path) && existsSync(join(folder, path)));
  refuse([
    ...unlisted.map((path) => `${path}: it is there, but the manifest does not name it`),
    ...missing.map((state) => `${STATES[state]}: the backup has none`),
    ...(await differences(folder, manifest)),
  ]);
  refuse(structureFaults(folder).slice(0, MAXIMUM_FAULTS));
  const { damages, ...counts } = findDamage(folder, tenantKeyOf(folder, tenantKey));
  refuse(damages.slice(0, MAXIMUM_FAULTS).map(({ line }) => line));
  return { createdAt: manifest.createdAt, ...counts, leftOut: manifest.leftOut ?? [] };
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new BackupFault(faults);
}
