import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { LRUCache } from 'lru-cache';
import { type SessionRow, WITHDRAWN, type WithdrawnRow } from './schema.ts';

/** Sessions whose positions are remembered; of any other they are read. */
const MAXIMUM_REMEMBERED = 1_000;

/** Which positions are withdrawn, session by session, as the context stage replicated it. */
export class WithdrawnRows {
  readonly #database: Database;
  readonly #rows: CheckedTable<WithdrawnRow>;
  readonly #ofSession: Statement;
  readonly #drop: Statement;
  readonly #remembered = new LRUCache<number, { readonly positions: Uint8Array; readonly withdrawn: Withdrawn }>({
    max: MAXIMUM_REMEMBERED,
  });

  constructor(database: Database) {
    this.#database = database;
    this.#rows = new CheckedTable(database, WITHDRAWN);
    this.#ofSession = database.prepare(`SELECT ${this.#rows.selection} FROM withdrawn WHERE session = ?`);
    this.#drop = database.prepare('DELETE FROM withdrawn WHERE session = ?');
  }

  of({ row, id }: SessionRow): Withdrawn {
    const found = this.#ofSession.get(row);
    if (found === undefined) return Withdrawn.NONE;
    const { positions } = this.#rows.whole(found, () => id);
    const known = this.#remembered.get(row);
    if (known !== undefined && Buffer.compare(known.positions, positions) === 0) return known.withdrawn;
    const withdrawn = this.#database.decoded(
      () => `withdrawn: ${id}`,
      () => Withdrawn.decode(positions),
    );
    this.#remembered.set(row, { positions, withdrawn });
    return withdrawn;
  }

  write(session: number, withdrawn: Withdrawn): void {
    this.#drop.run(session);
    if (withdrawn.count > 0) this.#rows.insert({ session, positions: withdrawn.encode() });
  }
}
