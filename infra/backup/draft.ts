import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PRIVATE_FILE_MODE, privateFolder } from '@supercontext/runtime/process/private-files.ts';
import { readProcess } from '../process-table.mjs';
import { isRunning } from '../run-file.ts';
import { BackupFault } from './manifest.ts';

/** Whose draft it is; not part of the backup. */
const MAKER = 'maker.json';
const SUFFIX = '.partial';

/** A folder in which a backup grows until it is whole. */
export interface Draft {
  readonly path: string;
  /** Drafts beside it, this one's own among them, that backups left which were killed. */
  readonly leftBehind: readonly string[];
  /** Makes the draft the backup. */
  finish(): void;
  remove(): void;
}

/**
 * Begins the draft of a backup, in place of one that a killed backup left. Atomic: of two that begin at once one gets it.
 * @throws BackupFault when another process is making the same backup
 */
export function openDraft(target: string): Draft {
  const path = `${target}${SUFFIX}`;
  const leftBehind = [...new Set([...(existsSync(path) ? [path] : []), ...abandonedIn(dirname(target))])];
  const own = `${path}-${randomUUID()}`;
  privateFolder(own);
  const maker = { pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? null };
  writeFileSync(join(own, MAKER), JSON.stringify(maker), { mode: PRIVATE_FILE_MODE });
  try {
    refuseIfMade(path);
    rmSync(path, { recursive: true, force: true });
    renameSync(own, path);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    refuseIfMade(path);
    throw error;
  }
  return {
    path,
    leftBehind,
    finish() {
      rmSync(join(path, MAKER));
      rmSync(target, { recursive: true, force: true });
      renameSync(path, target);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

function abandonedIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.includes(SUFFIX))
    .map((name) => join(folder, name))
    .filter((path) => {
      const maker = makerOf(path);
      return maker !== null && !isRunning(maker);
    });
}

function refuseIfMade(path: string): void {
  const maker = makerOf(path);
  if (maker === null || !isRunning(maker)) return;
  throw new BackupFault([`${basename(path, SUFFIX)} is being made already, by the process with id ${maker.pid}`]);
}

function makerOf(path: string): { readonly pid: number; readonly startTicks: number | null } | null {
  try {
    const { pid, startTicks = null } = JSON.parse(readFileSync(join(path, MAKER), 'utf8'));
    return typeof pid === 'number' ? { pid, startTicks } : null;
  } catch {
    return null;
  }
}
