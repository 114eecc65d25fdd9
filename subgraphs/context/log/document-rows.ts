import { createHash } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { DOCUMENT_PARTS, type DocumentPartRow, type SessionRow } from './schema.ts';
import type { Commit, DocumentQuery, DocumentRecord, LearnedPart, NewDocumentPart, NewVersion } from './session-log.ts';

/** What a commit does to the positions of documents. No position is in both, but one whose version it begins and ends. */
export interface PositionChange {
  /** No part any more, or not yet, of what the session says. */
  readonly withdrawn: Stretch[];
  /** A part of it from now on. */
  readonly shown: Stretch[];
}

/**
 * The parts of the documents of one open file: of each the version in effect, and the one whose last part has yet to come, if there
 * is one. To be called inside of `Database.read` or `transaction`.
 */
export class DocumentRows {
  readonly #parts: CheckedTable<DocumentPartRow>;
  readonly #ofPath: Statement;
  readonly #paths: ReadonlyMap<boolean, Statement>;
  readonly #drop: Statement;

  constructor(database: Database) {
    this.#parts = new CheckedTable(database, DOCUMENT_PARTS);
    this.#ofPath = database.prepare(
      `SELECT ${this.#parts.selection} FROM document_parts WHERE session = ? AND path = ? AND awaiting = ? ORDER BY part`,
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
    this.#drop = database.prepare('DELETE FROM document_parts WHERE session = ? AND path = ? AND awaiting = ?');
  }

  list(session: SessionRow, { size, fromEnd, after, before }: DocumentQuery): DocumentRecord[] {
    const statement = this.#paths.get(fromEnd) as Statement;
    const paths = statement
      .all({ session: session.row, after: after ?? '', before, size })
      .map(({ path }) => String(path));
    return (fromEnd ? paths.reverse() : paths).flatMap((path) => this.at(session, path) ?? []);
  }

  at(session: SessionRow, path: string): DocumentRecord | null {
    const parts = this.#of(session, path, 0);
    const last = parts.at(-1);
    if (last === undefined) return null;
    return {
      path,
      hash: hashOfParts(parts),
      parts: parts.length,
      tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
      appendedAtMs: last.appended_at_ms,
    };
  }

  /** One more part of a document, of a session of the time before. */
  learn(session: SessionRow, { path, hash, tokens, from, through, appendedAtMs }: LearnedPart): void {
    this.#add(session, {
      ...{ session: session.row, path, awaiting: 0, part: 0, parts: null, version_hash: null, hash, tokens },
      ...{ first_position: from, last_position: through, appended_at_ms: appendedAtMs },
    });
  }

  /**
   * Takes in what a commit says of documents, whose entries begin at the end of the session's log.
   * @throws ContractError DOCUMENT_NOT_FOUND; INPUT_INVALID for a part that is not the next one of its version, or of another hash
   */
  apply(session: SessionRow, commit: Commit): PositionChange {
    const change: PositionChange = { withdrawn: [], shown: [] };
    for (const path of commit.removes ?? []) this.#remove(session, path, change);
    for (const part of commit.documents ?? []) {
      const row = this.#rowOf(session, commit, part);
      if (part.version === null) this.#add(session, row);
      else if (part.version.parts === 1) this.#replace(session, row, change);
      else this.#await(session, row, part.version, change);
    }
    return change;
  }

  #remove(session: SessionRow, path: string, change: PositionChange): void {
    const parts = this.#of(session, path, 0);
    if (parts.length === 0) {
      throw new ContractError('DOCUMENT_NOT_FOUND', 'the session has no document with this path', { argument: 'path' });
    }
    change.withdrawn.push(...parts.map(stretchOf));
    for (const awaiting of [0, 1]) this.#drop.run(session.row, path, awaiting);
  }

  #add(session: SessionRow, row: DocumentPartRow): void {
    const last = this.#of(session, row.path, 0).at(-1);
    this.#parts.insert({ ...row, part: last === undefined ? 0 : last.part + 1 });
  }

  #replace(session: SessionRow, row: DocumentPartRow, change: PositionChange): void {
    change.withdrawn.push(...this.#of(session, row.path, 0).map(stretchOf));
    for (const awaiting of [0, 1]) this.#drop.run(session.row, row.path, awaiting);
    this.#parts.insert(row);
  }

  /** One of several parts: they are kept out of sight until the last one is there. */
  #await(session: SessionRow, row: DocumentPartRow, version: NewVersion, change: PositionChange): void {
    const { part, parts, hash } = version;
    if (part === 0) this.#drop.run(session.row, row.path, 1);
    const before = this.#of(session, row.path, 1);
    const [first] = before;
    const isOfIt = first === undefined || (first.parts === parts && first.version_hash === hash);
    if (!isOfIt || part !== before.length) throw unexpectedPart(isOfIt ? before.length : 0, part);
    if (part < parts - 1) {
      change.withdrawn.push(stretchOf(row));
      this.#parts.insert({ ...row, awaiting: 1, part, parts, version_hash: hash });
      return;
    }
    const all = [...before, { ...row, part }];
    if (hashOfParts(all) !== hash) {
      throw new ContractError('INPUT_INVALID', 'documentHash is not the hash of the parts that came', {
        argument: 'documentHash',
      });
    }
    change.withdrawn.push(...this.#of(session, row.path, 0).map(stretchOf));
    change.shown.push(...before.map(stretchOf));
    for (const awaiting of [0, 1]) this.#drop.run(session.row, row.path, awaiting);
    for (const one of all) this.#parts.insert({ ...one, awaiting: 0, parts: null, version_hash: null });
  }

  #rowOf(
    session: SessionRow,
    { entries, nowMs }: Commit,
    { path, hash, first, entries: count }: NewDocumentPart,
  ): DocumentPartRow {
    const tokens = entries.slice(first, first + count).reduce((sum, entry) => sum + entry.tokens, 0);
    const from = session.fragments + first;
    return {
      ...{ session: session.row, path, awaiting: 0, part: 0, parts: null, version_hash: null, hash, tokens },
      ...{ first_position: from, last_position: from + count - 1, appended_at_ms: nowMs },
    };
  }

  #of(session: SessionRow, path: string, awaiting: 0 | 1): DocumentPartRow[] {
    return this.#ofPath
      .all(session.row, path, awaiting)
      .map((row) => this.#parts.whole(row, () => `${session.id} document part ${Number(row.part)}`));
  }
}

/** Of a document of one part, its own; else of the parts' hashes' bytes, one after the other. */
function hashOfParts(parts: readonly { readonly hash: string }[]): string {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first.hash;
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part.hash, 'hex');
  return hash.digest('hex');
}

/** Stretches of one log that may be withdrawn: they are read, written and sent as a whole. */
const MAXIMUM_STRETCHES = 16_384;

/** @throws ContractError INPUT_INVALID where there would be too many */
export function checkStretches({ stretches: { length } }: Withdrawn): void {
  if (length <= MAXIMUM_STRETCHES) return;
  const message = `what is replaced and removed lies in ${length} stretches of the log, at most ${MAXIMUM_STRETCHES} are kept: go on in a new session`;
  throw new ContractError('INPUT_INVALID', message, { maximumStretches: MAXIMUM_STRETCHES });
}

function stretchOf({ first_position, last_position }: DocumentPartRow): Stretch {
  return { from: first_position, through: last_position };
}

function unexpectedPart(expected: number, part: number): ContractError {
  const message = `part: expected ${expected} of this version of the document, got ${part}`;
  return new ContractError('INPUT_INVALID', message, { argument: 'part', expected });
}
