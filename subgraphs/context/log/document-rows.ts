import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { applyDocuments, type DocumentParts, documentOf, learnPart, type PositionChange } from './document-rules.ts';
import { DOCUMENT_PARTS, type DocumentPartRow, type SessionRow } from './schema.ts';
import type { Commit, DocumentQuery, DocumentRecord, LearnedPart } from './session-log.ts';

/** Sessions remembered as looked through; forgetting one costs another look. */
const MAXIMUM_SESSIONS = 100_000;

/**
 * The parts of the documents of one open file: of each the version in effect, and the one whose last part has yet to come, if there
 * is one. That there is no document, or no other part of one, is believed of a session only whose parts are whole and complete. To
 * be called inside of `Database.read` or `transaction`.
 */
export class DocumentRows {
  readonly #parts: CheckedTable<DocumentPartRow>;
  readonly #ofPath: Statement;
  readonly #ofSession: Statement;
  readonly #countOf: Statement;
  readonly #partAt: Statement;
  readonly #paths: ReadonlyMap<boolean, Statement>;
  readonly #drop: Statement;
  /** Sessions whose parts have been looked through by this process, which alone writes them. */
  readonly #lookedThrough = new Set<number>();

  constructor(database: Database) {
    this.#parts = new CheckedTable(database, DOCUMENT_PARTS);
    const parts = `SELECT ${this.#parts.selection} FROM document_parts WHERE session = ?`;
    const ofPath = 'WHERE session = ? AND path = ? AND awaiting = ?';
    this.#ofSession = database.prepare(`${parts} ORDER BY path, awaiting, part`);
    this.#ofPath = database.prepare(`${parts} AND path = ? AND awaiting = ? ORDER BY part`);
    this.#partAt = database.prepare(`${parts} AND path = ? AND awaiting = ? AND part = ?`);
    // Parts are numbered without a gap; counted, thousands of one document would take their square.
    this.#countOf = database.prepare(
      `SELECT part + 1 AS count FROM document_parts ${ofPath} ORDER BY part DESC LIMIT 1`,
    );
    this.#paths = new Map(
      [true, false].map((fromEnd) => [
        fromEnd,
        database.prepare(
          `SELECT path FROM document_parts WHERE session = :session AND awaiting = 0 AND part = 0
             AND path > :after AND (:before IS NULL OR path < :before) ORDER BY path ${fromEnd ? 'DESC' : 'ASC'} LIMIT :size`,
        ),
      ]),
    );
    this.#drop = database.prepare(`DELETE FROM document_parts ${ofPath}`);
  }

  list(session: SessionRow, { size, fromEnd, after, before }: DocumentQuery): DocumentRecord[] {
    this.#lookThrough(session);
    const statement = this.#paths.get(fromEnd) as Statement;
    const found = statement.all({ session: session.row, after: after ?? '', before, size });
    const paths = found.map(({ path }) => String(path));
    return (fromEnd ? paths.reverse() : paths).flatMap((path) => this.at(session, path) ?? []);
  }

  /** The parts of all documents, in order. */
  all(session: SessionRow): DocumentPartRow[] {
    this.#lookThrough(session);
    return this.#whole(this.#ofSession.all(session.row));
  }

  insert(row: DocumentPartRow): void {
    this.#parts.insert(row);
  }

  at(session: SessionRow, path: string): DocumentRecord | null {
    this.#lookThrough(session);
    return documentOf(path, this.#of(session.row, path, 0));
  }

  learn(session: SessionRow, part: LearnedPart): void {
    learnPart(session, this.#partsOf(session), part);
  }

  /**
   * Takes in what a commit says of documents, whose entries begin at the end of the session's log.
   * @throws ContractError DOCUMENT_NOT_FOUND; INPUT_INVALID for a part that is not the next one of its version, or of another hash
   */
  apply(session: SessionRow, commit: Commit): PositionChange {
    const { documents = [], removes = [] } = commit;
    if (documents.length + removes.length > 0) this.#lookThrough(session);
    return applyDocuments(session, this.#partsOf(session), commit);
  }

  #partsOf({ row: session }: SessionRow): DocumentParts {
    return {
      of: (path, awaiting) => this.#of(session, path, awaiting),
      at: (path, awaiting, part) => this.#whole(this.#partAt.all(session, path, awaiting, part))[0],
      count: (path, awaiting) => this.#count(session, path, awaiting),
      insert: (row) => this.#parts.insert(row),
      drop: (path, awaiting) => Number(this.#drop.run(session, path, awaiting).changes),
    };
  }

  #count(session: number, path: string, awaiting: 0 | 1): number {
    return Number(this.#countOf.get(session, path, awaiting)?.count ?? 0);
  }

  #of(session: number, path: string, awaiting: 0 | 1): DocumentPartRow[] {
    return this.#whole(this.#ofPath.all(session, path, awaiting));
  }

  #whole(rows: readonly Readonly<Record<string, unknown>>[]): DocumentPartRow[] {
    return rows.map((row) => this.#parts.whole(row, () => `document part at position ${Number(row.first_position)}`));
  }

  #lookThrough(session: SessionRow): void {
    if (this.#lookedThrough.has(session.row) || session.document_parts === null) return;
    let parts = 0;
    for (const row of this.#ofSession.iterate(session.row)) {
      this.#whole([row as Readonly<Record<string, unknown>>]);
      parts++;
    }
    if (parts !== session.document_parts) {
      throw this.#parts.damaged(session.id, `there are ${parts} of ${session.document_parts}`);
    }
    if (this.#lookedThrough.size >= MAXIMUM_SESSIONS) this.#lookedThrough.clear();
    this.#lookedThrough.add(session.row);
  }
}
