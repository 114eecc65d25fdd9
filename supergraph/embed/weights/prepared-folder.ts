import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const RECORD_FILE = 'prepared.json';

export interface PreparedFolder {
  /** Where it is to be; what stands before the number at its end is shared with its other versions, which are removed. */
  readonly place: string;
  readonly sha256: string;
  /** Writes the files into an empty folder; their sizes by name. */
  readonly build: (folder: string) => Readonly<Record<string, number>>;
}

/**
 * Makes a folder of files that are derived from weights, once; true when this call built it. It appears whole or not at all
 * (built beside its place, then renamed), so processes may race, and a killed one leaves nothing that is taken for whole.
 */
export function prepareFolder({ place, sha256, build }: PreparedFolder): boolean {
  if (isWhole(place)) return false;
  const scratch = join(dirname(place), `.building-${randomUUID()}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const sizes = build(scratch);
    writeFileSync(join(scratch, RECORD_FILE), JSON.stringify({ sha256, sizes }), { flush: true });
    moveIntoPlace(scratch, place);
    removeOtherVersions(place);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return true;
}

/** Whether every file is there in its recorded size: a cache cleaner or a full disk may have taken a part. */
export function isWhole(place: string): boolean {
  try {
    const record: unknown = JSON.parse(readFileSync(join(place, RECORD_FILE), 'utf8'));
    if (typeof record !== 'object' || record === null || !('sizes' in record)) return false;
    const sizes = Object.entries(record.sizes as Readonly<Record<string, unknown>>);
    return sizes.length > 0 && sizes.every(([name, size]) => statSync(join(place, name)).size === size);
  } catch {
    return false;
  }
}

/** What other versions built of the same weights; a process that has it open keeps it until it ends. */
function removeOtherVersions(place: string): void {
  const weights = basename(place).replace(/\d+$/, '');
  for (const name of readdirSync(dirname(place))) {
    if (!name.startsWith(weights) || name === basename(place)) continue;
    rmSync(join(dirname(place), name), { recursive: true, force: true });
  }
}

function moveIntoPlace(scratch: string, place: string): void {
  if (existsSync(place) && !isWhole(place)) rmSync(place, { recursive: true, force: true });
  try {
    renameSync(scratch, place);
  } catch (error) {
    // Another process was faster: its result is the same.
    if (!isWhole(place)) throw error;
  }
}
