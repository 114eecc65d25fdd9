import { crc32 } from 'node:zlib';
import { damagedValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, type RedisCommand } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { Answered } from './grow-session.ts';
import type { KeptReceipt } from './redis-commit.ts';
import { documentField, keptDocument } from './redis-documents.ts';
import { encodeEntry, markOf, RECORD_BYTES } from './redis-records.ts';
import {
  ENTRIES_A_FIELD,
  keyOfOpening,
  MARKS_A_FIELD,
  OPENING,
  placeOf,
  type SessionHead,
  sealJson,
  sessionKey,
  stagingKey,
} from './redis-session.ts';
import type { DocumentPartRow, EntryRow, FactsRow, SessionRow } from './schema.ts';
import type { SessionItem } from './session-content.ts';

/** Fields written together. */
const FIELDS_A_WRITE = 256;
/** After this a session that nobody went on with goes by itself. */
const STAGED_MS = 60 * 60_000;

/** The fields of a session, written beside it as its rows come: all but the head, which comes with `end`. */
export class StagedSession {
  readonly #redis: RedisClient;
  readonly #session: SessionRow;
  readonly #answers = new Map<number, Answered[]>();
  readonly #paths: string[] = [];
  readonly #written = { e: 0, k: 0 };
  #commands: RedisCommand[] = [];
  #records: Buffer[] = [];
  #marks: number[] = [];
  #marksSum = 0;
  #facts: FactsRow | null = null;
  #parts: DocumentPartRow[] = [];
  #digest = '';
  #fields = 0;

  private constructor(redis: RedisClient, session: SessionRow) {
    this.#redis = redis;
    this.#session = session;
  }

  /** Of what was staged before nothing is left. */
  static async begin(redis: RedisClient, session: SessionRow): Promise<StagedSession> {
    await redis.write([command('UNLINK', stagingKey(session.id))]);
    const staged = new StagedSession(redis, session);
    if (session.open_key !== null) staged.#set(OPENING, Buffer.from(keyOfOpening(session.open_key)));
    return staged;
  }

  async add(items: readonly SessionItem[]): Promise<void> {
    for (const item of items) this.#add(item);
    if (this.#commands.length >= FIELDS_A_WRITE) await this.#flush();
  }

  /** Writes what is left: the paths of the documents in effect. */
  async end(): Promise<readonly string[]> {
    this.#cutEntries(1);
    this.#cutMarks(1);
    this.#endDocument();
    for (const [turn, answers] of this.#answers) this.#setJson(`a${turn}`, answers);
    const { length: paths } = this.#paths;
    const head: SessionHead = {
      ...{ session: this.#session, digest: this.#digest, marks: this.#marksSum, fields: this.#fields + 1, paths },
    };
    this.#setJson('head', head);
    await this.#flush();
    // From now on it is to stay.
    await this.#redis.write([{ ...command('PERSIST', stagingKey(this.#session.id)), isIdempotent: true }]);
    return this.#paths;
  }

  #add(item: SessionItem): void {
    if (item.table === 'entries') this.#addEntry(item.row);
    else if (item.table === 'facts') this.#addFacts(item.row);
    else if (item.table === 'withdrawn') this.#set('w', sealValue(placeOf(this.#session.id, 'w'), item.row.positions));
    else if (item.table === 'turns') this.#setJson(`t${item.row.number}`, item.row);
    else if (item.table === 'document_parts') this.#addPart(item.row);
    else if (item.table === 'receipts') {
      const kept: KeptReceipt = { ...item.row, nonce: '' };
      this.#setJson(`r${item.row.key}`, kept);
    }
  }

  #addFacts(row: FactsRow): void {
    this.#facts = row;
    this.#setJson(`f${row.position}`, row);
  }

  #addEntry(row: EntryRow): void {
    this.#records.push(encodeEntry(sessionKey(this.#session.id), row));
    this.#marks.push(markOf(row));
    this.#digest = Buffer.from(row.digest).toString('hex');
    if (row.is_answer === 1 && row.turn !== null && row.kind === 'chat' && row.role === 'assistant') {
      const { position, tokens, turn } = row;
      const answers = this.#answers.get(turn) ?? [];
      answers.push({ position, tokens, saidAtMs: this.#saidAtMs(row) });
      this.#answers.set(turn, answers);
    }
    if (this.#records.length === ENTRIES_A_FIELD) this.#cutEntries(ENTRIES_A_FIELD);
    if (this.#marks.length === MARKS_A_FIELD) this.#cutMarks(MARKS_A_FIELD);
  }

  #saidAtMs({ position, facts }: EntryRow): number {
    if (facts === null) return 0;
    if (this.#facts?.position === facts) return this.#facts.occurred_at_ms ?? 0;
    throw damagedValue(placeOf(this.#session.id, `position ${position}`), 'its facts did not come before it');
  }

  #addPart(row: DocumentPartRow): void {
    if (this.#parts[0]?.path !== row.path) this.#endDocument();
    this.#parts.push(row);
  }

  #endDocument(): void {
    const [first] = this.#parts;
    if (first === undefined) return;
    const now = this.#parts.filter(({ awaiting }) => awaiting === 0);
    const next = this.#parts.filter(({ awaiting }) => awaiting === 1);
    this.#setJson(documentField(first.path), keptDocument(now, next));
    if (now.length > 0) this.#paths.push(first.path);
    this.#parts = [];
  }

  #cutEntries(least: number): void {
    if (this.#records.length < least) return;
    const bytes = Buffer.concat(this.#records);
    this.#set(`e${this.#fieldOf('e', bytes.length / RECORD_BYTES)}`, bytes);
    this.#records = [];
  }

  #cutMarks(least: number): void {
    if (this.#marks.length < least) return;
    const bytes = Buffer.from(this.#marks);
    this.#marksSum = crc32(bytes, this.#marksSum);
    this.#set(`k${this.#fieldOf('k', bytes.length)}`, bytes);
    this.#marks = [];
  }

  /** The number of the next field, and counts what it holds. */
  #fieldOf(kind: 'e' | 'k', items: number): number {
    const field = this.#written[kind] / (kind === 'e' ? ENTRIES_A_FIELD : MARKS_A_FIELD);
    this.#written[kind] += items;
    return field;
  }

  #setJson(field: string, value: unknown): void {
    this.#set(field, sealJson(placeOf(this.#session.id, field), value));
  }

  #set(field: string, value: Buffer): void {
    this.#fields++;
    this.#commands.push(command('HSET', stagingKey(this.#session.id), field, value));
  }

  async #flush(): Promise<void> {
    const commands = this.#commands;
    this.#commands = [];
    for (let from = 0; from < commands.length; from += FIELDS_A_WRITE) {
      const some = commands.slice(from, from + FIELDS_A_WRITE);
      await this.#redis.write([...some, command('PEXPIRE', stagingKey(this.#session.id), STAGED_MS)]);
    }
  }
}
