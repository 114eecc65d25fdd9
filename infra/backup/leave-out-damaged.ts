import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DamagedSession } from '@supercontext/runtime/copy-sessions.ts';
import { operateStage } from '../operate-stage.ts';
import { findDamage, structureFaults } from './find-damage.ts';
import { LISTED, writeListed } from './listed-hashes.ts';
import { BackupFault } from './manifest.ts';
import { STATES } from './states.ts';
import { tenantKeyOf } from './tenant-key-of.ts';

/** What the stages have said while they copied. */
export interface KnownDamage {
  /** Sessions that some stage has not copied: what the others have of them tells nothing. */
  readonly notCopied: readonly DamagedSession[];
  /** Sessions of which all but what is damaged can be looked at. */
  readonly damaged: readonly DamagedSession[];
  /** Hashes of fragments that were not copied since they are damaged. */
  readonly damagedFragments: ReadonlySet<string>;
}

export const NO_DAMAGE_KNOWN: KnownDamage = { notCopied: [], damaged: [], damagedFragments: new Set() };

/**
 * Takes all of the sessions that are damaged out of a draft, and whatever no other session lists: what is left fits together.
 * @param tenantKey The operator's; null where the store keeps one in its folder.
 * @returns the sessions with what is wrong with each
 * @throws BackupFault where what is damaged is no session's
 */
export async function leaveOutDamaged(
  draft: string,
  tenantKey: string | null,
  known: KnownDamage,
): Promise<readonly DamagedSession[]> {
  refuse(structureFaults(draft));
  const key = tenantKeyOf(draft, tenantKey);
  const reasons = new Map<string, readonly string[]>();
  const add = (session: string, why: readonly string[]) =>
    reasons.set(session, [...(reasons.get(session) ?? []), ...why]);
  const forgotten = new Set<string>();
  const forgetAll = async () => {
    const sessions = [...reasons.keys()].filter((id) => !forgotten.has(id));
    await forget(draft, key, sessions);
    for (const id of sessions) forgotten.add(id);
  };
  for (const { session, why } of known.notCopied) add(session, why);
  if (reasons.size > 0) await forgetAll();
  for (const { session, why } of known.damaged) if (!forgotten.has(session)) add(session, why);
  for (let rounds = 0; ; rounds++) {
    const { damages } = findDamage(draft, key, known.damagedFragments);
    if (damages.length === 0 && forgotten.size === reasons.size) break;
    const before = reasons.size;
    for (const { session, what } of damages) if (session !== null && !forgotten.has(session)) add(session, [what]);
    // What no session lists has gone with the first round.
    if (rounds > 0 && reasons.size === before) refuse(damages.map(({ line }) => line));
    await forgetAll();
  }
  return [...reasons].map(([session, why]) => ({ session, why }));
}

async function forget(draft: string, key: Buffer, sessions: readonly string[]): Promise<void> {
  const at = (state: keyof typeof STATES) => join(draft, STATES[state]);
  await operateStage('reasoning', 'forget', { path: at('generations'), sessions });
  await operateStage('context', 'forget', { path: at('log'), sessions });
  if (existsSync(at('summaries'))) await operateStage('compression', 'forget', { path: at('summaries'), sessions });
  const listed = join(draft, LISTED);
  await writeListed(at('log'), listed);
  const environment = { SUPERCONTEXT_TENANT_KEY: `hex:${key.toString('hex')}` };
  await operateStage('store', 'keep', { path: at('fragments'), listed }, environment);
  rmSync(listed);
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new BackupFault(faults);
}
