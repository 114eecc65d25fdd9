import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_FOLDER_MODE } from '@supercontext/runtime/process/private-files.ts';
import { isFixed } from './mount-point.ts';

export const STAGE_FOLDERS = ['reasoning', 'context', 'compression', 'store'] as const;

/** Within a data folder that cannot be moved: there while folders are being moved. */
const MOVING = '.restoring';

/** Whether a restore within this folder was interrupted while it moved folders, so that it may hold half of each. */
export function isHalfRestored(dataFolder: string): boolean {
  return existsSync(join(dataFolder, MOVING));
}

/**
 * Has `fill` make a new data folder and puts it in the place of the old one, which is moved aside; says where to, null when there
 * was none. What `fill` made is removed when it or the move fails. The folder is there whole or not at all; of one that
 * cannot be moved the stages' folders are, one by one, and one that is half done says so: see `isHalfRestored`.
 * Throws errors of the file system, and what `fill` throws.
 */
export function putInPlace(dataFolder: string, fill: (draft: string) => void): string | null {
  const within = isFixed(dataFolder);
  const draft = within ? join(dataFolder, `${MOVING}-copy`) : `${dataFolder}.restoring`;
  rmSync(draft, { recursive: true, force: true });
  try {
    fill(draft);
    return within ? moveWithin(dataFolder, draft) : moveWhole(dataFolder, draft);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function moveWhole(dataFolder: string, draft: string): string | null {
  const aside = existsSync(dataFolder) ? `${dataFolder}.before-${now()}` : null;
  if (aside !== null) renameSync(dataFolder, aside);
  renameSync(draft, dataFolder);
  return aside;
}

function moveWithin(dataFolder: string, draft: string): string | null {
  const moving = join(dataFolder, MOVING);
  rmSync(moving, { recursive: true, force: true });
  renameSync(draft, moving);
  const taken = STAGE_FOLDERS.filter((stage) => existsSync(join(dataFolder, stage)));
  const aside = taken.length === 0 ? null : join(dataFolder, `before-${now()}`);
  if (aside !== null) mkdirSync(aside, { mode: PRIVATE_FOLDER_MODE });
  for (const stage of taken) renameSync(join(dataFolder, stage), join(aside as string, stage));
  for (const stage of STAGE_FOLDERS) {
    if (existsSync(join(moving, stage))) renameSync(join(moving, stage), join(dataFolder, stage));
  }
  rmdirSync(moving);
  return aside;
}

function now(): string {
  return new Date().toISOString().replaceAll(':', '-');
}
