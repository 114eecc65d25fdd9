import { CheckedTable, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import { StoredVectors } from './stored-vectors.ts';
import type { HeldFragment, VectorSpace } from './vector-index.ts';

export const FIRST = `
  CREATE TABLE IF NOT EXISTS spaces (
    row INTEGER PRIMARY KEY, session TEXT NOT NULL, model TEXT NOT NULL, dimensions INTEGER NOT NULL, checksum INTEGER NOT NULL,
    UNIQUE (session, model)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS vectors (
    row INTEGER PRIMARY KEY, space INTEGER NOT NULL, position INTEGER NOT NULL, fragment BLOB NOT NULL, body BLOB NOT NULL,
    checksum INTEGER NOT NULL, UNIQUE (space, position)
  ) STRICT;
`;

interface SpaceRow {
  readonly row: number;
  readonly session: string;
  readonly model: string;
  readonly dimensions: number;
}

interface VectorRow {
  readonly space: number;
  readonly position: number;
  readonly fragment: Uint8Array;
  readonly body: Uint8Array;
}

const SPACES: TableShape<SpaceRow> = {
  name: 'spaces',
  columns: ['row', 'session', 'model', 'dimensions'],
  key: ['row'],
};

const VECTORS: TableShape<VectorRow> = {
  name: 'vectors',
  columns: ['space', 'position', 'fragment', 'body'],
  key: ['space', 'position'],
};

/** A fragment as it is prepared before the transaction that keeps it. */
export interface EncodedFragment {
  readonly position: number;
  readonly fragment: Uint8Array;
  readonly body: Uint8Array;
}

export interface ReadFragment extends HeldFragment {
  readonly vectors: StoredVectors;
}

export interface ReadPage {
  readonly whole: readonly ReadFragment[];
  /** Positions of rows that do not hold what was written, or are of another version. */
  readonly unusable: readonly number[];
  /** Where to go on; null at the end. */
  readonly next: number | null;
}

/** What a file of vectors can be asked, each row checked on the way. */
export class VectorRows {
  readonly #spaces: CheckedTable<SpaceRow>;
  readonly #vectors: CheckedTable<VectorRow>;
  readonly #spacesOf: Statement;
  readonly #nextSpace: Statement;
  readonly #dropSpace: Statement;
  readonly #dropWithin: Statement;
  readonly #any: Statement;
  readonly #from: Statement;
  readonly #at: Statement;

  constructor(database: Database) {
    this.#spaces = new CheckedTable(database, SPACES);
    this.#vectors = new CheckedTable(database, VECTORS);
    const selection = `SELECT ${this.#vectors.selection} FROM vectors WHERE space = ? AND position`;
    this.#spacesOf = database.prepare(`SELECT ${this.#spaces.selection} FROM spaces WHERE session = ?`);
    this.#nextSpace = database.prepare('SELECT 1 + coalesce(max(row), 0) AS next FROM spaces');
    this.#dropSpace = database.prepare('DELETE FROM spaces WHERE row = ?');
    this.#dropWithin = database.prepare('DELETE FROM vectors WHERE space = ? AND position BETWEEN ? AND ?');
    this.#any = database.prepare('SELECT 1 FROM vectors WHERE space = ? LIMIT 1');
    this.#from = database.prepare(`${selection} >= ? ORDER BY position LIMIT ?`);
    this.#at = database.prepare(`${selection} IN (SELECT value FROM json_each(?))`);
  }

  put(space: VectorSpace, fragments: readonly EncodedFragment[]): void {
    const row = this.#rowOf(space) ?? this.#create(space);
    for (const { position, fragment, body } of fragments) {
      this.#dropWithin.run(row, position, position);
      this.#vectors.insert({ space: row, position, fragment, body });
    }
  }

  /** Up to `most` rows from a position on. */
  page(space: VectorSpace, from: number, most: number): ReadPage {
    const row = this.#rowOf(space);
    if (row === null) return { whole: [], unusable: [], next: null };
    const rows = this.#from.all(row, from, most);
    const last = rows.at(-1)?.position;
    return { ...this.#read(rows, space), next: rows.length < most ? null : Number(last) + 1 };
  }

  at(space: VectorSpace, positions: readonly number[]): Omit<ReadPage, 'next'> {
    const row = this.#rowOf(space);
    if (row === null) return { whole: [], unusable: [] };
    return this.#read(this.#at.all(row, JSON.stringify(positions)), space);
  }

  forget(space: VectorSpace, positions: readonly Stretch[]): void {
    const row = this.#rowOf(space);
    if (row === null) return;
    for (const { from, through } of positions) this.#dropWithin.run(row, from, through);
    if (this.#any.get(row) === undefined) this.#dropSpace.run(row);
  }

  spaces(sessionId: string): VectorSpace[] {
    return this.#known(sessionId).map(({ session, model, dimensions }) => ({ sessionId: session, model, dimensions }));
  }

  erase(sessionId: string): number {
    let fragments = 0;
    for (const { row } of this.#spacesOf.all(sessionId)) {
      fragments += Number(this.#dropWithin.run(Number(row), 0, Number.MAX_SAFE_INTEGER).changes);
      this.#dropSpace.run(Number(row));
    }
    return fragments;
  }

  #read(rows: readonly Readonly<Record<string, unknown>>[], { dimensions }: VectorSpace): Omit<ReadPage, 'next'> {
    const whole: ReadFragment[] = [];
    const unusable: number[] = [];
    for (const found of rows) {
      const { position, fragment, body } = found as unknown as VectorRow;
      const vectors = this.#vectors.isWhole(found) ? StoredVectors.open(body, dimensions) : null;
      if (vectors === null) unusable.push(position);
      else whole.push({ position, hash: Buffer.from(fragment).toString('hex'), vectors });
    }
    return { whole, unusable };
  }

  #rowOf({ sessionId, model, dimensions }: VectorSpace): number | null {
    const found = this.#known(sessionId).find((one) => one.model === model);
    return found?.dimensions === dimensions ? found.row : null;
  }

  /** The rows of a session's spaces; one that does not hold names nothing, and what lay in it is made again. */
  #known(sessionId: string): SpaceRow[] {
    return this.#spacesOf.all(sessionId).filter((row) => this.#spaces.isWhole(row)) as unknown as SpaceRow[];
  }

  /** In place of one of the same name that does not hold or has other dimensions. */
  #create({ sessionId, model, dimensions }: VectorSpace): number {
    for (const { row, model: other } of this.#spacesOf.all(sessionId)) {
      if (other !== model) continue;
      this.#dropWithin.run(Number(row), 0, Number.MAX_SAFE_INTEGER);
      this.#dropSpace.run(Number(row));
    }
    const row = Number(this.#nextSpace.get()?.next);
    this.#spaces.insert({ row, session: sessionId, model, dimensions });
    return row;
  }
}
