import { LRUCache } from 'lru-cache';
import { Withdrawn } from '../withdrawn.ts';
import { CheckedTable, type TableShape } from './checked-table.ts';
import type { Database, Statement } from './database.ts';

/** Which positions of a session's log are withdrawn. There is a row where there is one. */
interface WithdrawnRow {
  /** As the file numbers or names its sessions. */
  readonly session: number | string;
  readonly positions: Uint8Array;
}

const WITHDRAWN: TableShape<WithdrawnRow> = {
  name: 'withdrawn',
  columns: ['session', 'positions'],
  key: ['session'],
};

/** For a migration. @param session What names a session in the file: `INTEGER` or `TEXT`. */
export function withdrawnTable(session: 'INTEGER' | 'TEXT'): string {
  return `CREATE TABLE withdrawn (session ${session} PRIMARY KEY, positions BLOB NOT NULL, checksum INTEGER NOT NULL) STRICT`;
}

/** Sessions whose positions are remembered decoded. */
const MAXIMUM_REMEMBERED = 1_000;

/** The withdrawn positions of the sessions of one open file. To be called inside of `Database.read` or `transaction`. */
export class WithdrawnTable {
  readonly #database: Database;
  readonly #rows: CheckedTable<WithdrawnRow>;
  readonly #ofSession: Statement;
  readonly #drop: Statement;
  readonly #remembered = new LRUCache<
    number | string,
    { readonly positions: Uint8Array; readonly withdrawn: Withdrawn }
  >({
    max: MAXIMUM_REMEMBERED,
  });

  constructor(database: Database) {
    this.#database = database;
    this.#rows = new CheckedTable(database, WITHDRAWN);
    this.#ofSession = database.prepare(`SELECT ${this.#rows.selection} FROM withdrawn WHERE session = ?`);
    this.#drop = database.prepare('DELETE FROM withdrawn WHERE session = ?');
  }

  /** @throws ContractError STORAGE_CORRUPT naming `id`, the session's */
  of(session: number | string, id: string): Withdrawn {
    const found = this.#ofSession.get(session);
    if (found === undefined) return Withdrawn.NONE;
    const { positions } = this.#rows.whole(found, () => id);
    const known = this.#remembered.get(session);
    if (known !== undefined && Buffer.compare(known.positions, positions) === 0) return known.withdrawn;
    const withdrawn = this.#database.decoded(
      () => `withdrawn: ${id}`,
      () => Withdrawn.decode(positions),
    );
    this.#remembered.set(session, { positions, withdrawn });
    return withdrawn;
  }

  write(session: number | string, withdrawn: Withdrawn): void {
    this.drop(session);
    if (withdrawn.digest !== '') this.#rows.insert({ session, positions: withdrawn.encode() });
  }

  drop(session: number | string): void {
    this.#drop.run(session);
  }

  /** What is to be thrown for one that cannot be right. */
  damaged(id: string, why: string) {
    return this.#rows.damaged(id, why);
  }
}
