import { type SealedPage, seal, sealOf, unseal } from '@supercontext/runtime/sealed-pages.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import type { WithdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { CheckedLog } from './checked-log.ts';
import type { DocumentRows } from './document-rows.ts';
import type { EntryRow, SessionRow } from './schema.ts';
import { inTheWay, itemOf, noSession, PAGE_ITEMS, SessionCheck, type SessionItem } from './session-content.ts';

export interface ContentTables {
  readonly database: Database;
  readonly log: CheckedLog;
  readonly documents: DocumentRows;
  readonly withdrawn: WithdrawnTable;
}

/** Whole sessions, out of and into the tables of an embedded log. */
export class EmbeddedContent {
  readonly #tables: ContentTables;
  readonly #idAt: Statement;
  readonly #lastPlace: Statement;
  readonly #raisePlace: Statement;
  readonly #addPlace: Statement;

  constructor(tables: ContentTables) {
    this.#tables = tables;
    const { database } = tables;
    this.#idAt = database.prepare('SELECT id FROM sessions WHERE row = ?');
    this.#lastPlace = database.prepare(
      `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sessions'), 0),
         coalesce((SELECT max(row) FROM sessions), 0)) AS place`,
    );
    this.#raisePlace = database.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'sessions'");
    this.#addPlace = database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('sessions', ?)");
  }

  lastPlace(): number {
    return this.#tables.database.read(() => Number(this.#lastPlace.get()?.place));
  }

  givePlacesAfter(place: number): void {
    this.#tables.database.transaction(() => this.#reserve(place));
  }

  export(id: string): AsyncGenerator<SealedPage<SessionItem>, void> {
    return seal(this.#pages(id));
  }

  /** Row by row, the session's own last: until then there is no such session. Of one that fails nothing is left. */
  async import(pages: AsyncIterable<SealedPage<SessionItem>>): Promise<boolean> {
    const { database, log } = this.#tables;
    const begun: SessionRow[] = [];
    try {
      return await this.#import(pages, begun);
    } catch (error) {
      for (const { row } of begun) database.transactionOnReserve(() => log.dropRows(row));
      throw error;
    }
  }

  /** @param begun gets the session once rows of it may be there */
  async #import(pages: AsyncIterable<SealedPage<SessionItem>>, begun: SessionRow[]): Promise<boolean> {
    const { database } = this.#tables;
    const check = new SessionCheck();
    const items = unseal(pages, 'a session');
    let isThere: boolean | null = null;
    for (;;) {
      const { done, value } = await items.next();
      if (!done) for (const item of value) check.add(item);
      const { session } = check;
      isThere ??= database.read(() => this.#isThere(session));
      if (done) {
        check.end();
        if (!isThere) database.transaction(() => this.#tables.log.sessions.insert(session));
        else if ((await sealOf(this.export(session.id), session.id)) !== value)
          throw inTheWay(`another session ${session.id} is there`);
        return !isThere;
      }
      if (isThere) continue;
      if (begun.length === 0) begun.push(session);
      database.transaction(() => {
        if (value.some(({ table }) => table === 'sessions')) this.#prepare(session);
        for (const item of value) this.#insert(item);
      });
    }
  }

  /** @throws ContractError INPUT_INVALID where its place or its key are another's */
  #isThere({ id, row, open_key }: SessionRow): boolean {
    const { log } = this.#tables;
    if (log.session(id) !== null) return true;
    const other = this.#idAt.get(row)?.id ?? (open_key === null ? undefined : log.sessionByKey(open_key)?.id);
    if (other !== undefined) throw inTheWay(`session ${String(other)} has the place or the key of ${id}`);
    return false;
  }

  /** Nobody else is given its place from now on, and of a time before nothing is left there. */
  #prepare({ row }: SessionRow): void {
    this.#reserve(row);
    this.#tables.log.dropRows(row);
  }

  #reserve(place: number): void {
    if (this.#raisePlace.run(place).changes === 0) this.#addPlace.run(place);
  }

  #insert(item: SessionItem): void {
    const { log, documents, withdrawn } = this.#tables;
    if (item.table === 'withdrawn') withdrawn.write(item.row.session, Withdrawn.decode(item.row.positions));
    else if (item.table === 'facts') log.facts.insert(item.row);
    else if (item.table === 'entries') log.entries.insert(item.row);
    else if (item.table === 'receipts') log.receipts.insert(item.row);
    else if (item.table === 'turns') log.turns.insert(item.row);
    else if (item.table === 'document_parts') documents.insert(item.row);
  }

  async *#pages(id: string): AsyncGenerator<readonly SessionItem[], void> {
    const { database, log, documents, withdrawn } = this.#tables;
    // What may change is read at one moment, the rest is only ever added to.
    const { session, first, parts } = database.read(() => {
      const session = log.session(id);
      if (session === null) throw noSession(id);
      const first = [itemOf('sessions', session, session.row)];
      if (session.withdrawn_fragments !== null) {
        const row = { session: session.row, positions: withdrawn.of(session.row, id).encode() };
        first.push({ table: 'withdrawn', row });
      }
      return { session, first, parts: documents.all(session) };
    });
    yield first;
    for (let from = 0; from < session.fragments; from += PAGE_ITEMS) {
      yield database.read(() => this.#entries(session, from));
    }
    for (let after: string | null = null; ; ) {
      const page = database.read(() => log.receiptsAfter(session, after, PAGE_ITEMS));
      const own = page.filter(({ revision }) => revision <= session.revision);
      yield own.map((row) => itemOf('receipts', row, session.row));
      after = page.at(-1)?.key ?? null;
      if (page.length < PAGE_ITEMS) break;
    }
    for (let from = 0; from < session.turns; from += PAGE_ITEMS) {
      const count = Math.min(PAGE_ITEMS, session.turns - from);
      const turns = database.read(() => log.turnsFrom(session, from, count));
      yield turns.map((row) => itemOf('turns', row, session.row));
    }
    for (let from = 0; from < parts.length; from += PAGE_ITEMS) {
      yield parts.slice(from, from + PAGE_ITEMS).map((row) => itemOf('document_parts', row, session.row));
    }
  }

  #entries(session: SessionRow, from: number): SessionItem[] {
    const { log } = this.#tables;
    const through = Math.min(from + PAGE_ITEMS, session.fragments) - 1;
    const entries: readonly EntryRow[] = log.entriesIn(session, { from, through, first: PAGE_ITEMS });
    return entries.flatMap((entry) => [
      ...(entry.facts === entry.position ? [itemOf('facts', log.factsAt(session, entry.position), session.row)] : []),
      itemOf('entries', entry, session.row),
    ]);
  }
}
