import { ContractError } from '@supercontext/contract';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { LRUCache } from 'lru-cache';
import { type SessionRow, WITHDRAWN, type WithdrawnRow } from './schema.ts';

/** Sessions whose positions are remembered; of any other they are read. */
const MAXIMUM_REMEMBERED = 1_000;

/** Stretches of one log: they are read, written and sent as a whole. */
const MAXIMUM_STRETCHES = 16_384;

/** Which positions are withdrawn, session by session, of one open file. To be called inside of `Database.read` or `transaction`. */
export class WithdrawnRows {
  readonly #database: Database;
  readonly #rows: CheckedTable<WithdrawnRow>;
  readonly #ofSession: Statement;
  readonly #drop: Statement;
  readonly #remembered = new LRUCache<number, { readonly fragments: number; readonly withdrawn: Withdrawn }>({
    max: MAXIMUM_REMEMBERED,
  });

  constructor(database: Database) {
    this.#database = database;
    this.#rows = new CheckedTable(database, WITHDRAWN);
    this.#ofSession = database.prepare(`SELECT ${this.#rows.selection} FROM withdrawn WHERE session = ?`);
    this.#drop = database.prepare('DELETE FROM withdrawn WHERE session = ?');
  }

  of({ row, id, withdrawn_fragments }: SessionRow): Withdrawn {
    if (withdrawn_fragments === null || withdrawn_fragments === 0) return Withdrawn.NONE;
    const known = this.#remembered.get(row);
    if (known?.fragments === withdrawn_fragments) return known.withdrawn;
    const named = () => id;
    const found = this.#ofSession.get(row);
    if (found === undefined) throw this.#rows.damaged(id, 'it is missing');
    const { positions } = this.#rows.whole(found, named);
    const withdrawn = this.#database.decoded(
      () => `withdrawn: ${id}`,
      () => Withdrawn.decode(positions),
    );
    if (withdrawn.count !== withdrawn_fragments) throw this.#rows.damaged(id, 'it is another than its session counts');
    this.#remembered.set(row, { fragments: withdrawn_fragments, withdrawn });
    return withdrawn;
  }

  /** @throws ContractError INPUT_INVALID where there would be too many stretches */
  write({ row }: SessionRow, withdrawn: Withdrawn): void {
    const { length } = withdrawn.stretches;
    if (length > MAXIMUM_STRETCHES) {
      const message = `what is replaced and removed lies in ${length} stretches of the log, at most ${MAXIMUM_STRETCHES} are kept: go on in a new session`;
      throw new ContractError('INPUT_INVALID', message, { maximumStretches: MAXIMUM_STRETCHES });
    }
    // Only what is committed is remembered.
    this.#remembered.delete(row);
    this.#drop.run(row);
    if (length > 0) this.#rows.insert({ session: row, positions: withdrawn.encode() });
  }
}
