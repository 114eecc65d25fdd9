import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { WhenQuiet } from '@supercontext/runtime/when-quiet.ts';
import type {
  Commit,
  CommitOutcome,
  EntryRange,
  LogEntry,
  Receipt,
  SessionLog,
  SessionRecord,
  TurnRecord,
} from './session-log.ts';
import { withStorageFaults } from './sqlite-fault.ts';

/** Copying the WAL back takes milliseconds of two files' fsync: done between appends, not in the middle of one. */
const CHECKPOINT_QUIET_MS = 20;

// Entries lie in the order of the log, so that an append touches the last page of its session however long it is.
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4096;
  PRAGMA journal_size_limit = 16777216;
  PRAGMA journal_size_limit = 16777216;
  CREATE TABLE IF NOT EXISTS sessions (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT, open_key TEXT UNIQUE,
    created_at_ms INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
    chat_tokens INTEGER NOT NULL DEFAULT 0, fragments INTEGER NOT NULL DEFAULT 0, turns INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS entries (
    session INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, tokens INTEGER NOT NULL,
    role TEXT NOT NULL, kind TEXT NOT NULL, chat_tokens_before INTEGER NOT NULL, turn INTEGER, is_answer INTEGER NOT NULL,
    digest BLOB NOT NULL DEFAULT x'', PRIMARY KEY (session, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS chat_entries ON entries (session, position) WHERE kind = 'chat';
  CREATE INDEX IF NOT EXISTS system_entries ON entries (session, position) WHERE role = 'system';
  CREATE TABLE IF NOT EXISTS receipts (
    session INTEGER NOT NULL, key TEXT NOT NULL, content_hash TEXT NOT NULL, revision INTEGER NOT NULL,
    first_position INTEGER NOT NULL, fragments INTEGER NOT NULL, tokens INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
    turn INTEGER, PRIMARY KEY (session, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS turns (
    session INTEGER NOT NULL, number INTEGER NOT NULL, prompt TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
    first_position INTEGER NOT NULL, last_position INTEGER NOT NULL, PRIMARY KEY (session, number)
  ) STRICT, WITHOUT ROWID;
`;

const SESSION = 'id, title, created_at_ms AS createdAtMs, revision, tokens, fragments, turns';
const ENTRY = `position, lower(hex(hash)) AS hash, tokens, role, kind, chat_tokens_before AS chatTokensBefore, turn,
  is_answer AS isAnswer`;
const IN_RANGE = 'FROM entries WHERE session = ? AND position BETWEEN ? AND ?';

interface SessionRow {
  readonly row: number;
  readonly revision: number;
  readonly fragments: number;
  readonly chatTokens: number;
  readonly turns: number;
}

/**
 * Opens the log kept in one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * @throws ContractError STORAGE_UNAVAILABLE
 */
export function openSessionLog(path: string): SessionLog {
  mkdirSync(dirname(path), { recursive: true });
  return withStorageFaults(() => {
    const database = new DatabaseSync(path);
    try {
      database.exec(SCHEMA);
      addDigests(database);
      return new EmbeddedSessionLog(database);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

class EmbeddedSessionLog implements SessionLog {
  readonly #database: DatabaseSync;
  readonly #checkpoint: WhenQuiet;
  readonly #insertSession: StatementSync;
  readonly #sessionByKey: StatementSync;
  readonly #sessionsByIds: StatementSync;
  readonly #sessionRow: StatementSync;
  readonly #newest: StatementSync;
  readonly #grow: StatementSync;
  readonly #insertEntry: StatementSync;
  readonly #insertReceipt: StatementSync;
  readonly #receipt: StatementSync;
  readonly #insertTurn: StatementSync;
  readonly #turns: StatementSync;
  readonly #digest: StatementSync;
  readonly #entries: ReadonlyMap<string, StatementSync>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#checkpoint = new WhenQuiet(CHECKPOINT_QUIET_MS, () => checkpoint(database));
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#insertSession = prepare(
      `INSERT INTO sessions (id, title, open_key, created_at_ms) VALUES (?, ?, ?, ?) RETURNING ${SESSION}`,
    );
    this.#sessionByKey = prepare(`SELECT ${SESSION} FROM sessions WHERE open_key = ?`);
    this.#sessionsByIds = prepare(`SELECT ${SESSION} FROM sessions WHERE id IN (SELECT value FROM json_each(?))`);
    this.#sessionRow = prepare(
      'SELECT row, revision, fragments, chat_tokens AS chatTokens, turns FROM sessions WHERE id = ?',
    );
    this.#newest = prepare(`SELECT ${SESSION} FROM sessions WHERE row < ? ORDER BY row DESC LIMIT ?`);
    this.#grow = prepare(
      `UPDATE sessions SET revision = ?, tokens = tokens + ?, chat_tokens = ?, fragments = ?, turns = ? WHERE row = ?`,
    );
    this.#insertEntry = prepare('INSERT INTO entries VALUES (?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?)');
    this.#insertReceipt = prepare('INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#receipt = prepare(
      `SELECT content_hash AS contentHash, revision, first_position AS "from", fragments, tokens,
         size_bytes AS sizeBytes, turn FROM receipts WHERE session = ? AND key = ?`,
    );
    this.#insertTurn = prepare('INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)');
    this.#turns = prepare(
      `SELECT number AS "index", prompt, created_at_ms AS createdAtMs, first_position AS "from",
         last_position AS "through" FROM turns WHERE session = ? AND number >= ? ORDER BY number LIMIT ?`,
    );
    this.#digest = prepare('SELECT digest FROM entries WHERE session = ? AND position = ?');
    const selections = { all: '', chat: " AND kind = 'chat'", system: " AND role = 'system'" };
    this.#entries = new Map(
      Object.entries(selections).flatMap(([name, condition]) =>
        ['ASC', 'DESC'].map((order) => [
          `${name} ${order}`,
          prepare(`SELECT ${ENTRY} ${IN_RANGE}${condition} ORDER BY position ${order} LIMIT ?`),
        ]),
      ),
    );
  }

  async open(session: {
    readonly id: string;
    readonly title: string | null;
    readonly key: string | null;
    readonly nowMs: number;
  }): Promise<SessionRecord> {
    return this.#inTransaction(() => {
      const known = session.key === null ? undefined : this.#sessionByKey.get(session.key);
      const opened = known ?? this.#insertSession.get(session.id, session.title, session.key, session.nowMs);
      return opened as unknown as SessionRecord;
    });
  }

  async sessions(ids: readonly string[]): Promise<(SessionRecord | null)[]> {
    const rows = withStorageFaults(() => this.#sessionsByIds.all(JSON.stringify(ids))) as unknown as SessionRecord[];
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  async newest(first: number, after: string | null): Promise<SessionRecord[] | null> {
    return withStorageFaults(() => {
      const before = after === null ? Number.MAX_SAFE_INTEGER : this.#session(after)?.row;
      return before === undefined ? null : (this.#newest.all(before, first) as unknown as SessionRecord[]);
    });
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    return this.#inTransaction(() => {
      const session = this.#session(commit.sessionId);
      if (session === null) return { state: 'session-missing' };
      const known = this.#receipt.get(session.row, commit.key) as unknown as Receipt | undefined;
      if (known !== undefined) {
        return known.contentHash === commit.contentHash
          ? { state: 'replayed', receipt: known }
          : { state: 'key-reused' };
      }
      if (commit.baseRevision !== null && commit.baseRevision !== session.revision) {
        return { state: 'conflict', revision: session.revision };
      }
      return { state: 'committed', receipt: this.#append(session, commit) };
    });
  }

  async receipt(sessionId: string, key: string): Promise<Receipt | null> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      if (session === null) return null;
      return (this.#receipt.get(session.row, key) as unknown as Receipt | undefined) ?? null;
    });
  }

  async entries(sessionId: string, range: EntryRange): Promise<LogEntry[]> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      const statement = this.#entries.get(`${range.only ?? 'all'} ${range.newestFirst === true ? 'DESC' : 'ASC'}`);
      const rows = session === null ? [] : statement?.all(session.row, range.from, range.through, range.first);
      return ((rows ?? []) as unknown as (Omit<LogEntry, 'isAnswer'> & { readonly isAnswer: number })[]).map(
        (entry) => ({ ...entry, isAnswer: entry.isAnswer === 1 }),
      );
    });
  }

  async turns(sessionId: string, from: number, first: number): Promise<TurnRecord[]> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      const rows = session === null ? [] : this.#turns.all(session.row, from, first);
      return (rows as unknown as Omit<TurnRecord, 'sessionId'>[]).map((turn) => ({ ...turn, sessionId }));
    });
  }

  async digest(sessionId: string, through: number): Promise<string | null> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      const digest = session === null ? null : this.#digestAt(session.row, through);
      return digest === null ? null : Buffer.from(digest).toString('hex');
    });
  }

  async close(): Promise<void> {
    this.#checkpoint.stop();
    this.#database.close();
  }

  #session(id: string): SessionRow | null {
    return (this.#sessionRow.get(id) as unknown as SessionRow | undefined) ?? null;
  }

  #digestAt(session: number, position: number): Uint8Array | null {
    if (position === -1) return EMPTY_LOG_DIGEST;
    return (this.#digest.get(session, position)?.digest as Uint8Array | undefined) ?? null;
  }

  #append(session: SessionRow, commit: Commit): Receipt {
    const { entries, turn } = commit;
    const made = turn !== null && 'prompt' in turn ? session.turns : null;
    const turnOfEntries = turn !== null && 'answers' in turn ? turn.answers : made;
    const isAnswer = turn !== null && 'answers' in turn ? 1 : 0;
    let position = session.fragments;
    let tokens = 0;
    let chatTokens = session.chatTokens;
    let digest = this.#digestAt(session.row, position - 1) ?? EMPTY_LOG_DIGEST;
    for (const { hash, tokens: ofEntry, role, kind } of entries) {
      digest = digestAfter(digest, hash, ofEntry);
      const ofTurn = [turnOfEntries, isAnswer] as const;
      this.#insertEntry.run(session.row, position, hash, ofEntry, role, kind, chatTokens, ...ofTurn, digest);
      position++;
      tokens += ofEntry;
      if (kind === 'chat') chatTokens += ofEntry;
    }
    if (turn !== null && 'prompt' in turn) {
      this.#insertTurn.run(session.row, session.turns, turn.prompt, commit.nowMs, session.fragments, position - 1);
    }
    const receipt: Receipt = {
      contentHash: commit.contentHash,
      revision: session.revision + 1,
      from: session.fragments,
      fragments: entries.length,
      tokens,
      sizeBytes: commit.sizeBytes,
      turn: made,
    };
    this.#insertReceipt.run(
      session.row,
      commit.key,
      receipt.contentHash,
      receipt.revision,
      receipt.from,
      receipt.fragments,
      receipt.tokens,
      receipt.sizeBytes,
      receipt.turn,
    );
    const turns = session.turns + (made === null ? 0 : 1);
    this.#grow.run(receipt.revision, tokens, chatTokens, position, turns, session.row);
    return receipt;
  }

  #inTransaction<T>(work: () => T): T {
    return withStorageFaults(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        this.#checkpoint.stir();
        return result;
      } catch (error) {
        // A full disk has rolled back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }
}

/** Logs of the first version have no digests: they get them once, when they are opened. */
function addDigests(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(entries)').all();
  if (columns.some(({ name }) => name === 'digest')) return;
  database.exec("BEGIN IMMEDIATE; ALTER TABLE entries ADD COLUMN digest BLOB NOT NULL DEFAULT x''");
  const update = database.prepare('UPDATE entries SET digest = ? WHERE session = ? AND position = ?');
  let digest: Uint8Array = EMPTY_LOG_DIGEST;
  for (const row of database.prepare('SELECT session, position, hash, tokens FROM entries').all()) {
    if (row.position === 0) digest = EMPTY_LOG_DIGEST;
    digest = digestAfter(digest, Buffer.from(row.hash as Uint8Array).toString('hex'), Number(row.tokens));
    update.run(digest, row.session as number, row.position as number);
  }
  database.exec('COMMIT');
}

function checkpoint(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // As on a full disk: what is in the WAL is safe there, and SQLite itself tries again when it has grown.
  }
}
