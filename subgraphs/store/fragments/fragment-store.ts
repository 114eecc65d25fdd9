import type { Fragment } from '@supercontext/contract';
import type { FragmentHash } from '../fragment-id.ts';

/** What a read of one fragment came to. Bytes that do not match their hash are never handed out. */
export type FragmentRead =
  | { readonly state: 'whole'; readonly fragment: Fragment; readonly createdAtMs: number }
  | { readonly state: 'missing' }
  | { readonly state: 'corrupt' };

/** That a session's log lists a fragment at a position. */
export interface LogEntry {
  /** Counts the fragments of a session from 0. */
  readonly position: number;
  readonly hash: FragmentHash;
  /** o200k. */
  readonly tokens: number;
}

/** What the store knows of a session's log. */
export interface KnownLog {
  readonly sessionId: string;
  /** Last position without a gap before it; -1 when none. */
  readonly knownThrough: number;
  /** o200k tokens of the entries through `knownThrough`. */
  readonly tokens: number;
}

/**
 * Where fragments and the announced logs live. What is put is durable when its promise resolves. What is announced is a copy
 * of the context stage's log: it survives the death of the process, but a power loss may take the last announcements, and
 * `knownThrough` then asks for them again. Every method throws
 * ContractError STORAGE_FULL or STORAGE_UNAVAILABLE when the state cannot be written or reached; nothing of that write holds then.
 */
export interface FragmentStore {
  /**
   * Stores fragments under the keyed hash of their canonical bytes. Atomic for the batch and idempotent: a fragment that is
   * there already is not written again, and one that is there but damaged is written anew.
   * `hashes` are in the order given; `deduplicated` counts those that were there.
   */
  put(
    fragments: readonly Fragment[],
  ): Promise<{ readonly hashes: readonly FragmentHash[]; readonly deduplicated: number }>;
  /** Reads fragments in the order asked, in one round trip, each checked against its hash. */
  get(hashes: readonly FragmentHash[]): Promise<readonly FragmentRead[]>;
  /**
   * Adds entries, positions without a gap and in order, to what is known of a session's log. Atomic, idempotent by position.
   * Entries beyond a gap are kept and count once the gap is filled.
   * @throws ContractError FRAGMENT_MISSING when an entry's fragment was never put, INPUT_INVALID when a position is known to hold another.
   */
  announce(sessionId: string, entries: readonly LogEntry[]): Promise<KnownLog>;
  /** Up to `first` entries from position `from` through `knownThrough`, in order; empty for an unknown session. */
  entries(sessionId: string, from: number, first: number): Promise<readonly LogEntry[]>;
  /** The entries at these positions, in ascending order of position; those the log lacks are left out. */
  entriesAt(sessionId: string, positions: readonly number[]): Promise<readonly LogEntry[]>;
  /** `knownThrough` is -1 for a session nothing was announced of. */
  known(sessionId: string): Promise<KnownLog>;
  /** Sessions with announced entries in order of id, after `after`. */
  sessions(first: number, after: string | null): Promise<readonly KnownLog[]>;
  /** Bytes at rest of the session's fragments; a fragment listed twice counts once. Linear in the session. */
  sizeBytes(sessionId: string): Promise<number>;
  /** Lets go of files and connections; no call may follow. */
  close(): Promise<void>;
}
