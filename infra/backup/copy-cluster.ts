import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DamagedSession } from '@supercontext/runtime/copy-sessions.ts';
import { operateStage } from '../operate-stage.ts';
import type { KnownDamage } from './leave-out-damaged.ts';
import { LISTED, writeListed } from './listed-hashes.ts';
import { STATES } from './states.ts';

/** The files that were made, below the folder, and which sessions are damaged: none where that is a fault. */
export interface CopiedState {
  readonly paths: readonly string[];
  readonly known: KnownDamage;
}

type Damaged = readonly DamagedSession[];

/**
 * Copies what all stages keep in Redis to the folder of a draft, whether anybody uses it or not: the sessions that there were at the
 * beginning, each as it is at one moment. Erasures go on: what was erased meanwhile is taken out again. What can be made again is
 * left out.
 * @param withoutDamaged Whether sessions that are damaged keep no other from being copied
 * @throws BackupFault with what a stage said
 */
export async function copyCluster(draft: string, withoutDamaged: boolean): Promise<CopiedState> {
  const at = (state: keyof typeof STATES) => join(draft, STATES[state]);
  const listed = join(draft, LISTED);
  const sessions = await sessionsNow(withoutDamaged);
  const moved = { sessions, withoutDamaged };
  // Callers before callees, as in files.
  const ofGenerations = await operateStage<Damaged>('reasoning', 'export', { path: at('generations'), ...moved });
  const ofLog = await operateStage<Damaged>('context', 'export', { path: at('log'), ...moved });
  await writeListed(at('log'), listed);
  const request = { path: at('fragments'), listed, withoutDamaged };
  const ofStore = await operateStage<{ sessions: Damaged; fragments: readonly string[] }>('store', 'export', request);
  const gone = await goneOf(sessions, withoutDamaged);
  if (gone.length > 0) {
    await operateStage('reasoning', 'forget', { path: at('generations'), sessions: gone });
    await operateStage('context', 'forget', { path: at('log'), sessions: gone });
    await operateStage('store', 'forget', { path: at('fragments'), sessions: gone });
  }
  rmSync(listed);
  const paths = [STATES.generations, STATES.log, STATES.fragments];
  const left = (damaged: Damaged) => damaged.filter(({ session }) => !gone.includes(session));
  const notCopied = left([...ofLog, ...ofStore.sessions]);
  return {
    paths,
    known: { notCopied, damaged: left(ofGenerations), damagedFragments: new Set(ofStore.fragments) },
  };
}

function sessionsNow(withoutDamaged: boolean): Promise<readonly string[]> {
  return operateStage<readonly string[]>('context', 'sessions', { withoutDamaged });
}

/** Of which parts may be missing: an erasure is noted before it begins, and until the log has nothing of its session any more. */
async function goneOf(sessions: readonly string[], withoutDamaged: boolean): Promise<readonly string[]> {
  const noted = new Set(await operateStage<readonly string[]>('reasoning', 'erasures', {}));
  const left = new Set(await sessionsNow(withoutDamaged));
  return sessions.filter((id) => noted.has(id) || !left.has(id));
}

/** What a stage keeps beside its file while that is open. */
export function removeOthers(draft: string, paths: readonly string[]): void {
  for (const entry of readdirSync(draft, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isOwn = paths.some((own) => path === join(draft, own)) || entry.parentPath === draft;
    if (entry.isFile() && !isOwn) rmSync(path);
  }
}
