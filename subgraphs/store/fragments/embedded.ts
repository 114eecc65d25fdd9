import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ContractError, canonicalFragment, decodeFragment, type Fragment } from '@supercontext/contract';
import { inSlices } from '@supercontext/runtime/in-slices.ts';
import { WhenQuiet } from '@supercontext/runtime/when-quiet.ts';
import { type FragmentHash, formatFragmentId } from '../fragment-id.ts';
import { isDamage, withStorageFaults } from '../sqlite-fault.ts';
import type { FragmentRead, FragmentStore, KnownLog, LogEntry } from './fragment-store.ts';

/** The id is the first 128 bits of the keyed hash. */
const HASH_BYTES = 16;

/** Copying the WAL back takes milliseconds of two files' fsync: done between appends, not in the middle of one. */
const CHECKPOINT_QUIET_MS = 20;

// A body is the canonical bytes that its id is the hash of, not a compressed form of them: a read checks exactly what it hands
// out, without making it again, and keeps doing so when a later contract version would write other bytes. It also spares the
// compressor, which took a quarter of an ingest. Pages of 8 KiB waste less of themselves on bodies of 1-4 KB than smaller ones.
// Rows are found by number; the 16-byte id has a unique index of its own, which keeps the table's B-tree narrow and in order.
const SCHEMA = `
  PRAGMA page_size = 8192;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4096;
  PRAGMA journal_size_limit = 33554432;
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

interface FragmentRow {
  readonly hash: FragmentHash;
  /** Null when the file's structure is damaged where the body should be. */
  readonly body: Uint8Array | null;
  readonly createdAtMs: number;
}

interface SessionRow {
  readonly row: number;
  readonly knownThrough: number;
  readonly tokens: number;
  readonly lastPosition: number;
}

/**
 * Opens the fragments of one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * @param options.tenantKey Keys the hashes, so that who does not have it can neither make nor guess an id.
 * @throws ContractError STORAGE_UNAVAILABLE; INPUT_INVALID when the file was written with another tenant key.
 */
export function openFragmentStore(options: { readonly path: string; readonly tenantKey: Buffer }): FragmentStore {
  mkdirSync(dirname(options.path), { recursive: true });
  return withStorageFaults(() => {
    const database = new DatabaseSync(options.path);
    try {
      database.exec(SCHEMA);
      return new EmbeddedFragmentStore(database, options.tenantKey);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

class EmbeddedFragmentStore implements FragmentStore {
  readonly #database: DatabaseSync;
  readonly #checkpoint: WhenQuiet;
  readonly #tenantKey: Buffer;
  readonly #insertFragment: StatementSync;
  readonly #replaceBody: StatementSync;
  readonly #bodyById: StatementSync;
  readonly #fragmentsByIds: StatementSync;
  readonly #sessionById: StatementSync;
  readonly #insertSession: StatementSync;
  readonly #updateSession: StatementSync;
  readonly #insertEntry: StatementSync;
  readonly #entriesFrom: StatementSync;
  readonly #entriesAt: StatementSync;
  readonly #sessionsAfter: StatementSync;
  readonly #sizeOfSession: StatementSync;

  constructor(database: DatabaseSync, tenantKey: Buffer) {
    this.#database = database;
    this.#checkpoint = new WhenQuiet(CHECKPOINT_QUIET_MS, () => checkpoint(database));
    this.#tenantKey = tenantKey;
    this.#checkTenantKey();
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#insertFragment = prepare('INSERT INTO fragments (id, body, created_at_ms) VALUES (?, ?, ?)');
    this.#replaceBody = prepare('UPDATE fragments SET body = ? WHERE id = ?');
    this.#bodyById = prepare('SELECT body FROM fragments WHERE id = ?');
    // The ids travel as one JSON parameter: one statement, however many there are.
    this.#fragmentsByIds = prepare(
      `SELECT wanted.value AS hash, body, created_at_ms AS createdAtMs
       FROM json_each(?) AS wanted JOIN fragments ON fragments.id = unhex(wanted.value)`,
    );
    this.#sessionById = prepare(
      'SELECT row, known_through AS knownThrough, tokens, last_position AS lastPosition FROM sessions WHERE id = ?',
    );
    this.#insertSession = prepare(
      'INSERT INTO sessions (id, known_through, tokens, last_position) VALUES (?, -1, 0, -1)',
    );
    this.#updateSession = prepare('UPDATE sessions SET known_through = ?, tokens = ?, last_position = ? WHERE row = ?');
    this.#insertEntry = prepare(
      'INSERT INTO log (session, position, fragment, tokens) SELECT ?, ?, row, ? FROM fragments WHERE id = ?',
    );
    const entry =
      'SELECT position, lower(hex(id)) AS hash, tokens FROM log JOIN fragments ON fragments.row = log.fragment';
    this.#entriesFrom = prepare(`${entry} WHERE session = ? AND position BETWEEN ? AND ? ORDER BY position`);
    this.#entriesAt = prepare(
      `${entry} WHERE session = ? AND position IN (SELECT value FROM json_each(?)) ORDER BY position`,
    );
    this.#sessionsAfter = prepare(
      `SELECT id AS sessionId, known_through AS knownThrough, tokens FROM sessions
       WHERE id > ? AND known_through >= 0 ORDER BY id LIMIT ?`,
    );
    this.#sizeOfSession = prepare(
      `SELECT coalesce(sum(length(body)), 0) AS sizeBytes FROM fragments
       WHERE row IN (SELECT fragment FROM log WHERE session = ?)`,
    );
  }

  async put(fragments: readonly Fragment[]): Promise<{ hashes: FragmentHash[]; deduplicated: number }> {
    const encoded = await inSlices(fragments, (fragment) => {
      const body = canonicalFragment(fragment);
      return { id: this.#idOf(body), body };
    });
    const createdAtMs = Date.now();
    let deduplicated = 0;
    this.#inTransaction('FULL', () => {
      for (const { id, body } of encoded) {
        const stored = this.#bodyById.get(id)?.body as Uint8Array | undefined;
        if (stored === undefined) this.#insertFragment.run(id, body, createdAtMs);
        else if (Buffer.compare(stored, body) !== 0) this.#replaceBody.run(body, id);
        else deduplicated++;
      }
    });
    return { hashes: encoded.map(({ id }) => id.toString('hex')), deduplicated };
  }

  async get(hashes: readonly FragmentHash[]): Promise<FragmentRead[]> {
    const rows = withStorageFaults(() => this.#readRows([...new Set(hashes)]));
    const reads = new Map<FragmentHash, FragmentRead>();
    for (const { hash, body, createdAtMs } of rows) {
      const fragment = body === null ? null : this.#open(body, Buffer.from(hash, 'hex'));
      reads.set(hash, fragment === null ? { state: 'corrupt' } : { state: 'whole', fragment, createdAtMs });
    }
    return hashes.map((hash) => reads.get(hash) ?? { state: 'missing' });
  }

  async announce(sessionId: string, entries: readonly LogEntry[]): Promise<KnownLog> {
    return this.#inTransaction('NORMAL', () => {
      const session = this.#session(sessionId) ?? this.#createSession(sessionId);
      for (const entry of entries) this.#announceEntry(sessionId, session, entry);
      const last = entries.at(-1)?.position ?? -1;
      const lastPosition = Math.max(session.lastPosition, last);
      const known = this.#advance(session, lastPosition);
      this.#updateSession.run(known.knownThrough, known.tokens, lastPosition, session.row);
      return { sessionId, ...known };
    });
  }

  async entries(sessionId: string, from: number, first: number): Promise<LogEntry[]> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      if (session === null) return [];
      const through = Math.min(session.knownThrough, from + first - 1);
      return this.#entriesFrom.all(session.row, from, through) as unknown as LogEntry[];
    });
  }

  async entriesAt(sessionId: string, positions: readonly number[]): Promise<LogEntry[]> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      if (session === null) return [];
      return this.#entriesAt.all(session.row, JSON.stringify(positions)) as unknown as LogEntry[];
    });
  }

  async known(sessionId: string): Promise<KnownLog> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      return { sessionId, knownThrough: session?.knownThrough ?? -1, tokens: session?.tokens ?? 0 };
    });
  }

  async sessions(first: number, after: string | null): Promise<KnownLog[]> {
    return withStorageFaults(() => this.#sessionsAfter.all(after ?? '', first) as unknown as KnownLog[]);
  }

  async sizeBytes(sessionId: string): Promise<number> {
    return withStorageFaults(() => {
      const session = this.#session(sessionId);
      return session === null ? 0 : (this.#sizeOfSession.get(session.row)?.sizeBytes as number);
    });
  }

  async close(): Promise<void> {
    this.#checkpoint.stop();
    this.#database.close();
  }

  /** Damage below a row, in the file's own structure, must not hide the rest of the batch: then ids are read one by one. */
  #readRows(hashes: readonly FragmentHash[]): FragmentRow[] {
    try {
      return this.#fragmentsByIds.all(JSON.stringify(hashes)) as unknown as FragmentRow[];
    } catch (error) {
      if (!isDamage(error)) throw error;
      return hashes.length === 1
        ? hashes.map((hash) => ({ hash, body: null, createdAtMs: 0 }))
        : hashes.flatMap((hash) => this.#readRows([hash]));
    }
  }

  #announceEntry(sessionId: string, session: SessionRow, { position, hash, tokens }: LogEntry): void {
    if (position <= session.lastPosition) {
      const [known] = this.#entriesFrom.all(session.row, position, position) as unknown as LogEntry[];
      if (known?.hash === hash) return;
      if (known !== undefined) {
        throw new ContractError('INPUT_INVALID', `position ${position} of the log is known to hold another fragment`, {
          argument: 'entries',
          position,
        });
      }
    }
    const { changes } = this.#insertEntry.run(session.row, position, tokens, Buffer.from(hash, 'hex'));
    if (changes === 0) {
      const fragmentId = formatFragmentId(sessionId, hash);
      throw new ContractError('FRAGMENT_MISSING', `${fragmentId} was announced but never put`, { fragmentId });
    }
  }

  /** How far the log is known without a gap, looking only at what came since. */
  #advance({ row, knownThrough, tokens }: SessionRow, lastPosition: number): { knownThrough: number; tokens: number } {
    let through = knownThrough;
    let total = tokens;
    for (const entry of this.#entriesFrom.iterate(row, knownThrough + 1, lastPosition) as Iterable<unknown>) {
      const next = entry as LogEntry;
      if (next.position !== through + 1) break;
      through = next.position;
      total += next.tokens;
    }
    return { knownThrough: through, tokens: total };
  }

  #session(sessionId: string): SessionRow | null {
    return (this.#sessionById.get(sessionId) as unknown as SessionRow | undefined) ?? null;
  }

  #createSession(sessionId: string): SessionRow {
    const { lastInsertRowid } = this.#insertSession.run(sessionId);
    return { row: Number(lastInsertRowid), knownThrough: -1, tokens: 0, lastPosition: -1 };
  }

  #idOf(body: Uint8Array): Buffer {
    return this.#keyedHash(body).subarray(0, HASH_BYTES);
  }

  #keyedHash(bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#tenantKey).update(bytes).digest();
  }

  /** The fragment in `body`, null when those are not the bytes that `id` is the hash of. */
  #open(body: Uint8Array, id: Buffer): Fragment | null {
    return this.#idOf(body).equals(id) ? decodeFragment(body) : null;
  }

  /** With another key every fragment would look corrupt; better to say at once what is wrong. */
  #checkTenantKey(): void {
    const check = this.#keyedHash(Buffer.from('tenant key check'));
    this.#database.prepare("INSERT OR IGNORE INTO meta VALUES ('tenant-key-check', ?)").run(check);
    const stored = this.#database.prepare("SELECT value FROM meta WHERE name = 'tenant-key-check'").get()?.value;
    if (stored instanceof Uint8Array && check.equals(stored)) return;
    throw new ContractError('INPUT_INVALID', 'the tenant key is not the one this store was written with', {
      argument: 'tenantKey',
    });
  }

  /** FULL waits for the disk; NORMAL leaves that to the next FULL one or to the checkpoint, which keep the order of commits. */
  #inTransaction<T>(synchronous: 'FULL' | 'NORMAL', work: () => T): T {
    return withStorageFaults(() => {
      this.#database.exec(`PRAGMA synchronous = ${synchronous}; BEGIN IMMEDIATE`);
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

function checkpoint(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // As on a full disk: what is in the WAL is safe there, and SQLite itself tries again when it has grown.
  }
}
