import { rest } from '@supercontext/runtime/process/in-slices.ts';
import type { FragmentStore } from './fragments/fragment-store.ts';

/** Entries read at a time, in a few milliseconds. */
const ENTRIES_A_READ = 1_024;

/** How many entries of a session's log are not withdrawn, and their o200k tokens. Linear in the log where anything is. */
export async function countShown(
  fragments: FragmentStore,
  sessionId: string,
): Promise<{ readonly fragments: number; readonly tokens: number }> {
  const { knownThrough, tokens } = await fragments.known(sessionId);
  const withdrawn = await fragments.withdrawn(sessionId);
  const [first] = withdrawn.stretches;
  const last = withdrawn.stretches.at(-1);
  let tokensOfWithdrawn = 0;
  if (first !== undefined && last !== undefined) {
    for (let from = first.from; from <= Math.min(last.through, knownThrough); from += ENTRIES_A_READ) {
      const entries = await fragments.entries(sessionId, from, ENTRIES_A_READ);
      for (const { position, tokens: own } of entries) if (withdrawn.has(position)) tokensOfWithdrawn += own;
      await rest();
    }
  }
  const shown = knownThrough + 1 - withdrawn.countBefore(knownThrough + 1);
  return { fragments: shown, tokens: tokens - tokensOfWithdrawn };
}
