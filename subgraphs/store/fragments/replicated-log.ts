import type { ContractError } from '@supercontext/contract';
import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { WithdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { KnownLog, LogChange, LogEntry } from './fragment-store.ts';
import {
  contradicts,
  endAfter,
  following,
  hexOf,
  isOfCopy,
  keptThrough,
  knownLog,
  type LogEnd,
  nothingKnown,
  unknownOf,
} from './log-rules.ts';
import { type EntryRow, entryChecksum, fragmentChecksum, SESSIONS, type SessionRow } from './schema.ts';

interface FoundEntry extends Omit<EntryRow, 'session'> {
  readonly checksum: number;
}

/** A session's row, and the digest of its entries through `known_through`. */
interface Grown {
  readonly session: SessionRow;
  readonly digest: Uint8Array;
}

interface FoundDigest extends FoundEntry {
  readonly digest: Uint8Array;
}

interface FoundSize extends FoundEntry {
  readonly id: Uint8Array;
  readonly createdAtMs: number;
  readonly sizeBytes: number;
  /** The fragment's own checksum, null for one of the first version. */
  readonly ofFragment: number | null;
}

const NO_BODY = new Uint8Array(0);
/** Read at a time, in a few milliseconds. */
const SIZES_A_READ = 1_024;
/** Of an entry beyond a gap. */
const NO_DIGEST = new Uint8Array(0);

/**
 * What the context stage replicated of its log, each row checked when it is read: what is damaged, or missing where an entry
 * must be, is STORAGE_CORRUPT with its name. To be called inside of `Database.read` or `transaction`.
 */
export class ReplicatedLog {
  readonly #database: Database;
  readonly #sessions: CheckedTable<SessionRow>;
  readonly #sessionById: Statement;
  readonly #sessionsAfter: Statement;
  readonly #nextRow: Statement;
  readonly #updateSession: Statement;
  readonly #insertEntry: Statement;
  readonly #insertPlace: Statement;
  readonly #digestsIn: Statement;
  readonly #setDigest: Statement;
  readonly #keepDiscarded: Statement;
  readonly #dropFrom: Statement;
  readonly #dropAt: Statement;
  readonly #entriesFrom: Statement;
  readonly #entriesAt: Statement;
  readonly #sizes: Statement;
  readonly #withdrawn: WithdrawnTable;

  constructor(database: Database) {
    this.#database = database;
    this.#sessions = new CheckedTable(database, SESSIONS);
    this.#withdrawn = new WithdrawnTable(database);
    const session = `SELECT ${this.#sessions.selection} FROM sessions`;
    this.#sessionById = database.prepare(`${session} WHERE id = ?`);
    this.#sessionsAfter = database.prepare(`${session} WHERE id > ? AND known_through >= 0 ORDER BY id`);
    this.#nextRow = database.prepare('SELECT 1 + coalesce(max(row), 0) AS next FROM sessions');
    this.#updateSession = database.prepare(
      'UPDATE sessions SET known_through = ?, tokens = ?, last_position = ?, checksum = ? WHERE row = ?',
    );
    this.#insertEntry = database.prepare(
      `INSERT INTO log (session, position, fragment, tokens, checksum, digest)
       SELECT ?, ?, row, ?, ?, ? FROM fragments WHERE id = ?`,
    );
    this.#insertPlace = database.prepare('INSERT INTO fragments (id, body, created_at_ms) VALUES (?, ?, ?)');
    this.#setDigest = database.prepare('UPDATE log SET digest = ? WHERE session = ? AND position = ?');
    this.#keepDiscarded = database.prepare(
      `INSERT OR IGNORE INTO discarded SELECT ?, id FROM log JOIN fragments ON fragments.row = log.fragment
       WHERE session = ? AND position >= ?`,
    );
    this.#dropFrom = database.prepare('DELETE FROM log WHERE session = ? AND position >= ?');
    this.#dropAt = database.prepare('DELETE FROM log WHERE session = ? AND position = ?');
    const columns = 'position, lower(hex(id)) AS hash, log.tokens, log.checksum';
    const entry = `FROM log JOIN fragments ON fragments.row = log.fragment WHERE session = ? AND position`;
    this.#digestsIn = database.prepare(`SELECT ${columns}, digest ${entry} BETWEEN ? AND ? ORDER BY position`);
    this.#entriesFrom = database.prepare(`SELECT ${columns} ${entry} BETWEEN ? AND ? ORDER BY position`);
    this.#entriesAt = database.prepare(
      `SELECT ${columns} ${entry} IN (SELECT value FROM json_each(?)) ORDER BY position`,
    );
    this.#sizes = database.prepare(`SELECT ${columns}, id, created_at_ms AS createdAtMs, length(body) AS sizeBytes,
         fragments.checksum AS ofFragment ${entry} >= ? ORDER BY position LIMIT ?`);
  }

  replicate(sessionId: string, entries: readonly LogEntry[], { replaces, withdrawn }: LogChange = {}): KnownLog {
    const known = this.#session(sessionId);
    if (known === null && entries.length === 0) return this.known(sessionId);
    let session = known ?? this.#createSession(sessionId);
    if (replaces !== undefined) {
      if (!isOfCopy(replaces, this.#endOf(session))) return this.#knownLog(session);
      session = this.#cut(session, keptThrough(this.#endOf(session), replaces));
    }
    if (contradicts(this.#listedBeside(session, entries), entries)) return this.#knownLog(session);
    const end = this.#endOf(session);
    const unknown = unknownOf(end, entries);
    const follows = unknown[0]?.position === session.known_through + 1;
    const isPlain = follows && session.last_position === session.known_through;
    const grown = isPlain ? this.#append(session, end, unknown) : this.#fill(session, end, unknown);
    const { known_through, tokens, last_position, row } = grown.session;
    this.#updateSession.run(known_through, tokens, last_position, this.#sessions.checksum(grown.session), row);
    if (withdrawn !== undefined) this.#withdrawn.write(row, withdrawn);
    return this.#knownOf(grown);
  }

  withdrawn(sessionId: string): Withdrawn {
    const session = this.#session(sessionId);
    return session === null ? Withdrawn.NONE : this.#withdrawn.of(session.row, sessionId);
  }

  digest(sessionId: string, through: number): string | null {
    const session = this.#session(sessionId);
    if (through > (session?.known_through ?? -1)) return null;
    return hexOf(session === null ? EMPTY_LOG_DIGEST : this.#digestOf(session, through));
  }

  entries(sessionId: string, from: number, first: number): LogEntry[] {
    const session = this.#session(sessionId);
    if (session === null) return [];
    const through = Math.min(session.known_through, from + first - 1);
    const rows = this.#entriesFrom.all(session.row, from, through);
    const lowest = Math.max(0, from);
    return this.#complete(session, rows, Math.max(0, through - lowest + 1), (at) => lowest + at);
  }

  entriesAt(sessionId: string, positions: readonly number[]): LogEntry[] {
    const session = this.#session(sessionId);
    if (session === null) return [];
    const rows = this.#entriesAt.all(session.row, JSON.stringify(positions));
    const known = [...new Set(positions)].filter((at) => at >= 0 && at <= session.known_through);
    const found = new Set(rows.map(({ position }) => position));
    const missing = known.find((position) => !found.has(position));
    if (missing !== undefined) throw this.#damaged(session, missing, 'it is missing');
    return rows.map((row) => this.#whole(session, row));
  }

  known(sessionId: string): KnownLog {
    const session = this.#session(sessionId);
    return session === null ? nothingKnown(sessionId) : this.#knownLog(session);
  }

  /** Leaves out sessions whose own row is damaged: those after them are not to wait for a repair; asked for, they are named. */
  sessions(first: number, after: string | null): KnownLog[] {
    const known: KnownLog[] = [];
    for (const found of this.#sessionsAfter.iterate(after ?? '')) {
      if (known.length === first) break;
      const row = found as Readonly<Record<string, unknown>>;
      if (this.#sessions.isWhole(row)) known.push(this.#knownLog(row as unknown as SessionRow));
    }
    return known;
  }

  /**
   * Bytes at rest of the fragments of entries from a position on, some of them at a time, by hash. Where to go on, null at the end: of
   * entries beyond a gap, too.
   */
  sizesFrom(
    sessionId: string,
    from: number,
  ): { readonly sizes: ReadonlyMap<string, number>; readonly next: number | null } {
    const session = this.#session(sessionId);
    const sizes = new Map<string, number>();
    if (session === null) return { sizes, next: null };
    let expected = from;
    const rows = this.#sizes.all(session.row, from, SIZES_A_READ);
    for (const found of rows) {
      const row = found as unknown as FoundSize;
      const { position, hash } = this.#whole(session, found);
      if (position !== expected && expected <= session.known_through) break;
      expected = position + 1;
      const isWhole =
        row.ofFragment === null || row.ofFragment === fragmentChecksum(row.id, row.createdAtMs, row.sizeBytes);
      if (!isWhole) throw this.#database.corrupt(`fragments: ${sessionId}.${hash}`, 'its checksum does not hold');
      sizes.set(hash, row.sizeBytes);
    }
    const isEnd = rows.length < SIZES_A_READ;
    if (isEnd && expected <= session.known_through) throw this.#damaged(session, expected, 'it is missing');
    return { sizes, next: isEnd ? null : expected };
  }

  /** Those listed at the positions of entries. */
  #listedBeside(session: SessionRow, entries: readonly LogEntry[]): LogEntry[] {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined || first.position > session.known_through) return [];
    const through = Math.min(last.position, session.known_through);
    return this.#entriesFrom.all(session.row, first.position, through).map((row) => this.#whole(session, row));
  }

  /** Forgets what is listed behind a position. */
  #cut(session: SessionRow, through: number): SessionRow {
    const forgotten = this.#entriesFrom
      .all(session.row, through + 1, session.known_through)
      .reduce((sum, { tokens }) => sum + Number(tokens), 0);
    this.#keepDiscarded.run(session.id, session.row, through + 1);
    this.#dropFrom.run(session.row, through + 1);
    return { ...session, known_through: through, last_position: through, tokens: session.tokens - forgotten };
  }

  /** Adds what follows on what is known, where nothing waits beyond a gap: all of it counts at once. */
  #append(session: SessionRow, before: LogEnd, entries: readonly LogEntry[]): Grown {
    let end = before;
    for (const entry of entries) {
      end = endAfter(end, entry);
      this.#insert(session, entry, end.digest);
    }
    return grown(session, end, end.through);
  }

  /** Adds what may lie beyond a gap, or close one. Beyond a gap nothing counts yet: the last word holds. */
  #fill(session: SessionRow, end: LogEnd, entries: readonly LogEntry[]): Grown {
    for (const entry of entries) {
      if (entry.position <= session.last_position) this.#dropAt.run(session.row, entry.position);
      this.#insert(session, entry, NO_DIGEST);
    }
    return this.#advance(session, end, Math.max(session.last_position, entries.at(-1)?.position ?? -1));
  }

  #insert({ row }: SessionRow, { position, hash, tokens }: LogEntry, digest: Uint8Array): void {
    const id = Buffer.from(hash, 'hex');
    const checksum = entryChecksum({ session: row, position, hash, tokens });
    if (this.#insertEntry.run(row, position, tokens, checksum, digest, id).changes > 0) return;
    this.#insertPlace.run(id, NO_BODY, Date.now());
    this.#insertEntry.run(row, position, tokens, checksum, digest, id);
  }

  /** How far the log is known without a gap, looking only at what came since. */
  #advance(session: SessionRow, before: LogEnd, lastPosition: number): Grown {
    let end = before;
    const waiting = this.#entriesFrom.all(session.row, end.through + 1, lastPosition);
    for (const entry of following(
      end,
      waiting.map((row) => this.#whole(session, row)),
    )) {
      end = endAfter(end, entry);
      this.#setDigest.run(end.digest, session.row, end.through);
    }
    return grown(session, end, lastPosition);
  }

  #endOf(session: SessionRow): LogEnd {
    const { known_through: through, tokens } = session;
    return { through, tokens, digest: this.#digestOf(session, through) };
  }

  /** No checksum covers a digest, but what it is made of: it follows from its entry and the one before, or is made again. */
  #digestOf(session: SessionRow, position: number): Uint8Array {
    if (position < 0) return EMPTY_LOG_DIGEST;
    const found = this.#digestsIn.all(session.row, position - 1, position) as unknown as FoundDigest[];
    const before = position === 0 ? EMPTY_LOG_DIGEST : found.find((row) => row.position === position - 1)?.digest;
    const last = found.find((row) => row.position === position);
    if (last === undefined || before === undefined || !isWhole(session, last)) return last?.digest ?? EMPTY_LOG_DIGEST;
    const digest = digestAfter(before, last.hash, last.tokens);
    return isSame(digest, last.digest) ? digest : this.#repairedDigest(session, last);
  }

  /** Makes the digests up to an entry again. Its own as it stands where entries before it are damaged: reading those says so. */
  #repairedDigest(session: SessionRow, last: FoundDigest): Uint8Array {
    let digest: Uint8Array = EMPTY_LOG_DIGEST;
    const wrong: { readonly position: number; readonly digest: Uint8Array }[] = [];
    for (const found of this.#digestsIn.iterate(session.row, 0, last.position)) {
      const row = found as unknown as FoundDigest;
      if (!isWhole(session, row)) return last.digest;
      digest = digestAfter(digest, row.hash, row.tokens);
      if (!isSame(digest, row.digest)) wrong.push({ position: row.position, digest });
    }
    for (const { position, digest } of wrong) this.#setDigest.run(digest, session.row, position);
    return digest;
  }

  #knownLog(session: SessionRow): KnownLog {
    return this.#knownOf({ session, digest: this.#digestOf(session, session.known_through) });
  }

  #knownOf({ session, digest }: Grown): KnownLog {
    const { id, known_through: through, tokens } = session;
    const { digest: withdrawnDigest } = this.#withdrawn.of(session.row, id);
    return knownLog(id, { through, tokens, digest }, withdrawnDigest);
  }

  #session(sessionId: string): SessionRow | null {
    const row = this.#sessionById.get(sessionId);
    return row === undefined ? null : this.#sessions.whole(row, () => sessionId);
  }

  #createSession(id: string): SessionRow {
    const row = Number(this.#nextRow.get()?.next);
    const session = { row, id, known_through: -1, tokens: 0, last_position: -1 };
    this.#sessions.insert(session);
    return session;
  }

  #complete(
    session: SessionRow,
    rows: readonly Readonly<Record<string, unknown>>[],
    count: number,
    place: (at: number) => number,
  ): LogEntry[] {
    const entries = rows.map((row) => this.#whole(session, row));
    const wrong = entries.findIndex(({ position }, at) => position !== place(at));
    if (wrong === -1 && entries.length === count) return entries;
    throw this.#damaged(session, place(wrong === -1 ? entries.length : wrong), 'it is missing');
  }

  #whole(session: SessionRow, row: Readonly<Record<string, unknown>>): LogEntry {
    const entry = row as unknown as FoundEntry;
    if (!isWhole(session, entry)) throw this.#damaged(session, Number(entry.position), 'its checksum does not hold');
    const { position, hash, tokens } = entry;
    return { position, hash, tokens };
  }

  #damaged({ id }: SessionRow, position: number, why: string): ContractError {
    return this.#database.corrupt(`log: ${id} position ${position}`, why);
  }
}

function isWhole({ row }: SessionRow, { position, hash, tokens, checksum }: FoundEntry): boolean {
  return checksum === entryChecksum({ session: row, position, hash, tokens });
}

/** What lies in a damaged file may be anything. */
function isSame(digest: Uint8Array, stored: unknown): boolean {
  return stored instanceof Uint8Array && Buffer.compare(digest, stored) === 0;
}

function grown(session: SessionRow, { through, tokens, digest }: LogEnd, lastPosition: number): Grown {
  return { session: { ...session, known_through: through, tokens, last_position: lastPosition }, digest };
}
