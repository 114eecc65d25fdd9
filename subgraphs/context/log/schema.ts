import type { Role, Source } from '@supercontext/contract';
import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { addChecksums, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { MigratingDatabase, Migration } from '@supercontext/runtime/sqlite/schema.ts';
import { withdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';

export interface SessionRow {
  readonly row: number;
  readonly id: string;
  readonly title: string | null;
  readonly open_key: string | null;
  readonly created_at_ms: number;
  readonly revision: number;
  readonly tokens: number;
  readonly chat_tokens: number;
  readonly fragments: number;
  readonly turns: number;
  /** Of the last commit; null in a session of the time before, until it is written again. */
  readonly last_activity_at_ms: number | null;
  readonly archived_at_ms: number | null;
  /** The title that its first question gives it. */
  readonly question_title: string | null;
  /** Its title, given or not, as it is looked up. */
  readonly folded_title: string | null;
  /** How many of its entries are withdrawn, and their tokens; null for none. */
  readonly withdrawn_fragments: number | null;
  readonly withdrawn_tokens: number | null;
  /** How many parts its documents have, awaited ones among them; null in a session of the time before, which is yet to learn them. */
  readonly document_parts: number | null;
}

/** A part of a document. */
export interface DocumentPartRow {
  readonly session: number;
  readonly path: string;
  /** Whether it is of a version whose last part has yet to come. */
  readonly awaiting: number;
  /** Counts from 0. */
  readonly part: number;
  /** Of an awaiting version: how many parts it has, and its hash. */
  readonly parts: number | null;
  readonly version_hash: string | null;
  readonly hash: string;
  readonly tokens: number;
  readonly first_position: number;
  readonly last_position: number;
  readonly appended_at_ms: number;
}

export interface EntryRow {
  readonly session: number;
  readonly position: number;
  readonly hash: Uint8Array;
  readonly tokens: number;
  readonly role: Role;
  readonly kind: Source['kind'];
  readonly chat_tokens_before: number;
  readonly turn: number | null;
  readonly is_answer: number;
  readonly digest: Uint8Array;
  /** The row of `facts` that holds for it, by the position that has; null where nothing is known beside its text. */
  readonly facts: number | null;
  /** Position of the first entry of its item; null where that is one entry, or it was written before. */
  readonly item: number | null;
}

/** What came with an item beside its text. Kept once, for all the entries that the item was split into. */
export interface FactsRow {
  readonly session: number;
  /** Of the item's first entry. */
  readonly position: number;
  readonly speaker: string | null;
  readonly occurred_at_ms: number | null;
  readonly metadata: string | null;
}

export interface ReceiptRow {
  readonly session: number;
  readonly key: string;
  readonly content_hash: string;
  readonly revision: number;
  readonly first_position: number;
  readonly fragments: number;
  readonly tokens: number;
  readonly size_bytes: number;
  readonly turn: number | null;
}

export interface TurnRow {
  readonly session: number;
  readonly number: number;
  readonly prompt: string;
  readonly created_at_ms: number;
  readonly first_position: number;
  readonly last_position: number;
}

export const SESSIONS: TableShape<SessionRow> = {
  name: 'sessions',
  columns: [
    'row',
    'id',
    'title',
    'open_key',
    'created_at_ms',
    'revision',
    'tokens',
    'chat_tokens',
    'fragments',
    'turns',
  ],
  later: [
    'last_activity_at_ms',
    'archived_at_ms',
    'question_title',
    'folded_title',
    'withdrawn_fragments',
    'withdrawn_tokens',
    'document_parts',
  ],
  key: ['row'],
};

export const ENTRIES: TableShape<EntryRow> = {
  name: 'entries',
  columns: [
    'session',
    'position',
    'hash',
    'tokens',
    'role',
    'kind',
    'chat_tokens_before',
    'turn',
    'is_answer',
    'digest',
  ],
  later: ['facts', 'item'],
  key: ['session', 'position'],
};

export const FACTS: TableShape<FactsRow> = {
  name: 'facts',
  columns: ['session', 'position', 'speaker', 'occurred_at_ms', 'metadata'],
  key: ['session', 'position'],
};

export const RECEIPTS: TableShape<ReceiptRow> = {
  name: 'receipts',
  columns: [
    'session',
    'key',
    'content_hash',
    'revision',
    'first_position',
    'fragments',
    'tokens',
    'size_bytes',
    'turn',
  ],
  key: ['session', 'key'],
};

export const TURNS: TableShape<TurnRow> = {
  name: 'turns',
  columns: ['session', 'number', 'prompt', 'created_at_ms', 'first_position', 'last_position'],
  key: ['session', 'number'],
};

export const DOCUMENT_PARTS: TableShape<DocumentPartRow> = {
  name: 'document_parts',
  columns: [
    'session',
    'path',
    'awaiting',
    'part',
    'parts',
    'version_hash',
    'hash',
    'tokens',
    'first_position',
    'last_position',
    'appended_at_ms',
  ],
  key: ['session', 'path', 'awaiting', 'part'],
};

// Entries lie in the order of the log, so that an append touches the last page of its session however long it is.
const FIRST = `
  CREATE TABLE IF NOT EXISTS sessions (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT, open_key TEXT UNIQUE,
    created_at_ms INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
    chat_tokens INTEGER NOT NULL DEFAULT 0, fragments INTEGER NOT NULL DEFAULT 0, turns INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS entries (
    session INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, tokens INTEGER NOT NULL,
    role TEXT NOT NULL, kind TEXT NOT NULL, chat_tokens_before INTEGER NOT NULL, turn INTEGER, is_answer INTEGER NOT NULL,
    PRIMARY KEY (session, position)
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

// Rows of the time before keep their bytes: a migration that wrote them again could not tell damage from what was written.
const THIRD = `
  ALTER TABLE entries ADD COLUMN facts INTEGER;
  CREATE TABLE facts (
    session INTEGER NOT NULL, position INTEGER NOT NULL, speaker TEXT, occurred_at_ms INTEGER, metadata TEXT,
    checksum INTEGER NOT NULL, PRIMARY KEY (session, position)
  ) STRICT, WITHOUT ROWID;
`;

const FOURTH = `
  ALTER TABLE sessions ADD COLUMN last_activity_at_ms INTEGER;
  ALTER TABLE sessions ADD COLUMN archived_at_ms INTEGER;
  ALTER TABLE sessions ADD COLUMN question_title TEXT;
  ALTER TABLE sessions ADD COLUMN folded_title TEXT;
  ALTER TABLE sessions ADD COLUMN withdrawn_fragments INTEGER;
  ALTER TABLE sessions ADD COLUMN withdrawn_tokens INTEGER;
  ALTER TABLE sessions ADD COLUMN document_parts INTEGER;
  CREATE INDEX sessions_by_activity ON sessions (coalesce(last_activity_at_ms, created_at_ms), row);
  ${withdrawnTable('INTEGER')};
  CREATE TABLE document_parts (
    session INTEGER NOT NULL, path TEXT NOT NULL, awaiting INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER,
    version_hash TEXT, hash TEXT NOT NULL, tokens INTEGER NOT NULL, first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL, appended_at_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (session, path, awaiting, part)
  ) STRICT, WITHOUT ROWID;
`;

const FIFTH = 'ALTER TABLE entries ADD COLUMN item INTEGER;';

/**
 * The log's schema, version by version: 1 as it was first, 2 with checksums and digests, 3 with facts, 4 with what lists go by,
 * documents, and what was withdrawn, 5 with which entries are one item.
 */
export const MIGRATIONS: readonly Migration[] = [FIRST, secondVersion, THIRD, FOURTH, FIFTH];

function secondVersion(database: MigratingDatabase): void {
  addDigests(database);
  addChecksums(database, SESSIONS);
  addChecksums(database, ENTRIES);
  addChecksums(database, RECEIPTS);
  addChecksums(database, TURNS);
}

function addDigests(database: MigratingDatabase): void {
  database.exec("ALTER TABLE entries ADD COLUMN digest BLOB NOT NULL DEFAULT x''");
  const update = database.prepare('UPDATE entries SET digest = ? WHERE session = ? AND position = ?');
  const rows = database.prepare('SELECT session, position, hash, tokens FROM entries ORDER BY session, position');
  let digest: Uint8Array = EMPTY_LOG_DIGEST;
  for (const found of rows.iterate()) {
    const { session, position, hash, tokens } = found as unknown as EntryRow;
    if (position === 0) digest = EMPTY_LOG_DIGEST;
    digest = digestAfter(digest, Buffer.from(hash).toString('hex'), tokens);
    update.run(digest, session, position);
  }
}
