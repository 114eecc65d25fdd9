import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { backoffMs } from '@supercontext/runtime/call/backoff.ts';
import { EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import { damagedValue, isDamagedValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, type RedisCommand } from '@supercontext/runtime/redis/command.ts';
import type { Reply } from '@supercontext/runtime/redis/node-connection.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { documentOf, learnPart } from './document-rules.ts';
import { changedSession, type NewSession, newSession } from './grow-session.ts';
import { receiptOf, sessionRecord, turnRecord } from './records.ts';
import { firstQuestionIn, needsOf, prepareCommit, receiptField, receiptIn } from './redis-commit.ts';
import { RedisContent } from './redis-content.ts';
import { documentField, listPaths, NO_PATH, OpenDocuments } from './redis-documents.ts';
import { RedisEntries } from './redis-entries.ts';
import { SessionIndex, useOf } from './redis-lists.ts';
import { logLost, OpenedSessions } from './redis-opened.ts';
import { hashIn, RECORD_BYTES } from './redis-records.ts';
import { type Relisted, Relisting } from './redis-relist.ts';
import {
  contended,
  faultOr,
  keyOfOpening,
  OPENING,
  openJson,
  pathsKey,
  placeOf,
  type ReadSession,
  readCommand,
  readReplies,
  readSession,
  SessionEdit,
  sealJson,
  sessionKey,
  stagingKey,
  withdrawnOf,
} from './redis-session.ts';
import type { SessionRow, TurnRow } from './schema.ts';
import type { SessionItem } from './session-content.ts';
import type {
  Commit,
  CommitOutcome,
  DocumentQuery,
  DocumentRecord,
  EntryRange,
  LearnedPart,
  ListedSession,
  LogEntry,
  Receipt,
  SessionChange,
  SessionLog,
  SessionQuery,
  SessionRecord,
  TurnRecord,
} from './session-log.ts';

/** Of those who write to one session at once, one gets through each time. */
const MAXIMUM_TRIES = 64;
const BACKOFF = { firstMs: 2, longestMs: 50 } as const;
/** Turns and documents read at once. */
const MAXIMUM_FIELDS = 256;

/**
 * The session log in Redis: each session one hash (redis-session.ts), changed at once by whoever has read it as it still is.
 * Any number of processes may share it. What is returned of a write, or of a repeated one, as many replicas have as the settings ask.
 */
export class RedisSessionLog implements SessionLog {
  readonly #redis: RedisClient;
  readonly #entries: RedisEntries;
  readonly #index: SessionIndex;
  readonly #opened: OpenedSessions;
  readonly #content: RedisContent;
  readonly #relisting: Relisting;

  /**
   * @param redis closed with the log
   * @param report told how many sessions were put back into the lists
   */
  constructor(redis: RedisClient, report: (relisted: number) => void = () => {}) {
    this.#redis = redis;
    this.#opened = new OpenedSessions(redis);
    this.#entries = new RedisEntries(redis, this.#opened);
    this.#index = new SessionIndex(redis);
    this.#content = new RedisContent(redis, { entries: this.#entries, index: this.#index, opened: this.#opened });
    this.#relisting = new Relisting(redis, { index: this.#index, opened: this.#opened }, report);
  }

  async open(asked: NewSession): Promise<SessionRecord> {
    const id = asked.key === null ? asked.id : await this.#idOfKey(asked.key, asked.id);
    const known = id === asked.id ? null : await this.#confirmed(id);
    if (known !== null) return known;
    const place = await this.#content.nextPlace();
    await this.#index.add(id, { place, atMs: asked.nowMs });
    await this.#write(command('ZADD', pathsKey(id), 0, NO_PATH));
    const session = newSession({ ...asked, id }, place);
    const head = { session, digest: '', marks: 0, paths: 0 };
    const edit = new SessionEdit(id, 0);
    if (asked.key !== null) edit.set(OPENING, Buffer.from(keyOfOpening(asked.key)), { isNew: true });
    if (await edit.apply(this.#redis, null, head)) {
      await this.#opened.note(id);
      return sessionRecord(session, Withdrawn.NONE);
    }
    // Somebody has opened it with the same key at the same moment; or this was done by a try of ours whose answer was lost.
    const opened = await this.#confirmed(id);
    if (opened === null) throw contended(id);
    if (opened.place !== place) await this.#index.remove(id, place);
    return opened;
  }

  async sessions(ids: readonly string[]): Promise<(SessionRecord | null)[]> {
    return (await this.#records(ids)).map((record) => {
      if (record instanceof ContractError) throw record;
      return record;
    });
  }

  async list(query: SessionQuery): Promise<ListedSession[]> {
    const { archived, titleContains } = query;
    const listed = await this.#index.list(
      query,
      (ids) => this.#look(ids),
      (found, { place }) => {
        if (found instanceof ContractError) return titleContains === null;
        const { row, archived_at_ms, folded_title } = found.session;
        return (
          row === place &&
          (archived === null || (archived_at_ms !== null) === archived) &&
          (titleContains === null || (folded_title ?? '').includes(titleContains))
        );
      },
    );
    return listed.map(({ entry: { atMs, place }, found }) => ({
      atMs,
      place,
      session: found instanceof ContractError ? found : recordOrFault(found),
    }));
  }

  async change(sessionId: string, change: SessionChange): Promise<SessionRecord | null> {
    return this.#retried(sessionId, async () => {
      const read = await this.#entries.read(sessionId, ['', 'w', '', 't0']);
      if (read === null) return { done: null };
      const session = changedSession(read.session, change, () => firstQuestionIn(read));
      const withdrawn = withdrawnOf(read, read.values[1] ?? null);
      const isDone = await new SessionEdit(sessionId, read.fields).apply(this.#redis, read.sealedHead, {
        ...read,
        session,
      });
      return isDone ? { done: sessionRecord(session, withdrawn) } : null;
    });
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    const { sessionId, key, contentHash, baseRevision } = commit;
    const nonce = randomBytes(8).toString('hex');
    const needs = needsOf(commit);
    let told: SessionRow | null = null;
    return this.#retried<CommitOutcome>(sessionId, async () => {
      const read = await this.#entries.read(sessionId, needs.fields);
      if (read === null) {
        // Erased between the two: of a session that is gone the lists are told nothing.
        if (told !== null) await this.#index.remove(sessionId, told.row);
        return { done: { state: 'session-missing' } };
      }
      const known = receiptIn(read, key);
      if (known !== null) {
        if (known.content_hash !== contentHash) return { done: { state: 'key-reused' } };
        await this.#confirm(sessionId);
        await this.#write(useOf(read.session));
        // Of a try of ours whose answer was lost, too.
        return { done: { state: known.nonce === nonce ? 'committed' : 'replayed', receipt: receiptOf(known) } };
      }
      if (baseRevision !== null && baseRevision !== read.session.revision) {
        return { done: { state: 'conflict', revision: read.session.revision } };
      }
      // Opened by a version that did not note it.
      await this.#opened.note(sessionId);
      const prepared = await prepareCommit(read, commit, { needs, nonce });
      told = prepared.session;
      const isDone = await prepared.apply(this.#redis, [useOf(told)]);
      return isDone ? { done: { state: 'committed', receipt: receiptOf(prepared.receipt) } } : null;
    });
  }

  async receipt(sessionId: string, key: string): Promise<Receipt | null> {
    const read = await this.#entries.read(sessionId, [receiptField(key)]);
    const receipt = read === null ? null : receiptIn(read, key);
    if (receipt === null) return null;
    await this.#confirm(sessionId);
    return receiptOf(receipt);
  }

  entries(sessionId: string, range: EntryRange): Promise<LogEntry[]> {
    return this.#entries.inRange(sessionId, range);
  }

  entriesAt(sessionId: string, positions: readonly number[]): Promise<LogEntry[]> {
    return this.#entries.at(sessionId, positions);
  }

  async turns(sessionId: string, from: number, first: number): Promise<TurnRecord[]> {
    const session = (await this.#entries.read(sessionId, []))?.session;
    const lowest = Math.max(0, from);
    const end = Math.min(lowest + first, session?.turns ?? 0);
    const turns: TurnRecord[] = [];
    for (let start = lowest; start < end; start += MAXIMUM_FIELDS) {
      const numbers = Array.from({ length: Math.min(MAXIMUM_FIELDS, end - start) }, (_, at) => start + at);
      const read = await this.#entries.read(
        sessionId,
        numbers.map((number) => `t${number}`),
      );
      if (read === null) return [];
      for (const [at, number] of numbers.entries()) {
        const place = placeOf(sessionId, `t${number}`);
        const sealed = read.values[at];
        if (!sealed) throw damagedValue(place, 'it is missing');
        turns.push(turnRecord(sessionId, openJson<TurnRow>(place, sealed)));
      }
    }
    return turns;
  }

  async withdrawn(sessionId: string): Promise<Withdrawn> {
    const read = await this.#entries.read(sessionId, ['w']);
    return read === null ? Withdrawn.NONE : withdrawnOf(read, read.values[0] ?? null);
  }

  async documents(sessionId: string, query: DocumentQuery): Promise<DocumentRecord[]> {
    const paths = await listPaths(this.#redis, sessionId, query);
    return (await this.documentsAt(sessionId, paths)).filter((document) => document !== null);
  }

  async documentsAt(sessionId: string, paths: readonly string[]): Promise<(DocumentRecord | null)[]> {
    const found: (DocumentRecord | null)[] = [];
    for (let start = 0; start < paths.length; start += MAXIMUM_FIELDS) {
      const some = paths.slice(start, start + MAXIMUM_FIELDS);
      const read = await this.#entries.read(sessionId, some.map(documentField));
      if (read === null) return paths.map(() => null);
      const documents = new OpenDocuments(read.session, some, read.values);
      found.push(...some.map((path) => documentOf(path, documents.of(path, 0))));
    }
    return found;
  }

  async learnDocuments(sessionId: string, parts: readonly LearnedPart[]): Promise<void> {
    const paths = [...new Set(parts.map(({ path }) => path))];
    await this.#retried(sessionId, async () => {
      const read = await this.#entries.read(sessionId, paths.map(documentField));
      if (read === null || read.session.document_parts !== null) return { done: null };
      const documents = new OpenDocuments(read.session, paths, read.values);
      for (const part of parts) learnPart(read.session, documents, part);
      const edit = new SessionEdit(sessionId, read.fields);
      const session = { ...read.session, document_parts: parts.length };
      const head = { ...read, session, paths: read.paths + documents.write(edit) };
      return (await edit.apply(this.#redis, read.sealedHead, head)) ? { done: null } : null;
    });
  }

  async digest(sessionId: string, through: number): Promise<string | null> {
    if (through === -1) {
      const isThere = (await this.#entries.read(sessionId, [])) !== null;
      return isThere ? Buffer.from(EMPTY_LOG_DIGEST).toString('hex') : null;
    }
    const [row] = await this.#entries.rowsAt(sessionId, [through]);
    return row === undefined ? null : Buffer.from(row.digest).toString('hex');
  }

  /** Out of the lists first: who is not listed is looked for by nobody, and one that is half erased is erased again by its id. */
  async erase(sessionId: string): Promise<{ readonly turns: number; readonly hashes: readonly string[] } | null> {
    const key = sessionKey(sessionId);
    const [held] = await this.#redis.settle([command('HKEYS', key)], { isWrite: false });
    const isOfAnotherType = isDamagedValue(held);
    if (held instanceof Error && !isOfAnotherType) throw held;
    const names = held instanceof Error ? [] : (held as readonly Buffer[]).map(String);
    if (names.length === 0 && !isOfAnotherType && (await this.#opened.lostOf([sessionId])).size === 0) return null;
    const head = await this.#entries.read(sessionId, []).catch(() => null);
    const hashes = await this.#hashes(
      key,
      names.filter((name) => /^e\d+$/.test(name)),
    );
    const places = head === null ? await this.#index.placesOf(sessionId) : [head.session.row];
    const forget = async () => {
      await this.#opened.forget(sessionId);
      for (const place of places) await this.#index.remove(sessionId, place);
    };
    await forget();
    const opening = isOfAnotherType ? null : await this.#redis.readOne('HGET', key, OPENING);
    if (opening !== null) await this.#write(command('DEL', String(opening)));
    await this.#redis.write([key, pathsKey(sessionId), stagingKey(sessionId)].map((one) => command('UNLINK', one)));
    // A commit that ended meanwhile has told the lists once more.
    await forget();
    const turns = names.filter((name) => /^t\d+$/.test(name)).length;
    return { turns, hashes };
  }

  exportSession(sessionId: string): AsyncIterable<SealedPage<SessionItem>> {
    return this.#content.export(sessionId);
  }

  importSession(pages: AsyncIterable<SealedPage<SessionItem>>): Promise<boolean> {
    return this.#content.import(pages);
  }

  /** Puts sessions back into the lists whose place there went with a master. @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL */
  relist(): Promise<Relisted> {
    return this.#relisting.run();
  }

  /** The same in the background. */
  relistSoon(): void {
    this.#relisting.soon();
  }

  /** The ids of all sessions there may be: those that have lost their log or their place in the lists, too, and some that are gone. */
  async allIds(): Promise<string[]> {
    const { ids } = await this.relist();
    return [...new Set([...(await this.#index.ids()), ...(await this.#opened.ids()), ...ids])];
  }

  lastPlace(): Promise<number> {
    return this.#content.lastPlace();
  }

  givePlacesAfter(place: number): Promise<void> {
    return this.#content.givePlacesAfter(place);
  }

  async backupTo(): Promise<void> {
    throw new ContractError(
      'INPUT_INVALID',
      'the session log is in Redis, and no file that could be copied: npm run backup exports its sessions',
    );
  }

  isNew(): Promise<boolean> {
    return this.#content.isNew();
  }

  close(): Promise<void> {
    this.#relisting.stop();
    return this.#redis.close();
  }

  /** Repeats what lost against somebody else, until it is done. */
  async #retried<Result>(id: string, attempt: () => Promise<{ readonly done: Result } | null>): Promise<Result> {
    for (let tries = 1; tries <= MAXIMUM_TRIES; tries++) {
      const outcome = await attempt();
      if (outcome !== null) return outcome.done;
      await sleep(backoffMs(BACKOFF, Math.min(tries, 8)));
    }
    throw contended(id);
  }

  async #records(ids: readonly string[]): Promise<(SessionRecord | ContractError | null)[]> {
    return (await this.#look(ids)).map((found) =>
      found === null || found instanceof ContractError ? found : recordOrFault(found),
    );
  }

  /** Heads, and what is withdrawn; the fault of a session that is damaged or has lost its log. */
  async #look(ids: readonly string[]): Promise<(ReadSession | ContractError | null)[]> {
    const replies = await readReplies(
      this.#redis,
      ids.map((id) => readCommand(id, ['w'])),
    );
    const found = ids.map((id, at) => faultOr(() => readSession(id, replies[at] ?? null)));
    const lost = await this.#opened.lostOf(ids.filter((_, at) => found[at] === null));
    this.#relisting.notice(lost);
    return found.map((one, at) => (one === null && lost.has(ids[at] as string) ? logLost(ids[at] as string) : one));
  }

  /** A session that somebody opened or wrote, once the replicas have it; null when there is none. */
  async #confirmed(id: string): Promise<SessionRecord | null> {
    const [record] = await this.sessions([id]);
    if (record == null) return null;
    await this.#confirm(id);
    await this.#opened.note(id);
    return record;
  }

  /** All that was written to a session so far the replicas have when this returns: what was found may not have been acknowledged. */
  async #confirm(id: string): Promise<void> {
    await this.#write(command('EXISTS', sessionKey(id)));
  }

  async #write(one: RedisCommand): Promise<Reply> {
    return (await this.#redis.write([one]))[0] as Reply;
  }

  /** The session that is opened with a key: from now on this one, unless there was one before. */
  async #idOfKey(key: string, id: string): Promise<string> {
    const place = keyOfOpening(key);
    const replies = await this.#redis.write([command('SET', place, sealJson(place, id), 'NX'), command('GET', place)]);
    return openJson<string>(place, replies[1] as Buffer);
  }

  async #hashes(key: string, fields: readonly string[]): Promise<string[]> {
    const hashes = new Set<string>();
    for (const field of fields) {
      const value = ((await this.#redis.readOne('HGET', key, field)) as Buffer | null) ?? Buffer.alloc(0);
      for (let start = 0; start + RECORD_BYTES <= value.length; start += RECORD_BYTES) {
        hashes.add(hashIn(value.subarray(start, start + RECORD_BYTES)));
      }
    }
    return [...hashes];
  }
}

function recordOrFault(read: ReadSession): SessionRecord | ContractError {
  return faultOr(() => sessionRecord(read.session, withdrawnOf(read, read.values[0] ?? null))) as
    | SessionRecord
    | ContractError;
}
