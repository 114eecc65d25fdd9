import { createHash } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import type { Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { DOCUMENT_PARTS, type DocumentPartRow, type SessionRow } from './schema.ts';
import type { Commit, DocumentQuery, DocumentRecord, LearnedPart, NewDocumentPart, NewVersion } from './session-log.ts';

/** What a commit does to positions, and to what the session counts. A position in both lists is shown. */
export interface PositionChange {
  /** No part any more, or not yet, of what the session says. */
  readonly withdrawn: Stretch[];
  /** A part of it from now on. */
  readonly shown: Stretch[];
  /** o200k tokens that are withdrawn, less those that are shown. */
  tokens: number;
  /** Parts of documents that are kept, less those that are kept no more. */
  parts: number;
}

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
    this.#ofSession = database.prepare(parts);
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

  at(session: SessionRow, path: string): DocumentRecord | null {
    this.#lookThrough(session);
    const parts = this.#of(session, path, 0);
    const last = parts.at(-1);
    if (last === undefined) return null;
    return {
      path,
      hash: hashOfParts(parts),
      parts: parts.length,
      tokens: tokensOf(parts),
      appendedAtMs: last.appended_at_ms,
    };
  }

  /** One more part of a document, of a session of the time before. */
  learn(session: SessionRow, { path, hash, tokens, from, through, appendedAtMs }: LearnedPart): void {
    this.#add({
      ...{ session: session.row, path, awaiting: 0, part: 0, parts: null, version_hash: null, hash, tokens },
      ...{ first_position: from, last_position: through, appended_at_ms: appendedAtMs },
    });
  }

  /**
   * Takes in what a commit says of documents, whose entries begin at the end of the session's log.
   * @throws ContractError DOCUMENT_NOT_FOUND; INPUT_INVALID for a part that is not the next one of its version, or of another hash
   */
  apply(session: SessionRow, commit: Commit): PositionChange {
    const { documents = [], removes = [] } = commit;
    const change: PositionChange = { withdrawn: [], shown: [], tokens: 0, parts: 0 };
    if (documents.length + removes.length > 0) this.#lookThrough(session);
    for (const path of removes) this.#remove(session, path, change);
    for (const part of documents) {
      const row = rowOf(session, commit, part);
      if (part.version === null) {
        this.#add(row);
        change.parts += 1;
      } else if (part.version.parts === 1) this.#replace(row, part.version, change);
      else this.#await(row, part.version, change);
    }
    return change;
  }

  #remove({ row: session }: SessionRow, path: string, change: PositionChange): void {
    if (this.#count(session, path, 0) === 0) {
      throw new ContractError('DOCUMENT_NOT_FOUND', 'the session has no document with this path', { argument: 'path' });
    }
    this.#withdraw(session, path, change);
    this.#forget(session, path, 1, change);
  }

  #add(row: DocumentPartRow): void {
    this.#parts.insert({ ...row, part: this.#count(row.session, row.path, 0) });
  }

  #replace(row: DocumentPartRow, { hash }: NewVersion, change: PositionChange): void {
    if (hash !== null && hash !== row.hash) throw otherHash();
    this.#withdraw(row.session, row.path, change);
    this.#forget(row.session, row.path, 1, change);
    this.#parts.insert(row);
    change.parts += 1;
  }

  /** One of several parts: they are kept out of sight until the last one is there. */
  #await(row: DocumentPartRow, version: NewVersion, change: PositionChange): void {
    const { part, parts, hash } = version;
    const { session, path } = row;
    const [first] = this.#at(session, path, 1, 0);
    const isOfIt = first !== undefined && first.parts === parts && first.version_hash === hash;
    const came = isOfIt ? this.#count(session, path, 1) : 0;
    if (this.#isRepeated(row, version, came)) {
      withhold(row, change);
      return;
    }
    if (part !== came) throw unexpectedPart(came, part);
    // Of another version there is nothing to wait for any more.
    if (part === 0) this.#forget(session, path, 1, change);
    const awaited = { ...row, awaiting: 1, part, parts, version_hash: hash };
    if (part < parts - 1) {
      withhold(row, change);
      this.#parts.insert(awaited);
      change.parts += 1;
      return;
    }
    const all = [...this.#of(row.session, path, 1), awaited];
    if (hashOfParts(all) !== hash) throw otherHash();
    change.shown.push(...all.slice(0, -1).map(stretchOf));
    change.tokens -= tokensOf(all.slice(0, -1));
    this.#withdraw(session, path, change);
    this.#forget(session, path, 1, change);
    for (const one of all) this.#parts.insert({ ...one, awaiting: 0, parts: null, version_hash: null });
    change.parts += all.length;
  }

  /** Whether a part has come before: of two that send one version at once, each sends all of it. */
  #isRepeated({ session, path, hash }: DocumentPartRow, version: NewVersion, came: number): boolean {
    if (version.part < came) return this.#at(session, path, 1, version.part)[0]?.hash === hash;
    if (came > 0 || version.part === 0 || this.#count(session, path, 0) !== version.parts) return false;
    const current = this.#of(session, path, 0);
    return hashOfParts(current) === version.hash && current[version.part]?.hash === hash;
  }

  /** Takes the version in effect out of what the session says. */
  #withdraw(session: number, path: string, change: PositionChange): void {
    const parts = this.#of(session, path, 0);
    change.withdrawn.push(...parts.map(stretchOf));
    change.tokens += tokensOf(parts);
    this.#forget(session, path, 0, change);
  }

  #forget(session: number, path: string, awaiting: 0 | 1, change: PositionChange): void {
    change.parts -= Number(this.#drop.run(session, path, awaiting).changes);
  }

  #count(session: number, path: string, awaiting: 0 | 1): number {
    return Number(this.#countOf.get(session, path, awaiting)?.count ?? 0);
  }

  #of(session: SessionRow | number, path: string, awaiting: 0 | 1): DocumentPartRow[] {
    return this.#whole(this.#ofPath.all(typeof session === 'number' ? session : session.row, path, awaiting));
  }

  #at(session: number, path: string, awaiting: 0 | 1, part: number): DocumentPartRow[] {
    return this.#whole(this.#partAt.all(session, path, awaiting, part));
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

function rowOf(
  session: SessionRow,
  { entries, nowMs }: Commit,
  { path, hash, first, entries: count }: NewDocumentPart,
): DocumentPartRow {
  let tokens = 0;
  for (let at = first; at < first + count; at++) tokens += entries[at]?.tokens ?? 0;
  const from = session.fragments + first;
  return {
    ...{ session: session.row, path, awaiting: 0, part: 0, parts: null, version_hash: null, hash, tokens },
    ...{ first_position: from, last_position: from + count - 1, appended_at_ms: nowMs },
  };
}

/** The part's own positions are kept out of sight. */
function withhold(row: DocumentPartRow, change: PositionChange): void {
  change.withdrawn.push(stretchOf(row));
  change.tokens += row.tokens;
}

function tokensOf(parts: readonly DocumentPartRow[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
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
const MAXIMUM_STRETCHES = 131_072;

/** @throws ContractError INPUT_INVALID where there would be too many, and more than before */
export function checkStretches({ stretches: { length } }: Withdrawn, before: Withdrawn): void {
  if (length <= MAXIMUM_STRETCHES || length <= before.stretches.length) return;
  const message = `what is replaced and removed lies in ${length} stretches of the log, at most ${MAXIMUM_STRETCHES} are kept: go on in a new session`;
  throw new ContractError('INPUT_INVALID', message, { maximumStretches: MAXIMUM_STRETCHES });
}

function stretchOf({ first_position, last_position }: DocumentPartRow): Stretch {
  return { from: first_position, through: last_position };
}

function otherHash(): ContractError {
  const argument = 'version.hash';
  return new ContractError('INPUT_INVALID', `${argument} is not the hash of the text that came`, { argument });
}

function unexpectedPart(expected: number, part: number): ContractError {
  const message = `part: expected ${expected} of this version of the document, got ${part}`;
  return new ContractError('INPUT_INVALID', message, { argument: 'part', expected });
}
