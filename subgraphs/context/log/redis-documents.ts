import { damagedValue } from '@supercontext/runtime/redis/checked-value.ts';
import { scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import type { DocumentParts } from './document-rules.ts';
import { openJson, pathsKey, placeOf, type SessionEdit, type SessionHead, sessionKey } from './redis-session.ts';
import type { DocumentPartRow } from './schema.ts';
import type { DocumentQuery } from './session-log.ts';

/** A part as it is kept: hash, tokens, first and last position, when; its number is its place. */
type KeptPart = readonly [string, number, number, number, number];

/** A document as it is kept. */
interface KeptDocument {
  readonly now: readonly KeptPart[];
  /** The version that is awaited: how many parts it has, its hash, and those that came. */
  readonly next: {
    readonly parts: number | null;
    readonly hash: string | null;
    readonly came: readonly KeptPart[];
  } | null;
}

interface OpenDocument {
  readonly rows: readonly [DocumentPartRow[], DocumentPartRow[]];
  readonly isKept: boolean;
  readonly isListed: boolean;
  isChanged: boolean;
}

export function documentField(path: string): string {
  return `d${path}`;
}

/** The documents of a session that a commit speaks of, as they were read, to be changed and written back. */
export class OpenDocuments implements DocumentParts {
  readonly #session: SessionHead['session'];
  readonly #documents = new Map<string, OpenDocument>();

  /**
   * @param values those of the paths' fields, in order
   * @throws ContractError STORAGE_CORRUPT
   */
  constructor(session: SessionHead['session'], paths: readonly string[], values: readonly (Buffer | null)[]) {
    this.#session = session;
    for (const [at, path] of paths.entries()) this.#documents.set(path, this.#open(path, values[at] ?? null));
  }

  of(path: string, awaiting: 0 | 1): readonly DocumentPartRow[] {
    return this.#rows(path, awaiting);
  }

  at(path: string, awaiting: 0 | 1, part: number): DocumentPartRow | undefined {
    return this.#rows(path, awaiting)[part];
  }

  count(path: string, awaiting: 0 | 1): number {
    return this.#rows(path, awaiting).length;
  }

  insert(row: DocumentPartRow): void {
    this.#rows(row.path, row.awaiting === 1 ? 1 : 0).push(row);
    (this.#documents.get(row.path) as OpenDocument).isChanged = true;
  }

  drop(path: string, awaiting: 0 | 1): number {
    const { length } = this.#rows(path, awaiting).splice(0);
    if (length > 0) (this.#documents.get(path) as OpenDocument).isChanged = true;
    return length;
  }

  /** Writes back what has changed; how many documents are in effect more than before. */
  write(edit: SessionEdit): number {
    let more = 0;
    for (const [path, { rows, isKept, isListed, isChanged }] of this.#documents) {
      if (!isChanged) continue;
      const [now, next] = rows;
      if (now.length + next.length > 0) edit.setJson(documentField(path), keptDocument(now, next), { isNew: !isKept });
      else if (isKept) edit.drop(documentField(path));
      const isInEffect = now.length > 0;
      if (isInEffect === isListed) continue;
      edit.list(path, isInEffect);
      more += isInEffect ? 1 : -1;
    }
    return more;
  }

  #rows(path: string, awaiting: 0 | 1): DocumentPartRow[] {
    return (this.#documents.get(path) as OpenDocument).rows[awaiting];
  }

  #open(path: string, sealed: Buffer | null): OpenDocument {
    if (sealed === null) return { rows: [[], []], isKept: false, isListed: false, isChanged: false };
    const { now, next } = openJson<KeptDocument>(placeOf(this.#session.id, documentField(path)), sealed);
    const rowsOf = (kept: readonly KeptPart[], more: Pick<DocumentPartRow, 'awaiting' | 'parts' | 'version_hash'>) =>
      kept.map(([hash, tokens, first_position, last_position, appended_at_ms], part): DocumentPartRow => {
        return {
          session: this.#session.row,
          path,
          part,
          ...more,
          hash,
          tokens,
          first_position,
          last_position,
          appended_at_ms,
        };
      });
    const current = rowsOf(now, { awaiting: 0, parts: null, version_hash: null });
    const awaited = { awaiting: 1, parts: next?.parts ?? null, version_hash: next?.hash ?? null };
    const rows = [current, rowsOf(next?.came ?? [], awaited)] as const;
    return { rows, isKept: true, isListed: current.length > 0, isChanged: false };
  }
}

/** As a document stands in its field. */
export function keptDocument(now: readonly DocumentPartRow[], next: readonly DocumentPartRow[]): KeptDocument {
  const kept = (rows: readonly DocumentPartRow[]) =>
    rows.map((row): KeptPart => [row.hash, row.tokens, row.first_position, row.last_position, row.appended_at_ms]);
  const [first] = next;
  const awaited = first === undefined ? null : { parts: first.parts, hash: first.version_hash, came: kept(next) };
  return { now: kept(now), next: awaited };
}

const LIST = script(`
  return {redis.call('HGET', KEYS[1], 'head'), redis.call('ZCARD', KEYS[2]),
    redis.call(ARGV[1], KEYS[2], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])}`);

/** There from the opening on, so that the paths are never a key that is not there. Nobody's path. */
export const NO_PATH = '';

/**
 * Paths of documents, in the order of their bytes.
 * @throws ContractError STORAGE_CORRUPT when there are not as many as the session says
 */
export async function listPaths(redis: RedisClient, id: string, query: DocumentQuery): Promise<string[]> {
  const { size, fromEnd, after, before } = query;
  const first = `(${after ?? NO_PATH}`;
  const last = before === null ? '+' : `(${before}`;
  const args = fromEnd ? ['ZREVRANGEBYLEX', last, first, size] : ['ZRANGEBYLEX', first, last, size];
  const keys = [sessionKey(id), pathsKey(id)] as const;
  const [reply] = await redis.read([scriptCommand(LIST, { keys: [...keys], args, isIdempotent: true })]);
  const [sealed, count, paths] = reply as unknown as readonly [Buffer | null, number, readonly Buffer[]];
  if (sealed === null) return [];
  const head = openJson<SessionHead>(placeOf(id, 'head'), sealed);
  if (count === 0) throw damagedValue(pathsKey(id), `it is gone, with ${head.paths} paths`);
  if (count !== head.paths + 1) throw damagedValue(pathsKey(id), `there are ${count - 1} of its ${head.paths} paths`);
  const found = paths.map(String);
  return fromEnd ? found.reverse() : found;
}
