import { rest } from '@supercontext/runtime/process/in-slices.ts';
import type { Database } from '@supercontext/runtime/sqlite/database.ts';
import type { FragmentHash } from '../fragment-id.ts';

/** Deleted between two rests: a few milliseconds. */
const ROWS_A_STEP = 1_024;

/** What the logs of all sessions list, by the sessions' ids. */
export type ListedHashes = ReadonlyMap<string, readonly FragmentHash[]>;

/**
 * Leaves in a file only what these sessions list, in their logs or in its copies of them. For a file that is not in use: a
 * fragment that was put and is about to be listed would go as well.
 * @param erase forgets a session of the file, with the fragments that it alone lists there
 */
export async function keepListed(
  database: Database,
  listed: ListedHashes,
  erase: (sessionId: string) => Promise<unknown>,
): Promise<void> {
  const sessions = database.read(() => database.prepare('SELECT id FROM sessions').all()).map(({ id }) => String(id));
  for (const id of sessions) if (!listed.has(id)) await erase(id);
  const kept = new Set([...listed.values()].flat());
  const unlisted = database
    .read(() => database.prepare('SELECT id FROM fragments WHERE row NOT IN (SELECT fragment FROM log)').all())
    .map(({ id }) => id as Uint8Array)
    .filter((id) => !kept.has(Buffer.from(id).toString('hex')));
  const drop = database.prepare('DELETE FROM fragments WHERE id = ?');
  for (let from = 0; from < unlisted.length; from += ROWS_A_STEP) {
    database.transactionOnReserve(() => {
      for (const id of unlisted.slice(from, from + ROWS_A_STEP)) drop.run(id);
    });
    await rest();
  }
  database.scrub();
}
