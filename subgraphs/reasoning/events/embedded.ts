import { DatabaseSync } from 'node:sqlite';
import {
  CONTRACT_VERSION,
  ContractError,
  decodeTokenEvent,
  decodeWorkingSet,
  encodeTokenEvent,
  encodeWorkingSet,
  type TokenEvent,
} from '@supercontext/contract';
import type { GenerationRecord, GenerationStatus, Outcome } from '../generation.ts';
import type { ModelDescription } from '../model/language-model.ts';
import type { AnswerOutbox, UnrecordedAnswer } from './answer-outbox.ts';
import { cursorUnknown } from './cursor.ts';
import type { Ending, EventLog, NewGeneration, Spoken } from './event-log.ts';
import { followEvents } from './follow-events.ts';
import { LiveGeneration } from './live-generation.ts';
import { storageFault } from './storage-fault.ts';

/** How long a delta may wait for others to share its transaction; the first one after a silence does not wait. */
const GROUP_COMMIT_MS = 4;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS generations (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    turn TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at_ms REAL NOT NULL,
    model TEXT NOT NULL,
    working_set BLOB NOT NULL,
    outcome TEXT NOT NULL,
    recorded INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, idempotency_key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS generations_of_turn ON generations (turn, row);
  CREATE INDEX IF NOT EXISTS generations_of_session ON generations (session, row);
  CREATE INDEX IF NOT EXISTS generations_running ON generations (row) WHERE status = 'running';
  CREATE INDEX IF NOT EXISTS generations_unrecorded ON generations (row) WHERE recorded = 0;
  CREATE TABLE IF NOT EXISTS events (
    generation INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (generation, sequence)
  ) STRICT, WITHOUT ROWID;
`;

interface Row {
  readonly row: number;
  readonly id: string;
  readonly session: string;
  readonly request_hash: string;
  readonly turn: string;
  readonly status: GenerationStatus;
  readonly created_at_ms: number;
  readonly model: string;
  readonly working_set: Uint8Array;
  readonly outcome: string;
}

/** One event on its way to the disk. */
interface Write {
  readonly generationId: string;
  readonly live: LiveGeneration;
  readonly event: Spoken | Ending;
  readonly outcome: Outcome | null;
  readonly done: PromiseWithResolvers<void>;
}

/** The log of generations in one SQLite file that this process alone owns. */
export class EmbeddedEventLog implements EventLog, AnswerOutbox {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #live = new Map<string, LiveGeneration>();
  #writes: Write[] = [];
  #timer: NodeJS.Timeout | null = null;
  #committedAt = 0;

  /** @throws ContractError STORAGE_UNAVAILABLE when the file cannot be opened or belongs to another process. */
  constructor(path: string) {
    try {
      this.#database = new DatabaseSync(path, { timeout: 2_000 });
      // Exclusive: of two processes on one file, the second would end the first one's generations as orphans.
      this.#database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;',
      );
      this.#database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
      this.#statements = prepare(this.#database);
    } catch (error) {
      throw storageFault(error);
    }
  }

  async find(sessionId: string, idempotencyKey: string, requestHash: string): Promise<GenerationRecord | null> {
    const row = this.#guard(() => this.#statements.byKey.get(sessionId, idempotencyKey)) as Row | undefined;
    if (row === undefined) return null;
    if (row.request_hash !== requestHash) {
      throw new ContractError('IDEMPOTENCY_KEY_REUSED', 'this idempotency key came with another question before');
    }
    return this.#record(row);
  }

  async create({ record, idempotencyKey, requestHash }: NewGeneration): ReturnType<EventLog['create']> {
    const existing = await this.find(record.sessionId, idempotencyKey, requestHash);
    if (existing !== null) return { record: existing, created: false };
    const started: TokenEvent = {
      type: 'started',
      contractVersion: CONTRACT_VERSION,
      generationId: record.id,
      sequence: 0,
    };
    const row = this.#transaction(() => {
      const { lastInsertRowid } = this.#statements.insert.run(
        record.id,
        record.sessionId,
        idempotencyKey,
        requestHash,
        record.turnId,
        record.status,
        record.createdAtMs,
        JSON.stringify(record.model),
        encodeWorkingSet(record.workingSet),
        JSON.stringify(record.outcome),
      );
      this.#statements.insertEvent.run(lastInsertRowid, 0, encodeTokenEvent(started));
      return Number(lastInsertRowid);
    });
    const live = new LiveGeneration(row);
    live.publish([started]);
    this.#live.set(record.id, live);
    return { record, created: true };
  }

  append(generationId: string, spoken: Spoken): Promise<void> {
    const written = this.#write(generationId, spoken, null);
    const waitMs = this.#committedAt + GROUP_COMMIT_MS - performance.now();
    this.#timer ??= setTimeout(() => this.#commit(), Math.max(0, waitMs));
    return written;
  }

  async finish(generationId: string, ending: Ending, outcome: Outcome): Promise<GenerationRecord> {
    const written = this.#write(generationId, ending, outcome);
    this.#commit();
    await written;
    const [record] = await this.get([generationId]);
    if (record === undefined || record === null) throw notFound(generationId);
    return record;
  }

  async get(generationIds: readonly string[]): Promise<readonly (GenerationRecord | null)[]> {
    return this.#guard(() =>
      generationIds.map((id) => {
        const row = this.#statements.byId.get(id) as Row | undefined;
        return row === undefined ? null : this.#record(row);
      }),
    );
  }

  async ofTurns(turnIds: readonly string[]): Promise<readonly (readonly GenerationRecord[])[]> {
    return this.#guard(() =>
      turnIds.map((id) => (this.#statements.byTurn.all(id) as unknown as Row[]).map((row) => this.#record(row))),
    );
  }

  follow(generationId: string, after: number, signal: AbortSignal): AsyncIterableIterator<TokenEvent> {
    let row: number | null = null;
    const locate = (): number => {
      const live = this.#live.get(generationId);
      const found = live ?? (this.#statements.byId.get(generationId) as Row | undefined);
      if (found === undefined) throw notFound(generationId);
      const last = live === undefined ? this.#lastSequence(found.row) : live.next - 1;
      if (after > last) throw cursorUnknown();
      return found.row;
    };
    return followEvents(
      {
        change: () => this.#live.get(generationId)?.change() ?? null,
        read: (position, limit) =>
          this.#guard(() => {
            row ??= locate();
            const live = this.#live.get(generationId);
            const events = live?.read(position, limit) ?? this.#read(row, position, limit);
            if (events.length === 0 && live !== undefined && live.failure !== null) throw live.failure;
            return events;
          }),
      },
      after,
      signal,
    );
  }

  async failOrphans(): Promise<number> {
    const orphans = this.#guard(() => this.#statements.running.all()) as unknown as Row[];
    const failure = { code: 'MODEL_FAILED', message: 'the stage stopped in the middle of this answer' } as const;
    this.#transaction(() => {
      for (const row of orphans) {
        const outcome: Outcome = { ...this.#record(row).outcome, failure };
        const event = tokenEvent(row.id, this.#lastSequence(row.row) + 1, { type: 'failed', ...failure });
        this.#statements.insertEvent.run(row.row, event.sequence, encodeTokenEvent(event));
        this.#statements.close.run('failed', JSON.stringify(outcome), 1, row.row);
      }
    });
    return orphans.length;
  }

  async unrecorded(limit: number): Promise<readonly UnrecordedAnswer[]> {
    const rows = this.#guard(() => this.#statements.unrecorded.all(limit)) as unknown as Row[];
    return rows.map((row) => ({
      generationId: row.id,
      turnId: row.turn,
      text: (JSON.parse(row.outcome) as Outcome).text,
    }));
  }

  async markRecorded(generationId: string): Promise<void> {
    this.#guard(() => this.#statements.markRecorded.run(generationId));
  }

  async answersOf(sessionId: string, limit: number): Promise<readonly string[]> {
    const rows = this.#guard(() => this.#statements.answers.all(sessionId, limit)) as unknown as Row[];
    return rows.map((row) => (JSON.parse(row.outcome) as Outcome).text);
  }

  /** Writes what is pending and lets go of the file. Readers still waiting are the caller's to end first. */
  async close(): Promise<void> {
    this.#commit();
    this.#database.close();
  }

  #write(generationId: string, event: Spoken | Ending, outcome: Outcome | null): Promise<void> {
    const live = this.#live.get(generationId);
    if (live === undefined) return Promise.reject(notFound(generationId));
    const done = Promise.withResolvers<void>();
    this.#writes.push({ generationId, live, event, outcome, done });
    return done.promise;
  }

  /** Everything pending, of all generations, in one transaction; only then readers are told. */
  #commit(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const writes = this.#writes;
    this.#writes = [];
    if (writes.length === 0) return;
    const events = new Map<LiveGeneration, TokenEvent[]>();
    try {
      this.#transaction(() => {
        for (const { generationId, live, event, outcome } of writes) {
          const ofLive = events.get(live) ?? [];
          events.set(live, ofLive);
          const tokenized = tokenEvent(generationId, live.next + ofLive.length, event);
          this.#statements.insertEvent.run(live.row, tokenized.sequence, encodeTokenEvent(tokenized));
          ofLive.push(tokenized);
          if (outcome === null || !('type' in event)) continue;
          const needsRecording = event.type !== 'failed' && outcome.text !== '';
          this.#statements.close.run(event.type, JSON.stringify(outcome), needsRecording ? 0 : 1, live.row);
        }
      });
    } catch (error) {
      for (const { live, outcome, done } of writes) {
        if (outcome !== null) live.fail(error);
        done.reject(error);
      }
      return;
    } finally {
      this.#committedAt = performance.now();
    }
    for (const { generationId, outcome } of writes) if (outcome !== null) this.#live.delete(generationId);
    for (const [live, ofLive] of events) live.publish(ofLive);
    for (const { done } of writes) done.resolve();
  }

  #record(row: Row): GenerationRecord {
    const outcome = JSON.parse(row.outcome) as Outcome;
    return {
      id: row.id,
      sessionId: row.session,
      turnId: row.turn,
      status: row.status,
      createdAtMs: row.created_at_ms,
      model: JSON.parse(row.model) as ModelDescription,
      workingSet: decodeWorkingSet(row.working_set),
      outcome: row.status === 'running' ? { ...outcome, text: this.#textSoFar(row.row) } : outcome,
    };
  }

  #textSoFar(row: number): string {
    const events = this.#read(row, -1, Number.MAX_SAFE_INTEGER);
    return events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  }

  #read(row: number, after: number, limit: number): readonly TokenEvent[] {
    const rows = this.#statements.events.all(row, after, limit) as unknown as { readonly body: Uint8Array }[];
    return rows.map(({ body }) => decodeTokenEvent(body));
  }

  #lastSequence(row: number): number {
    return (this.#statements.last.get(row) as { readonly last: number }).last;
  }

  #transaction<T>(work: () => T): T {
    return this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk rolls back by itself; a second ROLLBACK would hide why.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storageFault(error);
    }
  }
}

function tokenEvent(generationId: string, sequence: number, event: Spoken | Ending): TokenEvent {
  const place = { contractVersion: CONTRACT_VERSION, generationId, sequence };
  return 'type' in event ? { ...place, ...event } : { ...place, type: 'delta', ...event };
}

function notFound(generationId: string): ContractError {
  return new ContractError('GENERATION_NOT_FOUND', 'no running generation has this id', { generationId });
}

function prepare(database: DatabaseSync) {
  return {
    insert: database.prepare(
      `INSERT INTO generations (id, session, idempotency_key, request_hash, turn, status, created_at_ms, model, working_set, outcome)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    byId: database.prepare('SELECT * FROM generations WHERE id = ?'),
    byKey: database.prepare('SELECT * FROM generations WHERE session = ? AND idempotency_key = ?'),
    byTurn: database.prepare('SELECT * FROM generations WHERE turn = ? ORDER BY row'),
    running: database.prepare("SELECT * FROM generations WHERE status = 'running' ORDER BY row"),
    close: database.prepare('UPDATE generations SET status = ?, outcome = ?, recorded = ? WHERE row = ?'),
    unrecorded: database.prepare(
      "SELECT * FROM generations WHERE recorded = 0 AND status <> 'running' ORDER BY row LIMIT ?",
    ),
    markRecorded: database.prepare('UPDATE generations SET recorded = 1 WHERE id = ?'),
    answers: database.prepare(
      "SELECT outcome FROM generations WHERE session = ? AND status IN ('completed', 'cancelled') ORDER BY row DESC LIMIT ?",
    ),
    insertEvent: database.prepare('INSERT INTO events (generation, sequence, body) VALUES (?, ?, ?)'),
    events: database.prepare('SELECT body FROM events WHERE generation = ? AND sequence > ? ORDER BY sequence LIMIT ?'),
    last: database.prepare('SELECT max(sequence) AS last FROM events WHERE generation = ?'),
  };
}
