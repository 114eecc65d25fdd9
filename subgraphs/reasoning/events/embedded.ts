import { ContractError, encodeWorkingSet, type TokenEvent } from '@supercontext/contract';
import { Database } from '@supercontext/runtime/sqlite/database.ts';
import type { GenerationRecord, Outcome } from '../generation.ts';
import type { AnswerOutbox, UnrecordedAnswer } from './answer-outbox.ts';
import { cursorUnknown } from './cursor.ts';
import type { Ending, EventLog, NewGeneration, Spoken } from './event-log.ts';
import { followEvents } from './follow-events.ts';
import { GenerationRows } from './generation-rows.ts';
import { LiveGeneration } from './live-generation.ts';
import { type GenerationRow, MIGRATIONS } from './schema.ts';
import { firstEvents, needsRecording, notRunning, STOPPED, tokenEvent } from './token-events.ts';

/** How long a delta may wait for others to share its transaction; the first one after a silence does not wait. */
const GROUP_COMMIT_MS = 4;

/** Taking the WAL into the file costs two waits for the disk: not while answers are being streamed. */
const CHECKPOINT_QUIET_MS = 1_000;

/** With its row in the file. */
class LiveRow extends LiveGeneration {
  readonly row: number;

  constructor(row: number) {
    super();
    this.row = row;
  }
}

/** One event on its way to the disk. */
interface Write {
  readonly generationId: string;
  readonly live: LiveRow;
  readonly event: Spoken | Ending;
  readonly outcome: Outcome | null;
  readonly done: PromiseWithResolvers<void>;
}

/** The log of generations in one SQLite file that this process alone owns. */
export class EmbeddedEventLog implements EventLog, AnswerOutbox {
  readonly #database: Database;
  readonly #rows: GenerationRows;
  readonly #live = new Map<string, LiveRow>();
  #writes: Write[] = [];
  #timer: NodeJS.Timeout | null = null;
  #committedAt = 0;

  /** @throws ContractError STORAGE_UNAVAILABLE when the file cannot be opened or belongs to another process, STORAGE_CORRUPT */
  constructor(path: string) {
    const file = {
      path,
      meaning: 'the log of generations',
      migrations: MIGRATIONS,
      synchronous: 'FULL',
      isJournalChecked: true,
      checked: 'all',
      checkpointQuietMs: CHECKPOINT_QUIET_MS,
      keepsReserve: true,
    } as const;
    const opened = Database.open(file, (database) => ({ database, rows: new GenerationRows(database) }));
    this.#database = opened.database;
    this.#rows = opened.rows;
  }

  async find(sessionId: string, idempotencyKey: string, requestHash: string): Promise<GenerationRecord | null> {
    return this.#database.read(() => {
      const row = this.#rows.byKey(sessionId, idempotencyKey);
      if (row === null) return null;
      if (row.request_hash !== requestHash) {
        throw new ContractError('IDEMPOTENCY_KEY_REUSED', 'this idempotency key came with another question before');
      }
      return this.#record(row);
    });
  }

  async create({ record, idempotencyKey, requestHash }: NewGeneration): ReturnType<EventLog['create']> {
    const existing = await this.find(record.sessionId, idempotencyKey, requestHash);
    if (existing !== null) return { record: existing, created: false };
    const first = firstEvents(record);
    const row = this.#database.transaction(() => {
      const inserted = this.#rows.insert({
        id: record.id,
        session: record.sessionId,
        idempotency_key: idempotencyKey,
        request_hash: requestHash,
        turn: record.turnId,
        status: record.status,
        created_at_ms: record.createdAtMs,
        model: JSON.stringify(record.model),
        working_set: encodeWorkingSet(record.workingSet),
        outcome: JSON.stringify(record.outcome),
        recorded: 0,
      });
      for (const event of first) this.#rows.insertEvent(inserted, event);
      return inserted;
    });
    const live = new LiveRow(row);
    live.publish(first);
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
    if (record === undefined || record === null) throw notRunning(generationId);
    return record;
  }

  async get(generationIds: readonly string[]): Promise<readonly (GenerationRecord | null)[]> {
    return this.#database.read(() =>
      generationIds.map((id) => {
        const row = this.#rows.byId(id);
        return row === null ? null : this.#record(row);
      }),
    );
  }

  async ofTurns(turnIds: readonly string[]): Promise<readonly (readonly GenerationRecord[])[]> {
    return this.#database.read(() => turnIds.map((id) => this.#rows.ofTurn(id).map((row) => this.#record(row))));
  }

  follow(generationId: string, after: number, signal: AbortSignal): AsyncIterableIterator<TokenEvent> {
    let place: Pick<GenerationRow, 'row' | 'id'> | null = null;
    return followEvents(
      {
        change: () => this.#live.get(generationId)?.change() ?? null,
        read: (position, limit) =>
          this.#database.read(() => {
            place ??= this.#locate(generationId, after);
            const live = this.#live.get(generationId);
            const range = { after: position, limit, hasEnded: live === undefined };
            const events = live?.read(position, limit) ?? this.#rows.eventsAfter(place, range);
            if (events.length === 0 && live !== undefined && live.failure !== null) throw live.failure;
            return events;
          }),
      },
      after,
      signal,
    );
  }

  async failOrphans(): Promise<number> {
    return this.#database.transactionOnReserve(() => {
      let failed = 0;
      for (const row of this.#rows.running()) if (this.#failOrphan(row, STOPPED)) failed++;
      return failed;
    });
  }

  async endElsewhere(generationId: string): Promise<GenerationRecord | null> {
    return (await this.get([generationId]))[0] ?? null;
  }

  async unfinished(sessionId: string): Promise<readonly string[]> {
    return this.#database.read(() =>
      this.#rows
        .running()
        .filter(({ session }) => session === sessionId)
        .map(({ id }) => id),
    );
  }

  async unrecorded(limit: number, after = 0): Promise<readonly UnrecordedAnswer[]> {
    return this.#database.read(() =>
      this.#rows.unrecorded(limit, after).map((row) => ({
        place: row.row,
        generationId: row.id,
        turnId: row.turn,
        begunAtMs: row.created_at_ms,
        text: this.#rows.outcomeOf(row).text,
      })),
    );
  }

  async markRecorded(generationId: string): Promise<void> {
    this.#database.transaction(() => {
      const row = this.#rows.byId(generationId);
      if (row !== null) this.#rows.change(row, { recorded: 1 });
    });
  }

  async noteErasure(sessionId: string): Promise<void> {
    this.#database.transactionOnReserve(() => this.#rows.noteErasure(sessionId));
  }

  async erasures(): Promise<readonly string[]> {
    return this.#database.read(() => this.#rows.erasures());
  }

  async erase(sessionId: string): Promise<number> {
    const generations = this.#database.transactionOnReserve(() => this.#rows.erase(sessionId));
    this.#database.scrub();
    return generations;
  }

  backupTo(path: string): Promise<void> {
    this.#commit();
    return this.#database.backupTo(path);
  }

  /** Writes what is pending and lets go of the file. Readers still waiting are the caller's to end first. */
  async close(): Promise<void> {
    this.#commit();
    this.#database.close();
  }

  #write(generationId: string, event: Spoken | Ending, outcome: Outcome | null): Promise<void> {
    const live = this.#live.get(generationId);
    if (live === undefined) return Promise.reject(notRunning(generationId));
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
    const events = new Map<LiveRow, TokenEvent[]>();
    try {
      this.#database.transaction(() => {
        for (const { generationId, live, event, outcome } of writes) {
          const ofLive = events.get(live) ?? [];
          events.set(live, ofLive);
          const tokenized = tokenEvent(generationId, live.next + ofLive.length, event);
          this.#rows.insertEvent(live.row, tokenized);
          ofLive.push(tokenized);
          if (outcome === null || !('type' in event)) continue;
          const row = this.#rows.byId(generationId);
          if (row === null) throw notRunning(generationId);
          const recorded = needsRecording(event.type, outcome) ? 0 : 1;
          this.#rows.change(row, { status: event.type, outcome: JSON.stringify(outcome), recorded });
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

  #record(row: GenerationRow): GenerationRecord {
    const outcome = this.#rows.outcomeOf(row);
    const hasEnded = !this.#live.has(row.id);
    return {
      id: row.id,
      sessionId: row.session,
      turnId: row.turn,
      status: row.status,
      createdAtMs: row.created_at_ms,
      model: this.#rows.modelOf(row),
      workingSet: this.#rows.workingSetOf(row),
      outcome: row.status === 'running' ? { ...outcome, text: this.#textSoFar(row, hasEnded) } : outcome,
    };
  }

  #textSoFar(row: GenerationRow, hasEnded: boolean): string {
    const events = this.#rows.eventsAfter(row, { after: -1, limit: Number.MAX_SAFE_INTEGER, hasEnded });
    return events.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  }

  #locate(generationId: string, after: number): Pick<GenerationRow, 'row' | 'id'> {
    const live = this.#live.get(generationId);
    const found = live === undefined ? this.#rows.byId(generationId) : { row: live.row, id: generationId };
    if (found === null) throw notRunning(generationId);
    const last = live === undefined ? (this.#rows.lastEvent(found)?.sequence ?? -1) : live.next - 1;
    if (after <= last) return found;
    // A list that lacks its end knows no cursor to be wrong.
    this.#rows.eventsAfter(found, { after: last, limit: 1, hasEnded: live === undefined });
    throw cursorUnknown();
  }

  /** Whether it could be ended. One whose events are damaged stays as it is: whoever reads it is told where. */
  #failOrphan(row: GenerationRow, failure: NonNullable<Outcome['failure']>): boolean {
    try {
      const outcome = { ...this.#rows.outcomeOf(row), text: this.#textSoFar(row, false), failure };
      const next = (this.#rows.lastEvent(row)?.sequence ?? -1) + 1;
      this.#rows.insertEvent(row.row, tokenEvent(row.id, next, { type: 'failed', ...failure }));
      this.#rows.change(row, { status: 'failed', outcome: JSON.stringify(outcome), recorded: 1 });
      return true;
    } catch (error) {
      if (error instanceof ContractError && error.code === 'STORAGE_CORRUPT') return false;
      throw error;
    }
  }
}
