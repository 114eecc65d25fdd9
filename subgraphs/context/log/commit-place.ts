import type { SessionRow } from './schema.ts';
import type { Commit } from './session-log.ts';

/** The turn that a commit begins, null for one that begins none. */
export function madeBy(session: SessionRow, { turn }: Commit): number | null {
  return turn !== null && 'prompt' in turn ? session.turns : null;
}

/** Where the log stands after the entries of a commit: their end, their tokens, and those of all chat so far. */
export function endAfter(session: SessionRow, { entries }: Commit) {
  let tokens = 0;
  let chatTokens = session.chat_tokens;
  for (const entry of entries) {
    tokens += entry.tokens;
    if (entry.kind === 'chat') chatTokens += entry.tokens;
  }
  return { position: session.fragments + entries.length, tokens, chatTokens };
}

/** For each entry of a commit, the position of the first part of its item; null where it is all of it. */
export function firstPartsOf(session: SessionRow, { entries }: Commit): (number | null)[] {
  let first = 0;
  return entries.map(({ item }, at) => {
    const continues = item !== undefined && at > 0 && entries[at - 1]?.item === item;
    if (!continues) first = at;
    const isContinued = item !== undefined && entries[at + 1]?.item === item;
    return continues || isContinued ? session.fragments + first : null;
  });
}

/** Whether rows that were made after the one are right after the other. */
export function isSamePlace(one: SessionRow, other: SessionRow): boolean {
  return one.row === other.row && one.revision === other.revision;
}
