import type { KnownLog, LogChange, LogEntry } from './fragment-store.ts';
import { contradicts, following, isOfCopy, keptThrough, knownLog, unknownOf } from './log-rules.ts';
import { CHUNK_ENTRIES, type Chunk, chunkOf, grow, type LogHead, NO_HEAD } from './redis-log-records.ts';

/** Entries kept beyond a gap; those farther away are told again by whoever fills it. */
const MOST_WAITING = 16_384;

/** What of a copy a change is to be computed from. */
export interface SeenLog {
  readonly sessionId: string;
  /** Null for a session nothing was replicated of. */
  readonly head: LogHead | null;
  readonly waiting: readonly LogEntry[];
  /** A full stretch by its number. @throws ContractError STORAGE_CORRUPT */
  readonly chunk: (number: number) => Chunk;
}

/** A copy as it is to be: what of it is written anew, and what is dropped. */
export interface NextLog {
  readonly head: LogHead;
  readonly full: ReadonlyMap<number, Chunk>;
  readonly waiting: readonly LogEntry[];
  /** Numbers of full stretches that are none any more. */
  readonly dropped: readonly number[];
}

/** Numbers of the stretches that a change may have to look at: those beside its entries, and the one it cuts. */
export function chunksLookedAt(entries: readonly LogEntry[], { replaces }: LogChange): number[] {
  const numbers = new Set(entries.map(({ position }) => chunkOf(position)));
  if (replaces !== undefined && replaces.from > 0) numbers.add(chunkOf(replaces.from - 1));
  return [...numbers];
}

/** What a replication makes of a copy; `next` is null where it changes nothing. */
export function changeLog(
  seen: SeenLog,
  entries: readonly LogEntry[],
  { replaces, withdrawn }: LogChange,
): { readonly known: KnownLog; readonly next: NextLog | null } {
  const before = seen.head ?? NO_HEAD;
  const asItIs = { known: knownLog(seen.sessionId, before.end, before.withdrawnDigest), next: null };
  if (seen.head === null && entries.length === 0) return asItIs;
  if (replaces !== undefined && !isOfCopy(replaces, before.end)) return asItIs;
  const kept = replaces === undefined ? before : cut(seen, before, keptThrough(before.end, replaces));
  if (contradicts(listedBeside(seen, kept, entries), entries)) return asItIs;
  const waiting = waitingWith(replaces === undefined ? seen.waiting : [], unknownOf(kept.end, entries));
  const joining = [...following(kept.end, waiting)];
  const { full, ...grown } = grow(kept, joining);
  const left = waiting.slice(joining.length, joining.length + MOST_WAITING);
  const withdrawnDigest = withdrawn?.digest ?? before.withdrawnDigest;
  const head: LogHead = { ...grown, revision: before.revision + 1, isWaiting: left.length > 0, withdrawnDigest };
  const known = knownLog(seen.sessionId, head.end, withdrawnDigest);
  const isNothing = replaces === undefined && withdrawn === undefined && unknownOf(kept.end, entries).length === 0;
  if (isNothing && seen.head !== null) return { known, next: null };
  return { known, next: { head, full, waiting: left, dropped: droppedBy(before, kept) } };
}

/** Without what lies behind a position. */
function cut(seen: SeenLog, head: LogHead, through: number): LogHead {
  if (through === head.end.through) return head;
  if (through < 0) return { ...NO_HEAD, withdrawnDigest: head.withdrawnDigest };
  const { before, entries } = chunkAt(seen, head, through);
  const left = entries.filter(({ position }) => position <= through);
  const { end, tail } = grow({ end: before, tail: { before, entries: [] } }, left);
  return { ...head, end, tail };
}

function chunkAt(seen: SeenLog, { tail }: LogHead, position: number): Chunk {
  return position > tail.before.through ? tail : seen.chunk(chunkOf(position));
}

function* listedBeside(seen: SeenLog, head: LogHead, entries: readonly LogEntry[]): Generator<LogEntry> {
  const listed = entries.filter(({ position }) => position <= head.end.through);
  for (const number of new Set(listed.map(({ position }) => chunkOf(position)))) {
    yield* chunkAt(seen, head, number * CHUNK_ENTRIES).entries;
  }
}

/** What waits, in order of position; where two say something of one position, the later word. */
function waitingWith(waiting: readonly LogEntry[], more: readonly LogEntry[]): readonly LogEntry[] {
  if (waiting.length === 0) return more;
  const all = new Map([...waiting, ...more].map((entry) => [entry.position, entry]));
  return [...all.values()].sort((one, other) => one.position - other.position);
}

function droppedBy(before: LogHead, kept: LogHead): number[] {
  const [from, to] = [chunkOf(kept.tail.before.through + 1), chunkOf(before.tail.before.through + 1)];
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}
