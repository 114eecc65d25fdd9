import type { ContractError, Role, Source } from '@supercontext/contract';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { SessionItem } from './session-content.ts';

/** What the log knows of a session without reading its entries. */
export interface SessionRecord {
  readonly id: string;
  /** Its place in the order in which sessions were opened; never given twice, also when one is erased. */
  readonly place: number;
  /** The one that it was given, or else its first question's; null before there is one. */
  readonly title: string | null;
  readonly createdAtMs: number;
  /** When it was last committed to, or opened. */
  readonly lastActivityAtMs: number;
  /** Null while it is not archived. */
  readonly archivedAtMs: number | null;
  /** Counts commits. */
  readonly revision: number;
  /** o200k tokens of all entries that are not withdrawn. */
  readonly tokens: number;
  /** Entries, those withdrawn among them; the last position is one less. */
  readonly fragments: number;
  /** Which of them are withdrawn. */
  readonly withdrawn: Withdrawn;
  /** Whether the log knows its documents: one of the time before has to be told them. */
  readonly knowsDocuments: boolean;
  readonly turns: number;
}

/** What came with an item beside its text; null for what nobody told. */
export interface Facts {
  /** The name of who says it. */
  readonly speaker: string | null;
  /** When it was said or written, in milliseconds since 1970. */
  readonly occurredAtMs: number | null;
  /** What nobody here interprets. */
  readonly metadata: string | null;
}

/** What a commit adds at the end of the log, in order. */
export interface NewEntry {
  /** The fragment's hash, 32 lower-case hex digits. */
  readonly hash: string;
  readonly tokens: number;
  readonly role: Role;
  readonly kind: Source['kind'];
  /** The same object for the neighbouring entries of one item, which share it at rest; null when there are none. */
  readonly facts: Facts | null;
  /** Which of the commit's items it is a part of; neighbours with the same number are of the same. Left out, it is one by itself. */
  readonly item?: number | undefined;
}

export interface LogEntry extends Omit<NewEntry, 'item'> {
  readonly position: number;
  /** Position of the first part of its item; null where it is all of it, or was written before that was kept. */
  readonly firstPart: number | null;
  /** o200k tokens of the chat entries before this one: the recent window is cut by it. */
  readonly chatTokensBefore: number;
  /** The turn whose prompt or answer it belongs to. */
  readonly turn: number | null;
  /** Whether a model wrote it, as the answer of its turn. */
  readonly isAnswer: boolean;
}

/** A part of a document that a commit brings. */
export interface NewDocumentPart {
  /** Names the document within its session. */
  readonly path: string;
  /** SHA-256 of its text, in hex. */
  readonly hash: string;
  /** Which of the commit's entries hold it: the first one's place among them, and how many. At least one. */
  readonly first: number;
  readonly entries: number;
  /** Null for one more part of the document as it is. */
  readonly version: NewVersion | null;
}

/** A version that takes the place of the one there is, if there is one, with its last part. Its parts come in order, in one commit or more. */
export interface NewVersion {
  /** Counts from 0. */
  readonly part: number;
  readonly parts: number;
  /** SHA-256 of the parts' hashes, in hex; null for a version of one part. Parts with another one are of another version. */
  readonly hash: string | null;
}

/** A part of a document of the time before, as it was found. */
export interface LearnedPart {
  readonly path: string;
  readonly hash: string;
  readonly tokens: number;
  /** Positions, both included. */
  readonly from: number;
  readonly through: number;
  readonly appendedAtMs: number;
}

export interface DocumentRecord {
  readonly path: string;
  /** SHA-256 of its text; of several parts, of their hashes' bytes one after the other. In hex. */
  readonly hash: string;
  readonly parts: number;
  /** o200k. */
  readonly tokens: number;
  /** When its last part was. */
  readonly appendedAtMs: number;
}

/** Which documents to list, in order of their paths, or with `fromEnd` the last ones of them. */
export interface DocumentQuery {
  readonly size: number;
  readonly fromEnd: boolean;
  /** Paths, exclusive. */
  readonly after: string | null;
  readonly before: string | null;
}

export interface TurnRecord {
  readonly sessionId: string;
  /** Counts from 0. */
  readonly index: number;
  readonly prompt: string;
  readonly createdAtMs: number;
  /** Positions of the prompt, both included. */
  readonly from: number;
  readonly through: number;
}

/** The newest answer of a turn is the one that the session says; an older one is withdrawn, also when it comes later. */
export interface NewAnswer {
  /** The turn. */
  readonly answers: number;
  /** When it was begun, by the clock of who answers: also when it was said. */
  readonly begunAtMs: number;
}

export interface Commit {
  readonly sessionId: string;
  /** Unique in the session for ever. */
  readonly key: string;
  /** Hash of what the key stands for: the same key with another hash is refused. */
  readonly contentHash: string;
  /** The revision the session must be at, null for any. */
  readonly baseRevision: number | null;
  readonly entries: readonly NewEntry[];
  /** UTF-8 bytes of the entries' texts. */
  readonly sizeBytes: number;
  /** A prompt makes a turn; an answer belongs to one. */
  readonly turn: { readonly prompt: string } | NewAnswer | null;
  readonly documents?: readonly NewDocumentPart[];
  /** Paths of documents that are removed. */
  readonly removes?: readonly string[];
  /** When it is; also when a prompt was said. */
  readonly nowMs: number;
}

/** What a commit came to, kept with its key for ever. */
export interface Receipt {
  readonly contentHash: string;
  /** The session's revision after the commit. */
  readonly revision: number;
  /** Position of the first entry, and how many there are. */
  readonly from: number;
  readonly fragments: number;
  readonly tokens: number;
  readonly sizeBytes: number;
  /** The turn it made. */
  readonly turn: number | null;
}

export type CommitOutcome =
  | { readonly state: 'committed' | 'replayed'; readonly receipt: Receipt }
  | { readonly state: 'conflict'; readonly revision: number }
  | { readonly state: 'key-reused' }
  | { readonly state: 'session-missing' };

/** Which entries to read: positions from..through, both included, at most `first` of them. */
export interface EntryRange {
  readonly from: number;
  readonly through: number;
  readonly first: number;
  /** `chat`: messages, prompts and answers; `assistant`: those of them that a model wrote; `system`: instructions. */
  readonly only?: 'chat' | 'assistant' | 'system';
  readonly newestFirst?: boolean;
}

export type SessionOrder = 'activity' | 'creation';

/** Where a session stands in an order: when, and among those of the same moment, its place. */
export interface SessionPlace {
  readonly atMs: number;
  readonly place: number;
}

/** Which sessions to list: the newest first, or with `fromEnd` the oldest of them, in the same order. */
export interface SessionQuery {
  readonly orderBy: SessionOrder;
  readonly size: number;
  readonly fromEnd: boolean;
  /** Exclusive; they need not be there any more. */
  readonly after: SessionPlace | null;
  readonly before: SessionPlace | null;
  /** Whether those archived, or those not; null for both. */
  readonly archived: boolean | null;
  /** Part of the title, folded; null for any. */
  readonly titleContains: string | null;
}

/** A session of a list: one whose row is damaged stands there with its fault, and takes nothing else with it. */
export interface ListedSession extends SessionPlace {
  readonly session: SessionRecord | ContractError;
}

/** What of a session people change; a field left out stays. */
export interface SessionChange {
  /** Null for the title of its first question. */
  readonly title?: string | null;
  /** Null for one that is archived no more. */
  readonly archivedAtMs?: number | null;
}

/**
 * The truth about every session: what was appended, in which order, under which key. Positions of a session have no gaps
 * and never change. Every verb throws STORAGE_UNAVAILABLE when the state cannot be reached, and STORAGE_CORRUPT, naming the row,
 * for what is not as it was written: a damaged record is never returned, and never taken for one that is not there.
 */
export interface SessionLog {
  /**
   * Opens a session, or returns the one opened with this key before. Durable when it returns; atomic.
   * @throws ContractError STORAGE_FULL
   */
  open(session: {
    readonly id: string;
    readonly title: string | null;
    readonly key: string | null;
    readonly nowMs: number;
  }): Promise<SessionRecord>;
  /** In the order asked, null where there is none. */
  sessions(ids: readonly string[]): Promise<(SessionRecord | null)[]>;
  list(query: SessionQuery): Promise<ListedSession[]>;
  /**
   * Changes what people call a session and where they find it; its log stays as it is. Null when there is none. Durable when it
   * returns; atomic.
   * @throws ContractError STORAGE_FULL
   */
  change(sessionId: string, change: SessionChange): Promise<SessionRecord | null>;
  /**
   * Appends entries under a key. Durable when it returns, atomic, idempotent by key; of two at once with the same key one
   * commits and the other gets its receipt. An outcome other than `committed` has changed nothing.
   * @throws ContractError STORAGE_FULL; DOCUMENT_NOT_FOUND for one to be removed; INPUT_INVALID for a part that is not the next one of
   *   its version, whose hash is not that of its parts, and where too many stretches of the log would be withdrawn
   */
  commit(commit: Commit): Promise<CommitOutcome>;
  /** What a key came to, null when it has not been committed. */
  receipt(sessionId: string, key: string): Promise<Receipt | null>;
  /** In order of position, or the other way round. */
  entries(sessionId: string, range: EntryRange): Promise<LogEntry[]>;
  /** In the order given, without those that the log does not reach. */
  entriesAt(sessionId: string, positions: readonly number[]): Promise<LogEntry[]>;
  /** Turns from index `from` on, oldest first. */
  turns(sessionId: string, from: number, first: number): Promise<TurnRecord[]>;
  /** Of a session that there is not, none. */
  withdrawn(sessionId: string): Promise<Withdrawn>;
  documents(sessionId: string, query: DocumentQuery): Promise<DocumentRecord[]>;
  /** Tells the log the documents of a session that does not know them, all of them. Atomic; has no effect on one that does. */
  learnDocuments(sessionId: string, parts: readonly LearnedPart[]): Promise<void>;
  /** In the order asked, null where there is none. */
  documentsAt(sessionId: string, paths: readonly string[]): Promise<(DocumentRecord | null)[]>;
  /**
   * The digest of the log up to position `through`, included, as 32 hex digits: see runtime/log-digest.ts. That of an
   * empty log for -1; null when there is no such session or its log does not reach `through`.
   */
  digest(sessionId: string, through: number): Promise<string | null>;
  /**
   * Deletes a session with all there is of it, so that nothing of it is left in the files: what there was, null when there is
   * no such session. Durable when it returns, atomic.
   */
  erase(sessionId: string): Promise<{ readonly turns: number; readonly hashes: readonly string[] } | null>;
  /**
   * All there is of a session, as it is at one moment, in pages of bounded size: for another log, of whatever kind.
   * @throws ContractError SESSION_NOT_FOUND, also in the middle for one that is erased meanwhile
   */
  exportSession(sessionId: string): AsyncIterable<SealedPage<SessionItem>>;
  /**
   * Takes in a session as another log has exported it, with its place, times, keys and receipts. It is there when all of it has come
   * and fits together. Idempotent: false when the same was there already. Interrupted, it is to be repeated. Not for a session that
   * is written to at the same time.
   * @throws ContractError STORAGE_CORRUPT for what is not as it was sent; INPUT_INVALID when another session has its id, place or key
   */
  importSession(pages: AsyncIterable<SealedPage<SessionItem>>): Promise<boolean>;
  /** The greatest place that was ever given; 0 for none. */
  lastPlace(): Promise<number>;
  /** From now on only greater places than this are given. */
  givePlacesAfter(place: number): Promise<void>;
  /** Copies the state as it is to a new file, while it is being used. @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE */
  backupTo(path: string): Promise<void>;
  /** Whether no session was ever opened in it: one whose sessions were all erased is not new. */
  isNew(): Promise<boolean>;
  close(): Promise<void>;
}
