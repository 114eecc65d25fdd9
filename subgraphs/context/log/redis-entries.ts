import { crc32 } from 'node:zlib';
import { inSlices } from '@supercontext/runtime/process/in-slices.ts';
import { damagedValue, openValue } from '@supercontext/runtime/redis/checked-value.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { factsOf, logEntry } from './records.ts';
import type { OpenedSessions } from './redis-opened.ts';
import { decodeEntry, MARKS, RECORD_BYTES } from './redis-records.ts';
import {
  ENTRIES_A_FIELD,
  MARKS_A_FIELD,
  placeOf,
  type ReadSession,
  readCommand,
  readReplies,
  readSession,
  type SessionHead,
  sessionKey,
} from './redis-session.ts';
import type { EntryRow, FactsRow } from './schema.ts';
import type { EntryRange, Facts, LogEntry } from './session-log.ts';

/** Fields read at once: half a megabyte of entries. */
const MAXIMUM_FIELDS = 64;
/** Entries asked for without a look at how many there are. */
const MAXIMUM_AT_ONCE = 4_096;

/** Reads the entries of sessions. */
export class RedisEntries {
  readonly #redis: RedisClient;
  readonly #opened: OpenedSessions;

  constructor(redis: RedisClient, opened: OpenedSessions) {
    this.#redis = redis;
    this.#opened = opened;
  }

  /** Null when there is no such session. @throws ContractError STORAGE_CORRUPT, also for one that has lost its log */
  async read(id: string, fields: readonly string[]): Promise<ReadSession | null> {
    const [reply] = await readReplies(this.#redis, [readCommand(id, fields)]);
    const read = readSession(id, reply ?? null);
    if (read === null) await this.#opened.checkNotLost(id);
    return read;
  }

  async inRange(id: string, range: EntryRange): Promise<LogEntry[]> {
    if (range.only !== undefined) return this.#selected(id, range, range.only);
    const { from, through, first, newestFirst = false } = range;
    const lowest = Math.max(0, from);
    // From the end that is asked for on: how long the log is need not be known for that.
    if (!newestFirst && first <= MAXIMUM_AT_ONCE) {
      const count = Math.max(0, Math.min(first, through - lowest + 1));
      return this.at(
        id,
        Array.from({ length: count }, (_, at) => lowest + at),
      );
    }
    const session = await this.read(id, []);
    if (session === null) return [];
    const highest = Math.min(through, session.session.fragments - 1);
    const count = Math.max(0, Math.min(first, highest - lowest + 1));
    const positions = Array.from({ length: count }, (_, at) => (newestFirst ? highest - at : lowest + at));
    return this.at(id, positions);
  }

  /** In the order of the positions, without those that the log does not reach. */
  async at(id: string, positions: readonly number[]): Promise<LogEntry[]> {
    const rows = await this.rowsAt(id, positions);
    const facts = await this.#factsOf(id, rows);
    return inSlices(rows, (row) => logEntry(row, row.facts === null ? null : (facts.get(row.facts) as Facts)));
  }

  async rowsAt(id: string, positions: readonly number[]): Promise<EntryRow[]> {
    const fields = [...new Set(positions.filter((at) => at >= 0).map((at) => Math.floor(at / ENTRIES_A_FIELD)))];
    const values = new Map<number, Buffer | null>();
    let head: SessionHead | null = null;
    for (let from = 0; from < fields.length; from += MAXIMUM_FIELDS) {
      const some = fields.slice(from, from + MAXIMUM_FIELDS);
      const session = await this.read(
        id,
        some.map((field) => `e${field}`),
      );
      if (session === null) return [];
      head ??= session;
      for (const [at, field] of some.entries()) values.set(field, session.values[at] ?? null);
    }
    const { fragments } = head?.session ?? { fragments: 0 };
    const reached = positions.filter((position) => position >= 0 && position < fragments);
    return inSlices(reached, (position) => {
      const field = values.get(Math.floor(position / ENTRIES_A_FIELD));
      if (!field) throw damagedValue(`${placeOf(id, 'position')} ${position}`, 'it is missing');
      const start = (position % ENTRIES_A_FIELD) * RECORD_BYTES;
      return decodeEntry(sessionKey(id), position, field.subarray(start, start + RECORD_BYTES));
    });
  }

  /** A selection is complete only when the marks are, all of them. */
  async #selected(id: string, range: EntryRange, only: keyof typeof MARKS): Promise<LogEntry[]> {
    const marks = await this.#marks(id);
    const { from, through, first, newestFirst = false } = range;
    const positions: number[] = [];
    const lowest = Math.max(0, from);
    const highest = Math.min(through, marks.length - 1);
    for (let at = 0; at <= highest - lowest && positions.length < first; at++) {
      const position = newestFirst ? highest - at : lowest + at;
      if (((marks[position] as number) & MARKS[only]) !== 0) positions.push(position);
    }
    return this.at(id, positions);
  }

  async #marks(id: string): Promise<Uint8Array> {
    const known = await this.read(id, ['k0']);
    if (known === null) return new Uint8Array();
    const count = Math.ceil(known.session.fragments / MARKS_A_FIELD);
    const fields = Array.from({ length: count }, (_, field) => `k${field}`);
    const session = count <= 1 ? known : await this.read(id, fields);
    // Erased meanwhile, or grown into another field: what it had then is read.
    if (session === null) return new Uint8Array();
    const marks = Buffer.concat(session.values.map((value) => value ?? Buffer.alloc(0)));
    if (Math.ceil(session.session.fragments / MARKS_A_FIELD) > Math.max(1, count)) return this.#marks(id);
    if (marks.length !== session.session.fragments || crc32(marks) !== session.marks) {
      throw damagedValue(placeOf(id, 'marks of entries'), 'their checksum does not hold');
    }
    return marks;
  }

  async #factsOf(id: string, rows: readonly EntryRow[]): Promise<ReadonlyMap<number, Facts>> {
    const positions = [...new Set(rows.flatMap(({ facts }) => facts ?? []))];
    const facts = new Map<number, Facts>();
    for (let from = 0; from < positions.length; from += 1_000) {
      const some = positions.slice(from, from + 1_000);
      const session = await this.read(
        id,
        some.map((position) => `f${position}`),
      );
      for (const [at, position] of some.entries()) {
        const place = placeOf(id, `f${position}`);
        const sealed = session?.values[at];
        if (!sealed) throw damagedValue(place, 'it is missing');
        facts.set(position, factsOf(JSON.parse(openValue(place, sealed).toString()) as FactsRow));
      }
    }
    return facts;
  }
}
