import { ContractError } from '@supercontext/contract';
import { EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { InTurn, stepsInSlices } from '@supercontext/runtime/process/in-slices.ts';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import type { PreparedRow } from '@supercontext/runtime/sqlite/checked-table.ts';
import { Database, type Statement } from '@supercontext/runtime/sqlite/database.ts';
import { WithdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { LRUCache } from 'lru-cache';
import { CheckedLog } from './checked-log.ts';
import { isSamePlace } from './commit-place.ts';
import { DocumentRows } from './document-rows.ts';
import type { PositionChange } from './document-rules.ts';
import { EmbeddedContent } from './embedded-content.ts';
import { addAnswer, changedSession, grownSession, type NewSession, newSession } from './grow-session.ts';
import { SessionLists } from './list-sessions.ts';
import { LookThrough } from './look-through.ts';
import { newRows } from './new-rows.ts';
import { factsOf, logEntry, receiptOf, sessionRecord, turnRecord } from './records.ts';
import { type EntryRow, MIGRATIONS, type SessionRow } from './schema.ts';
import type { SessionItem } from './session-content.ts';
import type {
  Commit,
  CommitOutcome,
  DocumentQuery,
  DocumentRecord,
  EntryRange,
  Facts,
  LearnedPart,
  ListedSession,
  LogEntry,
  Receipt,
  SessionChange,
  SessionLog,
  SessionQuery,
  SessionRecord,
  TurnRecord,
} from './session-log.ts';

/** Copying the WAL back takes milliseconds of two files' fsync: done between appends, not in the middle of one. */
const CHECKPOINT_QUIET_MS = 100;

/**
 * Opens the log kept in one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_CORRUPT, STORAGE_FULL
 */
export function openSessionLog(path: string): SessionLog {
  const file = {
    path,
    meaning: 'the session log',
    migrations: MIGRATIONS,
    synchronous: 'FULL',
    isJournalChecked: true,
    checked: 'all',
    checkpointQuietMs: CHECKPOINT_QUIET_MS,
    keepsReserve: true,
  } as const;
  return Database.open(file, (database) => new EmbeddedSessionLog(database));
}

/** More rows than this are made before the transaction that writes them. */
const FEW_ENTRIES = 256;

interface PreparedEntries {
  /** After which they stand. */
  readonly session: SessionRow;
  readonly rows: Rows;
  /** Of the log with them. */
  readonly digest: Uint8Array;
}

interface Rows {
  readonly entries: PreparedRow[];
  readonly facts: PreparedRow[];
}

/** Where the log of a session ended when it was last written. */
interface LogEnd {
  readonly session: number;
  readonly fragments: number;
  readonly digest: Uint8Array;
}

/** Sessions whose ends are remembered; of any other the last row is read. */
const MAXIMUM_ENDS = 10_000;

class EmbeddedSessionLog implements SessionLog {
  readonly #database: Database;
  readonly #log: CheckedLog;
  readonly #ends = new LRUCache<number, LogEnd>({ max: MAXIMUM_ENDS });
  readonly #nextRow: Statement;
  readonly #grow: Statement;
  readonly #change: Statement;
  readonly #lists: SessionLists;
  readonly #documents: DocumentRows;
  readonly #withdrawn: WithdrawnTable;
  readonly #reads = new InTurn();
  readonly #lookThrough: LookThrough;
  readonly #content: EmbeddedContent;

  constructor(database: Database) {
    this.#database = database;
    this.#log = new CheckedLog(database);
    this.#lookThrough = new LookThrough(this.#log, (id, none, work) => this.#ofSession(id, none, work));
    // As AUTOINCREMENT counts: a number is never given twice, so that rows left by another session are never taken over.
    this.#nextRow = database.prepare(
      `SELECT 1 + max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sessions'), 0),
         coalesce((SELECT max(row) FROM sessions), 0)) AS next`,
    );
    this.#lists = new SessionLists(database, this.#log);
    this.#documents = new DocumentRows(database);
    this.#withdrawn = new WithdrawnTable(database);
    const tables = { database, log: this.#log, documents: this.#documents, withdrawn: this.#withdrawn };
    this.#content = new EmbeddedContent(tables);
    this.#grow = database.prepare(
      `UPDATE sessions SET revision = ?, tokens = ?, chat_tokens = ?, fragments = ?, turns = ?, last_activity_at_ms = ?,
         question_title = ?, folded_title = ?, withdrawn_fragments = ?, withdrawn_tokens = ?, document_parts = ?, checksum = ? WHERE row = ?`,
    );
    this.#change = database.prepare(
      'UPDATE sessions SET title = ?, archived_at_ms = ?, question_title = ?, folded_title = ?, checksum = ? WHERE row = ?',
    );
  }

  async open(session: NewSession): Promise<SessionRecord> {
    return this.#database.transaction(() => {
      const known = session.key === null ? null : this.#log.sessionByKey(session.key);
      if (known !== null) return this.#record(known);
      const row = newSession(session, Number(this.#nextRow.get()?.next));
      this.#log.sessions.insert(row);
      return this.#record(row);
    });
  }

  async sessions(ids: readonly string[]): Promise<(SessionRecord | null)[]> {
    const records = await this.#reads.run(() =>
      this.#database.read(() => this.#log.sessionsByIds(ids).map((row) => this.#record(row))),
    );
    const byId = new Map(records.map((record) => [record.id, record]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  async list(query: SessionQuery): Promise<ListedSession[]> {
    return this.#database.read(() =>
      this.#lists.list(query).map(({ row, ...place }) => ({ ...place, session: this.#recordOrFault(row) })),
    );
  }

  async change(sessionId: string, change: SessionChange): Promise<SessionRecord | null> {
    return this.#database.transaction(() => {
      const session = this.#log.session(sessionId);
      if (session === null) return null;
      const changed = changedSession(session, change, () => this.#firstQuestion(session));
      const { title, archived_at_ms, question_title, folded_title, row } = changed;
      const checksum = this.#log.sessions.checksum(changed);
      this.#change.run(title, archived_at_ms, question_title, folded_title, checksum, row);
      return this.#record(changed);
    });
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    await this.#lookThrough.ahead(commit.sessionId, 'receipts');
    const early = commit.entries.length > FEW_ENTRIES ? await this.#prepare(commit) : null;
    let end: LogEnd | undefined;
    const outcome = this.#database.transaction((): CommitOutcome => {
      const session = this.#log.session(commit.sessionId);
      if (session === null) return { state: 'session-missing' };
      const known = this.#log.receipt(session, commit.key);
      if (known !== null) {
        return known.content_hash === commit.contentHash
          ? { state: 'replayed', receipt: receiptOf(known) }
          : { state: 'key-reused' };
      }
      if (commit.baseRevision !== null && commit.baseRevision !== session.revision) {
        return { state: 'conflict', revision: session.revision };
      }
      const isInPlace = early !== null && isSamePlace(early.session, session);
      const prepared = isInPlace ? early : this.#prepareNow(session, commit);
      const receipt = this.#append(session, commit, prepared);
      end = { session: session.row, fragments: receipt.from + receipt.fragments, digest: prepared.digest };
      return { state: 'committed', receipt };
    });
    // Only now: a transaction that failed has left the log as it was.
    if (end !== undefined) this.#ends.set(end.session, end);
    return outcome;
  }

  async receipt(sessionId: string, key: string): Promise<Receipt | null> {
    await this.#lookThrough.ahead(sessionId, 'receipts');
    return this.#ofSession(sessionId, null, (session) => {
      const receipt = this.#log.receipt(session, key);
      return receipt === null ? null : receiptOf(receipt);
    });
  }

  async entries(sessionId: string, range: EntryRange): Promise<LogEntry[]> {
    if (range.only !== undefined) await this.#lookThrough.run(sessionId, 'entries');
    return this.#ofSession(sessionId, [], (session) => {
      return this.#entriesOf(session, this.#log.entriesIn(session, range));
    });
  }

  async entriesAt(sessionId: string, positions: readonly number[]): Promise<LogEntry[]> {
    return this.#ofSession(sessionId, [], (session) => {
      const rows = positions.flatMap((position) => this.#log.entryAt(session, position) ?? []);
      return this.#entriesOf(session, rows);
    });
  }

  async turns(sessionId: string, from: number, first: number): Promise<TurnRecord[]> {
    return this.#ofSession(sessionId, [], (session) =>
      this.#log.turnsFrom(session, from, first).map((turn) => turnRecord(sessionId, turn)),
    );
  }

  async withdrawn(sessionId: string): Promise<Withdrawn> {
    return this.#ofSession(sessionId, Withdrawn.NONE, (session) => this.#withdrawnOf(session));
  }

  async documents(sessionId: string, query: DocumentQuery): Promise<DocumentRecord[]> {
    return this.#ofSession(sessionId, [], (session) => this.#documents.list(session, query));
  }

  async learnDocuments(sessionId: string, parts: readonly LearnedPart[]): Promise<void> {
    this.#database.transaction(() => {
      const session = this.#log.session(sessionId);
      if (session === null || session.document_parts !== null) return;
      for (const part of parts) this.#documents.learn(session, part);
      this.#growTo({ ...session, document_parts: parts.length });
    });
  }

  async documentsAt(sessionId: string, paths: readonly string[]): Promise<(DocumentRecord | null)[]> {
    const none: (DocumentRecord | null)[] = paths.map(() => null);
    return this.#ofSession(sessionId, none, (session) => paths.map((path) => this.#documents.at(session, path)));
  }

  async digest(sessionId: string, through: number): Promise<string | null> {
    return this.#ofSession(sessionId, null, (session) => {
      if (through < -1 || through >= session.fragments) return null;
      return Buffer.from(this.#digestAt(session, through)).toString('hex');
    });
  }

  async erase(sessionId: string): Promise<{ turns: number; hashes: string[] } | null> {
    const erased = this.#database.transactionOnReserve(() => this.#log.erase(sessionId));
    if (erased !== null) this.#database.scrub();
    return erased;
  }

  exportSession(sessionId: string): AsyncIterable<SealedPage<SessionItem>> {
    return this.#content.export(sessionId);
  }

  importSession(pages: AsyncIterable<SealedPage<SessionItem>>): Promise<boolean> {
    return this.#content.import(pages);
  }

  async lastPlace(): Promise<number> {
    return this.#content.lastPlace();
  }

  async givePlacesAfter(place: number): Promise<void> {
    this.#content.givePlacesAfter(place);
  }

  backupTo(path: string): Promise<void> {
    return this.#database.backupTo(path);
  }

  async isNew(): Promise<boolean> {
    return this.#database.read(() => this.#log.isNew());
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  /** In turn with all other reads: many small ones that come at once would hold the event loop as long as one large one. */
  #ofSession<Result>(id: string, none: Result, work: (session: SessionRow) => Result): Promise<Result> {
    return this.#reads.run(() =>
      this.#database.read(() => {
        const session = this.#log.session(id);
        return session === null ? none : work(session);
      }),
    );
  }

  #digestAt(session: SessionRow, position: number): Uint8Array {
    return this.#log.entryAt(session, position)?.digest ?? EMPTY_LOG_DIGEST;
  }

  /** The rows of a large commit, made in slices: nobody else is served in the transaction that writes them. */
  async #prepare(commit: Commit): Promise<PreparedEntries | null> {
    const session = this.#database.read(() => this.#log.session(commit.sessionId));
    if (session === null) return null;
    const rows: Rows = { entries: [], facts: [] };
    const digest = await stepsInSlices(this.#makeRows(session, commit, rows));
    return { session, rows, digest };
  }

  #prepareNow(session: SessionRow, commit: Commit): PreparedEntries {
    const rows: Rows = { entries: [], facts: [] };
    const steps = this.#makeRows(session, commit, rows);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return { session, rows, digest: value };
    }
  }

  #append(session: SessionRow, commit: Commit, prepared: PreparedEntries): Receipt {
    const growth = grownSession(session, commit, {
      change: this.#changeOf(session, commit),
      withdrawn: () => this.#withdrawnOf(session),
      firstQuestion: () => this.#firstQuestion(session),
    });
    for (const row of prepared.rows.entries) this.#log.entries.insertPrepared(row);
    for (const row of prepared.rows.facts) this.#log.facts.insertPrepared(row);
    if (growth.turn !== null) this.#log.turns.insert(growth.turn);
    this.#log.receipts.insert(growth.receipt);
    if (growth.withdrawn !== null) this.#withdrawn.write(session.row, growth.withdrawn);
    this.#growTo(growth.session);
    return receiptOf(growth.receipt);
  }

  /** What a commit does to positions: by what it says of documents, and by an answer beside others of its turn. */
  #changeOf(session: SessionRow, commit: Commit): PositionChange {
    const change = this.#documents.apply(session, commit);
    const { turn, entries } = commit;
    if (turn === null || !('answers' in turn)) return change;
    const withdrawn = this.#withdrawnOf(session);
    const answers = this.#log.answersTo(session, turn.answers).filter(({ position }) => !withdrawn.has(position));
    addAnswer(change, session, { answer: turn, entries, answers });
    return change;
  }

  /** Adds the entries' rows to `rows`, a step each; returns the digest of the log after them. */
  *#makeRows(session: SessionRow, commit: Commit, rows: Rows): Generator<void, Uint8Array> {
    const made = newRows(session, commit, this.#digestOf(session));
    for (;;) {
      const { done, value } = made.next();
      if (done) return value;
      rows.entries.push(this.#log.entries.prepare(value.entry));
      if (value.facts !== null) rows.facts.push(this.#log.facts.prepare(value.facts));
      yield;
    }
  }

  #record(row: SessionRow): SessionRecord {
    return sessionRecord(row, this.#withdrawnOf(row));
  }

  #recordOrFault(row: () => SessionRow): SessionRecord | ContractError {
    try {
      return this.#record(row());
    } catch (error) {
      if (error instanceof ContractError) return error;
      throw error;
    }
  }

  #entriesOf(session: SessionRow, rows: readonly EntryRow[]): LogEntry[] {
    const read = new Map<number, Facts>();
    return rows.map((row) => logEntry(row, this.#factsOf(session, row, read)));
  }

  #withdrawnOf({ row, id, withdrawn_fragments }: SessionRow): Withdrawn {
    if (withdrawn_fragments === null) return Withdrawn.NONE;
    const withdrawn = this.#withdrawn.of(row, id);
    if (withdrawn.count !== withdrawn_fragments) throw this.#withdrawn.damaged(id, 'its session counts others');
    return withdrawn;
  }

  #factsOf(session: SessionRow, { facts: position }: EntryRow, read: Map<number, Facts>): Facts | null {
    if (position === null) return null;
    const known = read.get(position);
    if (known !== undefined) return known;
    const facts = factsOf(this.#log.factsAt(session, position));
    read.set(position, facts);
    return facts;
  }

  /** Of a session's whole log. This process alone writes it, so what it wrote last need not be read again. */
  #digestOf(session: SessionRow): Uint8Array {
    const end = this.#ends.get(session.row);
    return end?.fragments === session.fragments ? end.digest : this.#digestAt(session, session.fragments - 1);
  }

  #firstQuestion(session: SessionRow): string | null {
    return this.#log.turnsFrom(session, 0, 1)[0]?.prompt ?? null;
  }

  #growTo(session: SessionRow): void {
    const { revision, tokens, chat_tokens, fragments, turns, row } = session;
    const { last_activity_at_ms, question_title, folded_title } = session;
    const { withdrawn_fragments, withdrawn_tokens, document_parts } = session;
    const counts = [revision, tokens, chat_tokens, fragments, turns] as const;
    const listed = [last_activity_at_ms, question_title, folded_title] as const;
    const documents = [withdrawn_fragments, withdrawn_tokens, document_parts] as const;
    this.#grow.run(...counts, ...listed, ...documents, this.#log.sessions.checksum(session), row);
  }
}
