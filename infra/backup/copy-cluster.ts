import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { operateStage } from '../operate-stage.ts';
import { writeListed } from './listed-hashes.ts';
import { STATES } from './verify-backup.ts';

const LISTED = 'listed.jsonl';

/**
 * Copies what all stages keep in Redis to the folder of a draft, whether anybody uses it or not: the sessions that there were at the
 * beginning, each as it is at one moment. Erasures go on: what was erased meanwhile is taken out again. What can be made again is
 * left out.
 * @returns the files, below the folder
 * @throws BackupFault with what a stage said
 */
export async function copyCluster(draft: string): Promise<string[]> {
  const at = (state: keyof typeof STATES) => join(draft, STATES[state]);
  const listed = join(draft, LISTED);
  const sessions = await operateStage<readonly string[]>('context', 'sessions', {});
  // Callers before callees, as in files.
  await operateStage('reasoning', 'export', { path: at('generations'), sessions });
  await operateStage('context', 'export', { path: at('log'), sessions });
  await writeListed(at('log'), listed);
  await operateStage('store', 'export', { path: at('fragments'), listed });
  const gone = await goneOf(sessions);
  if (gone.length > 0) {
    await operateStage('reasoning', 'forget', { path: at('generations'), sessions: gone });
    await operateStage('context', 'forget', { path: at('log'), sessions: gone });
    await operateStage('store', 'forget', { path: at('fragments'), sessions: gone });
  }
  rmSync(listed);
  const paths = [STATES.generations, STATES.log, STATES.fragments];
  removeOthers(draft, paths);
  return paths;
}

/** Of which parts may be missing: an erasure is noted before it begins, and until the log has nothing of its session any more. */
async function goneOf(sessions: readonly string[]): Promise<readonly string[]> {
  const noted = new Set(await operateStage<readonly string[]>('reasoning', 'erasures', {}));
  const left = new Set(await operateStage<readonly string[]>('context', 'sessions', {}));
  return sessions.filter((id) => noted.has(id) || !left.has(id));
}

/** What a stage keeps beside its file while that is open. */
function removeOthers(draft: string, paths: readonly string[]): void {
  for (const entry of readdirSync(draft, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isOwn = paths.some((own) => path === join(draft, own)) || entry.parentPath === draft;
    if (entry.isFile() && !isOwn) rmSync(path);
  }
}
