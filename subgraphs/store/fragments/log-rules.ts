import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import type { KnownLog, LogEntry, Replacement } from './fragment-store.ts';

/** How far a copy of a log goes without a gap. */
export interface LogEnd {
  /** The last position; -1 for none. */
  readonly through: number;
  /** o200k, of all entries through it. */
  readonly tokens: number;
  /** Of the log through it: 16 bytes. */
  readonly digest: Uint8Array;
}

/** The end of a copy without entries. */
export const NO_END: LogEnd = { through: -1, tokens: 0, digest: EMPTY_LOG_DIGEST };

/** The end of a copy with one more entry, the one that follows. */
export function endAfter({ tokens, digest }: LogEnd, entry: LogEntry): LogEnd {
  return {
    through: entry.position,
    tokens: tokens + entry.tokens,
    digest: digestAfter(digest, entry.hash, entry.tokens),
  };
}

/**
 * Whether an entry is another than the one listed at its position: then nothing of what was told holds.
 * @param listed through the end of the copy, whatever of it
 * @param entries positions without a gap, in order
 */
export function contradicts(listed: Iterable<LogEntry>, entries: readonly LogEntry[]): boolean {
  const from = entries[0]?.position ?? 0;
  for (const { position, hash, tokens } of listed) {
    const entry = entries[position - from];
    if (entry !== undefined && (entry.hash !== hash || entry.tokens !== tokens)) return true;
  }
  return false;
}

/** Those of the entries that lie behind the end. */
export function unknownOf({ through }: LogEnd, entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.filter(({ position }) => position > through);
}

/** Those of the waiting, in order of position, that follow on the end without a gap: they count now. */
export function* following({ through }: LogEnd, waiting: Iterable<LogEntry>): Generator<LogEntry> {
  let next = through + 1;
  for (const entry of waiting) {
    if (entry.position !== next) return;
    yield entry;
    next++;
  }
}

/** Whether a replacement speaks of the copy as it is: whoever wants it has looked at another one otherwise. */
export function isOfCopy({ digest }: Replacement, end: LogEnd): boolean {
  return hexOf(end.digest) === digest;
}

/** The last position that stays when all is forgotten from a position on. */
export function keptThrough({ through }: LogEnd, { from }: Replacement): number {
  return Math.min(from - 1, through);
}

/** What is known of a session, with the digest of what is withdrawn of it. */
export function knownLog(sessionId: string, { through, tokens, digest }: LogEnd, withdrawnDigest: string): KnownLog {
  return { sessionId, knownThrough: through, tokens, digest: hexOf(digest), withdrawnDigest };
}

/** What is known of a session nothing was replicated of. */
export function nothingKnown(sessionId: string): KnownLog {
  return knownLog(sessionId, NO_END, '');
}

export function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}
