import type { LogEntry, SessionLog, SessionRecord } from '../log/session-log.ts';

/** Which entries of a session may be shown: none that is withdrawn. */
export interface ShownEntries {
  readonly session: SessionRecord;
  /** A turn that is left out, with its answers: the one that is answered anew. */
  readonly without?: number | undefined;
  /** Turns from this one on are left out: they have begun since the question came. */
  readonly turnsBefore?: number | undefined;
}

export function isShownIn({ session, without, turnsBefore = Number.POSITIVE_INFINITY }: ShownEntries) {
  return ({ position, turn }: LogEntry): boolean =>
    !session.withdrawn.has(position) && (turn === null || (turn !== without && turn < turnsBefore));
}

/** How many fragments a session has, without those withdrawn. */
export function shownFragments({ fragments, withdrawn }: Pick<SessionRecord, 'fragments' | 'withdrawn'>): number {
  return fragments - withdrawn.countBefore(fragments);
}

/** Entries read at a time, and how often, while too few of them may be shown. */
const ENTRIES_A_READ = 512;
const MOST_READS = 16;

/** The newest messages that may be shown, newest first. */
export async function newestMessages(log: SessionLog, shown: ShownEntries, wanted: number): Promise<LogEntry[]> {
  const isShown = isShownIn(shown);
  const messages: LogEntry[] = [];
  let through = shown.session.fragments - 1;
  for (let reads = 0; reads < MOST_READS && messages.length < wanted && through >= 0; reads++) {
    const range = { from: 0, through, first: ENTRIES_A_READ, only: 'chat', newestFirst: true } as const;
    const entries = await log.entries(shown.session.id, range);
    messages.push(...entries.filter((entry) => entry.role !== 'system' && isShown(entry)));
    if (entries.length < ENTRIES_A_READ) break;
    through = (entries.at(-1) as LogEntry).position - 1;
  }
  return messages.slice(0, wanted);
}

/** Entries that may be shown, in order: of those of the session that are not withdrawn, `count` from the place `from` on. */
export async function shownEntries(
  log: SessionLog,
  shown: ShownEntries,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<LogEntry[]> {
  const { session } = shown;
  const length = Math.max(0, Math.min(count, shownFragments(session) - from));
  const positions = Array.from({ length }, (_, place) => session.withdrawn.positionAt(from + place));
  return (await log.entriesAt(session.id, positions)).filter(isShownIn(shown));
}
