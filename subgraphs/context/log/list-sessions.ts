import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { type CheckedLog, sessionName } from './checked-log.ts';
import type { SessionRow } from './schema.ts';
import type { SessionPlace, SessionQuery } from './session-log.ts';

/** Where a row stands in each order. */
const MOMENT = { activity: 'coalesce(last_activity_at_ms, created_at_ms)', creation: '0' } as const;

const LAST: SessionPlace = { atMs: Number.MAX_SAFE_INTEGER, place: Number.MAX_SAFE_INTEGER };
const FIRST: SessionPlace = { atMs: Number.MIN_SAFE_INTEGER, place: Number.MIN_SAFE_INTEGER };

/** Rows written before titles were kept folded are looked up by the letters of ASCII alone. */
const MATCHES = `(:archived IS NULL OR (archived_at_ms IS NOT NULL) = :archived)
  AND (:title IS NULL OR instr(coalesce(folded_title, lower(coalesce(title, ''))), :title) > 0)`;

export interface ListedRow extends SessionPlace {
  /** Throws STORAGE_CORRUPT when it is damaged. */
  readonly row: () => SessionRow;
}

/** Lists sessions by an index of their order. */
export class SessionLists {
  readonly #log: CheckedLog;
  readonly #statements: ReadonlyMap<string, Statement>;

  constructor(database: Database, log: CheckedLog) {
    this.#log = log;
    this.#statements = new Map(
      (['activity', 'creation'] as const).flatMap((order) =>
        (['DESC', 'ASC'] as const).map((direction) => [
          `${order} ${direction}`,
          database.prepare(
            `SELECT ${log.sessions.selection}, ${MOMENT[order]} AS moment FROM sessions
             WHERE ${within(order)} AND ${MATCHES} ORDER BY ${placeOf(order, direction)} LIMIT :size`,
          ),
        ]),
      ),
    );
  }

  list({ orderBy, size, fromEnd, after, before, archived, titleContains }: SessionQuery): ListedRow[] {
    // The newest come first: what is after a place is older.
    const [newest, oldest] = [after ?? LAST, before ?? FIRST];
    const moments = orderBy === 'activity' ? { newestAtMs: newest.atMs, oldestAtMs: oldest.atMs } : {};
    const rows = (this.#statements.get(`${orderBy} ${fromEnd ? 'ASC' : 'DESC'}`) as Statement).all({
      ...moments,
      newestPlace: newest.place,
      oldestPlace: oldest.place,
      archived: archived === null ? null : Number(archived),
      title: titleContains,
      size,
    });
    const listed = rows.map(({ moment, ...row }) => ({
      atMs: Number(moment),
      place: Number(row.row),
      row: () => this.#log.sessions.whole(row, () => sessionName(row)),
    }));
    return fromEnd ? listed.reverse() : listed;
  }
}

function within(order: SessionQuery['orderBy']): string {
  if (order === 'creation') return 'row < :newestPlace AND row > :oldestPlace';
  const place = `(${MOMENT.activity}, row)`;
  // Said twice: by its first half the index is entered where the page begins.
  return `${MOMENT.activity} BETWEEN :oldestAtMs AND :newestAtMs
    AND ${place} < (:newestAtMs, :newestPlace) AND ${place} > (:oldestAtMs, :oldestPlace)`;
}

function placeOf(order: SessionQuery['orderBy'], direction: 'ASC' | 'DESC'): string {
  return order === 'creation' ? `row ${direction}` : `${MOMENT.activity} ${direction}, row ${direction}`;
}
