import { CheckedTable, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import type { Stretch } from '@supercontext/runtime/withdrawn.ts';
import { encodeSegment, openSegment, SEGMENT_POSITIONS, type SignedFragment } from './sealed-signs.ts';
import { StoredVectors } from './stored-vectors.ts';
import { EVERYWHERE, type HeldFragment, type VectorSpace } from './vector-index.ts';

export const FIRST = `
  CREATE TABLE IF NOT EXISTS spaces (
    row INTEGER PRIMARY KEY, session TEXT NOT NULL, model TEXT NOT NULL, dimensions INTEGER NOT NULL, checksum INTEGER NOT NULL,
    UNIQUE (session, model)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS vectors (
    row INTEGER PRIMARY KEY, space INTEGER NOT NULL, position INTEGER NOT NULL, fragment BLOB NOT NULL, body BLOB NOT NULL,
    checksum INTEGER NOT NULL, UNIQUE (space, position)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS segments (
    row INTEGER PRIMARY KEY, space INTEGER NOT NULL, start INTEGER NOT NULL, body BLOB NOT NULL, checksum INTEGER NOT NULL,
    UNIQUE (space, start)
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

interface SegmentRow {
  readonly space: number;
  readonly start: number;
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

const SEGMENTS: TableShape<SegmentRow> = {
  name: 'segments',
  columns: ['space', 'start', 'body'],
  key: ['space', 'start'],
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
}

const NOTHING_READ: ReadPage = { whole: [], unusable: [] };

/** What a file of vectors can be asked, each row checked on the way. */
export class VectorRows {
  readonly #spaces: CheckedTable<SpaceRow>;
  readonly #vectors: CheckedTable<VectorRow>;
  readonly #segments: CheckedTable<SegmentRow>;
  readonly #spacesOf: Statement;
  readonly #nextSpace: Statement;
  readonly #dropSpace: Statement;
  readonly #dropWithin: Statement;
  readonly #any: Statement;
  readonly #last: Statement;
  readonly #within: Statement;
  readonly #segmentAt: Statement;
  readonly #unseal: Statement;
  readonly #at: Statement;

  constructor(database: Database) {
    this.#spaces = new CheckedTable(database, SPACES);
    this.#vectors = new CheckedTable(database, VECTORS);
    this.#segments = new CheckedTable(database, SEGMENTS);
    const selection = `SELECT ${this.#vectors.selection} FROM vectors WHERE space = ? AND position`;
    this.#spacesOf = database.prepare(`SELECT ${this.#spaces.selection} FROM spaces WHERE session = ?`);
    this.#nextSpace = database.prepare('SELECT 1 + coalesce(max(row), 0) AS next FROM spaces');
    this.#dropSpace = database.prepare('DELETE FROM spaces WHERE row = ?');
    this.#dropWithin = database.prepare('DELETE FROM vectors WHERE space = ? AND position BETWEEN ? AND ?');
    this.#any = database.prepare('SELECT 1 FROM vectors WHERE space = ? LIMIT 1');
    this.#last = database.prepare('SELECT max(position) AS last FROM vectors WHERE space = ?');
    this.#within = database.prepare(`${selection} BETWEEN ? AND ? ORDER BY position`);
    this.#segmentAt = database.prepare(
      `SELECT ${this.#segments.selection} FROM segments WHERE space = ? AND start = ?`,
    );
    this.#unseal = database.prepare('DELETE FROM segments WHERE space = ? AND start BETWEEN ? AND ?');
    this.#at = database.prepare(`${selection} IN (SELECT value FROM json_each(?))`);
  }

  put(space: VectorSpace, fragments: readonly EncodedFragment[]): void {
    const row = this.#rowOf(space) ?? this.#create(space);
    for (const { position, fragment, body } of fragments) {
      this.#drop(row, { from: position, through: position });
      this.#vectors.insert({ space: row, position, fragment, body });
    }
  }

  /** The last position of which something is held; -1 for none. */
  last(space: VectorSpace): number {
    const row = this.#rowOf(space);
    return Number((row === null ? null : this.#last.get(row)?.last) ?? -1);
  }

  /** The rows of a stretch of positions, in order. */
  within(space: VectorSpace, { from, through }: Stretch): ReadPage {
    const row = this.#rowOf(space);
    return row === null ? NOTHING_READ : this.#read(this.#within.all(row, from, through), space);
  }

  /** The sealed signs of the stretch that begins at `start`; null where there are none that hold. */
  segment(space: VectorSpace, start: number): readonly SignedFragment[] | null {
    const row = this.#rowOf(space);
    const found = row === null ? undefined : this.#segmentAt.get(row, start);
    if (found === undefined || !this.#segments.isWhole(found)) return null;
    return openSegment((found as unknown as SegmentRow).body, start, space.dimensions);
  }

  /** Seals the signs of a stretch, until something in it changes. */
  seal(space: VectorSpace, start: number, fragments: readonly SignedFragment[]): void {
    const row = this.#rowOf(space);
    if (row === null) return;
    this.#unseal.run(row, start, start);
    this.#segments.insert({ space: row, start, body: encodeSegment(start, space.dimensions, fragments) });
  }

  at(space: VectorSpace, positions: readonly number[]): ReadPage {
    const row = this.#rowOf(space);
    if (row === null) return NOTHING_READ;
    return this.#read(this.#at.all(row, JSON.stringify(positions)), space);
  }

  forget(space: VectorSpace, positions: readonly Stretch[]): void {
    const row = this.#rowOf(space);
    if (row === null) return;
    for (const stretch of positions) this.#drop(row, stretch);
    if (this.#any.get(row) === undefined) this.#dropSpace.run(row);
  }

  spaces(sessionId: string): VectorSpace[] {
    return this.#known(sessionId).map(({ session, model, dimensions }) => ({ sessionId: session, model, dimensions }));
  }

  erase(sessionId: string): number {
    let fragments = 0;
    for (const { row } of this.#spacesOf.all(sessionId)) {
      fragments += this.#drop(Number(row), EVERYWHERE);
      this.#dropSpace.run(Number(row));
    }
    return fragments;
  }

  /** Rows, and the segments they are in: how many rows. */
  #drop(space: number, { from, through }: Stretch): number {
    this.#unseal.run(space, from - (from % SEGMENT_POSITIONS), through);
    return Number(this.#dropWithin.run(space, from, through).changes);
  }

  #read(rows: readonly Readonly<Record<string, unknown>>[], { dimensions }: VectorSpace): ReadPage {
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
      this.#drop(Number(row), EVERYWHERE);
      this.#dropSpace.run(Number(row));
    }
    const row = Number(this.#nextSpace.get()?.next);
    this.#spaces.insert({ row, session: sessionId, model, dimensions });
    return row;
  }
}
