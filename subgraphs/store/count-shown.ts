import type { FragmentStore } from './fragments/fragment-store.ts';

/** Of a stretch that is withdrawn, read at a time. */
const ENTRIES_A_READ = 4_096;

/** How many entries of a session's log are not withdrawn, and their o200k tokens. Linear in what is. */
export async function countShown(
  fragments: FragmentStore,
  sessionId: string,
): Promise<{ readonly fragments: number; readonly tokens: number }> {
  const known = await fragments.known(sessionId);
  const withdrawn = await fragments.withdrawn(sessionId);
  const log = { from: 0, through: known.knownThrough };
  let { tokens } = known;
  for (const { from, through } of withdrawn.within(log)) {
    for (let at = from; at <= through; at += ENTRIES_A_READ) {
      const entries = await fragments.entries(sessionId, at, Math.min(ENTRIES_A_READ, through - at + 1));
      tokens -= entries.reduce((sum, entry) => sum + entry.tokens, 0);
    }
  }
  return { fragments: known.knownThrough + 1 - withdrawn.countIn(log), tokens };
}
