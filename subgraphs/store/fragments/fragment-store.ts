import type { Fragment } from '@supercontext/contract';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentHash, FragmentName } from '../fragment-id.ts';

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
  /** Of the entries through `knownThrough`, 32 hex digits: see runtime/log-digest.ts. */
  readonly digest: string;
  /** Of which positions are withdrawn: see runtime/withdrawn.ts. */
  readonly withdrawnDigest: string;
}

/** That a copy of a log is not the log any more: what it is instead from position `from` on comes with it. */
export interface Replacement {
  readonly from: number;
  /** The digest of the copy that was looked at: when it is another by now, nothing is replaced. */
  readonly digest: string;
}

/** What a replication says beside new entries. */
export interface LogChange {
  readonly replaces?: Replacement | undefined;
  /** Which positions are withdrawn from now on, all of them; left out where that is as it was. */
  readonly withdrawn?: Withdrawn | undefined;
}

/** A fragment as it is stored, wherever that is. */
export interface WholeFragment {
  readonly hash: FragmentHash;
  /** The canonical bytes that the hash is made of. */
  readonly body: Uint8Array;
  /** When it was stored first. */
  readonly createdAtMs: number;
}

/**
 * What the store has of a session, in this order: how far its copy of the log goes, the fragments, each once, and the entries by
 * position. Fragments that are missing are left out; what waits beyond a gap is told again by who knows it.
 */
export type FragmentItem =
  | { readonly known: Omit<KnownLog, 'sessionId'>; readonly withdrawn: Uint8Array }
  | { readonly fragment: WholeFragment }
  | { readonly entry: LogEntry };

export type OnDamagedFragment = (hash: FragmentHash) => void;

/** What an erasure came to. */
export interface ErasedFragments {
  readonly fragments: number;
  /** Left, since other sessions list them as well; none where each session has its own. */
  readonly shared: number;
  /** Left for now, since others have put them as well and may be about to list them; looked at again later. */
  readonly waiting: number;
  /** Of the fragments erased, at rest. */
  readonly sizeBytes: number;
}

/**
 * Where fragments and the replicated logs live. What is put is durable when its promise resolves. What is replicated is a copy
 * of the context stage's log: it survives the death of the process, but a power loss may take the last replications, and
 * `knownThrough` then asks for them again. Every method throws
 * ContractError STORAGE_FULL or STORAGE_UNAVAILABLE when the state cannot be written or reached, STORAGE_CORRUPT, naming the row, when
 * what was replicated is not as it was written; nothing of that write holds then.
 */
export interface FragmentStore {
  /**
   * Stores fragments of a session under the keyed hash of their canonical bytes. Idempotent: a fragment that is there already is
   * not written again, and one that is there but damaged is written anew. What a batch that fails leaves behind is listed
   * nowhere, and is found there when the batch is put again. Until the session replicates them they are safe from the erasure
   * of another session.
   * `hashes` are in the order given; `deduplicated` counts those that were there, of the session's own at least.
   */
  put(
    fragments: readonly Fragment[],
    sessionId: string,
  ): Promise<{ readonly hashes: readonly FragmentHash[]; readonly deduplicated: number }>;
  /**
   * Reads fragments in the order asked, in one round trip, each checked against its hash. A log may list what is missing. What a
   * session never put may be missing although another one has put the same.
   */
  get(names: readonly FragmentName[]): Promise<readonly FragmentRead[]>;
  /**
   * Adds entries, positions without a gap and in order, to what is known of a session's log. Atomic, idempotent by position.
   * Entries beyond a gap are kept, 16 384 of them at least, and count once the gap is filled. A fragment that was never put is listed all the same, as
   * missing until it is put. When an entry is another than the one known at its position, nothing of the batch is taken: the
   * digest tells. With `replaces`, all that is known from its position on is forgotten first; of fragments nothing ever is.
   */
  replicate(sessionId: string, entries: readonly LogEntry[], change?: LogChange): Promise<KnownLog>;
  /** Which positions are withdrawn; none of a session nothing was replicated of. */
  withdrawn(sessionId: string): Promise<Withdrawn>;
  /** The digest of the entries through position `through`, that of an empty log for -1; null when not known so far. */
  digest(sessionId: string, through: number): Promise<string | null>;
  /** Up to `first` entries from position `from` through `knownThrough`, in order; empty for an unknown session. */
  entries(sessionId: string, from: number, first: number): Promise<readonly LogEntry[]>;
  /** The entries at these positions, in ascending order of position; those the log lacks are left out. */
  entriesAt(sessionId: string, positions: readonly number[]): Promise<readonly LogEntry[]>;
  /** `knownThrough` is -1 for a session nothing was replicated of. */
  known(sessionId: string): Promise<KnownLog>;
  /** Sessions with replicated entries in order of id, after `after`; without those whose own record is damaged. */
  sessions(first: number, after: string | null): Promise<readonly KnownLog[]>;
  /** Bytes at rest of the session's fragments; a fragment listed twice counts once. Linear in the session. */
  sizeBytes(sessionId: string): Promise<number>;
  /**
   * Forgets a session's log and deletes the fragments that no other session lists, so that nothing of them is left in the
   * files. Idempotent; an erasure that is interrupted is finished by the next call or `sweep`.
   */
  erase(sessionId: string): Promise<ErasedFragments>;
  /** Deletes what erasures before had to leave, where nobody has listed it since. */
  sweep(): Promise<ErasedFragments>;
  /**
   * What there is of a session, in pages of bounded size, for another store, of whatever kind: its copy of the log, and the fragments
   * that this lists, and those of `listed`, which the log itself may list by now.
   * @param onDamaged told of fragments that are damaged, which are then left out as those that are missing
   * @throws ContractError STORAGE_CORRUPT naming a fragment that is damaged; STORAGE_UNAVAILABLE where the copy is replaced meanwhile
   */
  exportSession(
    sessionId: string,
    listed: readonly FragmentHash[],
    onDamaged?: OnDamagedFragment,
  ): AsyncIterable<SealedPage<FragmentItem>>;
  /**
   * Takes in a session as another store has exported it, which has the same tenant key. Idempotent; interrupted, it is to be repeated.
   * @throws ContractError STORAGE_CORRUPT for what is not as it was sent, or not what it is named for; INPUT_INVALID where another log
   *   of the session is known
   */
  importSession(sessionId: string, pages: AsyncIterable<SealedPage<FragmentItem>>): Promise<void>;
  /**
   * Copies the state as it is to a new file, while it is being used.
   * @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE; INPUT_INVALID where the state is in no file
   */
  backupTo(path: string): Promise<void>;
  /** The shard that a session's log lies on, or a fragment of it, as operators know it. */
  shardOf(sessionId: string, hash?: FragmentHash): string;
  /** Lets go of files and connections; no call may follow. */
  close(): Promise<void>;
}
