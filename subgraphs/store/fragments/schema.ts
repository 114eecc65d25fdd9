import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { addChecksums, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import { rowChecksum } from '@supercontext/runtime/sqlite/row-checksum.ts';
import type { MigratingDatabase, Migration } from '@supercontext/runtime/sqlite/schema.ts';
import { withdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';

export interface SessionRow {
  readonly row: number;
  readonly id: string;
  readonly known_through: number;
  readonly tokens: number;
  readonly last_position: number;
}

export const SESSIONS: TableShape<SessionRow> = {
  name: 'sessions',
  columns: ['row', 'id', 'known_through', 'tokens', 'last_position'],
  key: ['row'],
};

export interface MetaRow {
  readonly name: string;
  readonly value: Uint8Array;
}

export const META: TableShape<MetaRow> = { name: 'meta', columns: ['name', 'value'], key: ['name'] };

/** What an entry says, wherever its fragment lies. */
export interface EntryRow {
  readonly session: number;
  readonly position: number;
  /** The fragment's id in hex. */
  readonly hash: string;
  readonly tokens: number;
}

/** The bytes of an id, for its checksum; one for all, since that is made of every entry that is read or written. */
const ID = Buffer.alloc(16);

/** Of an entry of the log: of the fragment's id, not of the number of its row, which another fragment might have. */
export function entryChecksum({ session, position, hash, tokens }: EntryRow): number {
  const isId = hash.length === 2 * ID.length;
  if (isId) ID.write(hash, 'hex');
  return rowChecksum('log', [session, position, isId ? ID : Buffer.from(hash, 'hex'), tokens]);
}

/** Of what a fragment's id does not vouch for, or only to who reads the body. */
export function fragmentChecksum(id: Uint8Array, createdAtMs: number, sizeBytes: number): number {
  return rowChecksum('fragments', [id, createdAtMs, sizeBytes]);
}

// A body is the canonical bytes that its id is the hash of, not a compressed form of them: a read checks exactly what it hands
// out, without making it again, and keeps doing so when a later contract version would write other bytes. It also spares the
// compressor, which took a quarter of an ingest. Pages of 8 KiB waste less of themselves on bodies of 1-4 KB than smaller ones.
// An empty body is the place of a fragment that a log lists and nobody has put (any more). Rows are found by number; the 16-byte id has a unique index of its own, which keeps the table's B-tree narrow and in order.
const FIRST = `
  CREATE TABLE IF NOT EXISTS fragments (
    row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, body BLOB NOT NULL, created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    known_through INTEGER NOT NULL, tokens INTEGER NOT NULL, last_position INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log (
    session INTEGER NOT NULL, position INTEGER NOT NULL, fragment INTEGER NOT NULL, tokens INTEGER NOT NULL,
    PRIMARY KEY (session, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
`;

export const PAGE_BYTES = 8_192;

/** Fragments of erased sessions that are to be looked at. */
const THIRD = 'CREATE TABLE erasing (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID';

const FIFTH = withdrawnTable('INTEGER');

/**
 * The schema of the fragments, version by version: 1 as it was first, 2 with checksums, 3 with what is being
 * erased, 4 with the digests of the logs and what was once in them, 5 with what was withdrawn.
 */
export const MIGRATIONS: readonly Migration[] = [FIRST, secondVersion, THIRD, fourthVersion, FIFTH];

function secondVersion(database: MigratingDatabase): void {
  // Null for the fragments of version 1: to give them one, every body would have to be written again.
  database.exec('ALTER TABLE fragments ADD COLUMN checksum INTEGER');
  addChecksums(database, SESSIONS);
  addChecksums(database, META);
  database.exec('ALTER TABLE log ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0');
  const update = database.prepare('UPDATE log SET checksum = ? WHERE session = ? AND position = ?');
  const entries = database.prepare(
    `SELECT session, position, lower(hex(id)) AS hash, log.tokens
     FROM log JOIN fragments ON fragments.row = log.fragment`,
  );
  for (const found of entries.iterate()) {
    const entry = found as unknown as EntryRow;
    update.run(entryChecksum(entry), entry.session, entry.position);
  }
}

/**
 * Digests vouch for entries, and nothing vouches for them: a wrong one is found by the log's own, and made again. Fragments that
 * a copy listed until it was replaced are remembered, since erasing the session is to reach them.
 */
function fourthVersion(database: MigratingDatabase): void {
  database.exec(`
    ALTER TABLE log ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
    CREATE TABLE discarded (session TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY (session, id)) STRICT, WITHOUT ROWID;
  `);
  const update = database.prepare('UPDATE log SET digest = ? WHERE session = ? AND position = ?');
  const entries = database.prepare(
    `SELECT session, position, lower(hex(fragments.id)) AS hash, log.tokens
     FROM log JOIN sessions ON sessions.row = log.session JOIN fragments ON fragments.row = log.fragment WHERE position <= known_through ORDER BY session, position`,
  );
  let digest: Uint8Array = EMPTY_LOG_DIGEST;
  for (const found of entries.all()) {
    const { session, position, hash, tokens } = found as unknown as EntryRow;
    digest = digestAfter(position === 0 ? EMPTY_LOG_DIGEST : digest, hash, tokens);
    update.run(digest, session, position);
  }
}
