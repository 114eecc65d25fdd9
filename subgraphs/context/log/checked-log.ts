import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { parseNodeId } from '../session-id.ts';
import type { Answered } from './grow-session.ts';
import {
  ENTRIES,
  type EntryRow,
  FACTS,
  type FactsRow,
  RECEIPTS,
  type ReceiptRow,
  SESSIONS,
  type SessionRow,
  TURNS,
  type TurnRow,
} from './schema.ts';
import type { EntryRange } from './session-log.ts';

/** Looked through in a step, in a few milliseconds. */
const ROWS_A_STEP = 512;

/** Sessions remembered as looked through; forgetting one costs another look. */
const MAXIMUM_SESSIONS = 100_000;

/** What a session has so many of as it says. */
export type LookedAt = 'entries' | 'receipts';

type Found = Readonly<Record<string, unknown>>;

/**
 * The rows of the log, each checked whenever it is read, and checked against what its session says there is: a row that is
 * damaged, or missing where one must be, is STORAGE_CORRUPT with its name, and none is taken for "there is no such thing".
 */
export class CheckedLog {
  readonly sessions: CheckedTable<SessionRow>;
  readonly entries: CheckedTable<EntryRow>;
  readonly facts: CheckedTable<FactsRow>;
  readonly receipts: CheckedTable<ReceiptRow>;
  readonly turns: CheckedTable<TurnRow>;
  readonly #sessionsByIds: Statement;
  readonly #sessionById: Statement;
  readonly #sessionByKey: Statement;
  readonly #entryAt: Statement;
  readonly #entriesInRange: ReadonlyMap<string, Statement>;
  readonly #factsAt: Statement;
  readonly #receipt: Statement;
  readonly #receiptsOf: Statement;
  readonly #firstReceipts: Statement;
  readonly #turns: Statement;
  readonly #everOpened: Statement;
  readonly #hashes: Statement;
  readonly #drop: readonly Statement[];
  /** Sessions whose entries or receipts have been looked through by this process, which alone writes them. */
  readonly #lookedThrough = { entries: new Set<number>(), receipts: new Set<number>() };

  constructor(database: Database) {
    this.sessions = new CheckedTable(database, SESSIONS);
    this.entries = new CheckedTable(database, ENTRIES);
    this.facts = new CheckedTable(database, FACTS);
    this.receipts = new CheckedTable(database, RECEIPTS);
    this.turns = new CheckedTable(database, TURNS);
    const sessions = `SELECT ${this.sessions.selection} FROM sessions`;
    this.#sessionsByIds = database.prepare(`${sessions} WHERE id IN (SELECT value FROM json_each(?))`);
    this.#sessionById = database.prepare(`${sessions} WHERE id = ?`);
    this.#sessionByKey = database.prepare(`${sessions} WHERE open_key = ?`);
    const entries = `SELECT ${this.entries.selection} FROM entries WHERE session = ? AND position`;
    this.#entryAt = database.prepare(`${entries} = ?`);
    const selections = {
      all: '',
      chat: " AND kind = 'chat'",
      assistant: " AND kind = 'chat' AND role = 'assistant'",
      system: " AND role = 'system'",
    };
    this.#entriesInRange = new Map(
      Object.entries(selections).flatMap(([name, condition]) =>
        ['ASC', 'DESC'].map((order) => [
          `${name} ${order}`,
          database.prepare(`${entries} BETWEEN ? AND ?${condition} ORDER BY position ${order} LIMIT ?`),
        ]),
      ),
    );
    this.#factsAt = database.prepare(`SELECT ${this.facts.selection} FROM facts WHERE session = ? AND position = ?`);
    const receipts = `SELECT ${this.receipts.selection} FROM receipts WHERE session = ?`;
    this.#receipt = database.prepare(`${receipts} AND key = ?`);
    this.#receiptsOf = database.prepare(`${receipts} AND key > ? ORDER BY key LIMIT ?`);
    this.#firstReceipts = database.prepare(`${receipts} ORDER BY key LIMIT ?`);
    this.#turns = database.prepare(
      `SELECT ${this.turns.selection} FROM turns WHERE session = ? AND number >= ? ORDER BY number LIMIT ?`,
    );
    this.#everOpened = database.prepare(
      `SELECT EXISTS (SELECT 1 FROM sessions)
         OR coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sessions'), 0) > 0 AS ever`,
    );
    this.#hashes = database.prepare('SELECT DISTINCT hash FROM entries WHERE session = ?');
    this.#drop = ['entries', 'facts', 'receipts', 'turns', 'withdrawn', 'document_parts']
      .map((table) => `DELETE FROM ${table} WHERE session = ?`)
      .concat('DELETE FROM sessions WHERE row = ?')
      .map((sql) => database.prepare(sql));
  }

  /** Rows are counted on for ever, so that what was erased is known to have been there. */
  isNew(): boolean {
    return this.#everOpened.get()?.ever === 0;
  }

  /** Whatever its rows say: what is damaged is to go as well. */
  erase(sessionId: string): { readonly turns: number; readonly hashes: string[] } | null {
    const session = this.#sessionById.get(sessionId);
    if (session === undefined) return null;
    const row = Number(session.row);
    const hashes = this.#hashes.all(row).map(({ hash }) => Buffer.from(hash as Uint8Array).toString('hex'));
    this.dropRows(row);
    return { turns: Number(session.turns), hashes };
  }

  /** All rows of the session with this number. */
  dropRows(row: number): void {
    for (const statement of this.#drop) statement.run(row);
  }

  sessionsByIds(ids: readonly string[]): SessionRow[] {
    return this.#sessionsByIds.all(JSON.stringify(ids)).map((row) => this.sessions.whole(row, () => sessionName(row)));
  }

  session(id: string): SessionRow | null {
    const row = this.#sessionById.get(id);
    return row === undefined ? null : this.sessions.whole(row, () => id);
  }

  sessionByKey(key: string): SessionRow | null {
    const row = this.#sessionByKey.get(key);
    return row === undefined ? null : this.sessions.whole(row, () => sessionName(row));
  }

  entriesIn(session: SessionRow, { from, through, first, only, newestFirst = false }: EntryRange): EntryRow[] {
    // A selection of entries is complete only when each says truly whether it belongs to it.
    if (only !== undefined) finish(this.lookThrough(session, 'entries'));
    const statement = this.#entriesInRange.get(`${only ?? 'all'} ${newestFirst ? 'DESC' : 'ASC'}`) as Statement;
    const rows = statement.all(session.row, from, through, first);
    const lowest = Math.max(0, from);
    const highest = Math.min(through, session.fragments - 1);
    const place = (at: number) => (newestFirst ? highest - at : lowest + at);
    if (only === undefined) {
      const count = Math.max(0, Math.min(first, highest - lowest + 1));
      if (rows.length !== count) {
        const found = new Set(rows.map(({ position }) => position));
        throw this.entries.damaged(entryName(session, firstMissing(found, place, count)), 'it is missing');
      }
    }
    return rows.map((row, at) =>
      this.entries.whole(row, () => entryName(session, only === undefined ? place(at) : Number(row.position))),
    );
  }

  /** The entry at `position`, null when the log does not reach it. */
  entryAt(session: SessionRow, position: number): EntryRow | null {
    if (position < 0 || position >= session.fragments) return null;
    const row = this.#entryAt.get(session.row, position);
    if (row === undefined) throw this.entries.damaged(entryName(session, position), 'it is missing');
    return this.entries.whole(row, () => entryName(session, position));
  }

  /** The entries of all answers to a turn, each with when it was said. */
  answersTo(session: SessionRow, turn: number): Answered[] {
    const [asked] = this.turnsFrom(session, turn, 1);
    if (asked === undefined) return [];
    const range = { from: asked.last_position + 1, through: session.fragments - 1, first: session.fragments };
    return this.entriesIn(session, { ...range, only: 'assistant' })
      .filter((entry) => entry.turn === turn && entry.is_answer === 1)
      .map(({ position, tokens, facts }) => {
        const saidAtMs = facts === null ? 0 : (this.factsAt(session, facts).occurred_at_ms ?? 0);
        return { position, tokens, saidAtMs };
      });
  }

  /** The facts that the entries of an item name. */
  factsAt(session: SessionRow, position: number): FactsRow {
    const row = this.#factsAt.get(session.row, position);
    if (row === undefined) throw this.facts.damaged(entryName(session, position), 'it is missing');
    return this.facts.whole(row, () => entryName(session, position));
  }

  /** The receipt of a key. That there is none is believed of a session only whose receipts are whole and complete. */
  receipt(session: SessionRow, key: string): ReceiptRow | null {
    const row = this.#receipt.get(session.row, key);
    if (row !== undefined) return this.receipts.whole(row, () => `${session.id} revision ${Number(row.revision)}`);
    finish(this.lookThrough(session, 'receipts'));
    return null;
  }

  /** In the order of their keys, behind one; null for the first. */
  receiptsAfter(session: SessionRow, after: string | null, first: number): ReceiptRow[] {
    const rows =
      after === null ? this.#firstReceipts.all(session.row, first) : this.#receiptsOf.all(session.row, after, first);
    return rows.map((found) =>
      this.receipts.whole(found, () => `${session.id} revision ${Number((found as Found).revision)}`),
    );
  }

  turnsFrom(session: SessionRow, from: number, first: number): TurnRow[] {
    const rows = this.#turns.all(session.row, from, first);
    const lowest = Math.max(0, from);
    const count = Math.max(0, Math.min(first, session.turns - lowest));
    const place = (at: number) => lowest + at;
    if (rows.length !== count) {
      const found = new Set(rows.map(({ number }) => number));
      throw this.turns.damaged(`${session.id} turn ${firstMissing(found, place, count)}`, 'it is missing');
    }
    return rows.map((row, at) => this.turns.whole(row, () => `${session.id} turn ${place(at)}`));
  }

  /**
   * The steps of a look at every one, once in this process; null when it has been. Of a long log all of them take too long for one
   * turn of the event loop.
   */
  lookThrough(session: SessionRow, what: LookedAt): Iterator<void, void> | null {
    if (this.#lookedThrough[what].has(session.row)) return null;
    return what === 'entries' ? this.#lookThroughEntries(session) : this.#lookThroughReceipts(session);
  }

  *#lookThroughEntries(session: SessionRow): Generator<void, void> {
    for (let from = 0; from < session.fragments; from += ROWS_A_STEP) {
      const count = Math.min(ROWS_A_STEP, session.fragments - from);
      this.entriesIn(session, { from, through: from + count - 1, first: count });
      yield;
    }
    // What was added meanwhile this process has written itself.
    remember(this.#lookedThrough.entries, session.row);
  }

  *#lookThroughReceipts(session: SessionRow): Generator<void, void> {
    let receipts = 0;
    for (let after = '', isEnd = false; !isEnd; ) {
      const rows = this.#receiptsOf.all(session.row, after, ROWS_A_STEP);
      for (const found of rows) {
        const { key, revision } = this.receipts.whole(
          found,
          () => `${session.id} revision ${Number((found as Found).revision)}`,
        );
        after = key;
        if (revision <= session.revision) receipts++;
      }
      isEnd = rows.length < ROWS_A_STEP;
      yield;
    }
    // Every commit makes one revision and one receipt.
    if (receipts !== session.revision) {
      throw this.receipts.damaged(session.id, `there are ${receipts} of ${session.revision}`);
    }
    remember(this.#lookedThrough.receipts, session.row);
  }
}

function finish(steps: Iterator<void, void> | null): void {
  while (steps !== null && steps.next().done !== true);
}

/** The first of `count` places that is not among those found; the one after them when there are more than was written. */
function firstMissing(found: ReadonlySet<unknown>, place: (at: number) => number, count: number): number {
  let at = 0;
  while (at < count && found.has(place(at))) at++;
  return place(at);
}

/** A damaged id may be any text, which is nothing to tell. */
export function sessionName({ id, row }: Found): string {
  return parseNodeId(String(id))?.kind === 'session' ? String(id) : `row ${Number(row)}`;
}

function entryName({ id }: SessionRow, position: number): string {
  return `${id} position ${position}`;
}

function remember(known: Set<number>, session: number): void {
  if (known.size >= MAXIMUM_SESSIONS) known.clear();
  known.add(session);
}
