import {
  decodeTokenEvent,
  decodeWorkingSet,
  encodeTokenEvent,
  isTerminal,
  type TokenEvent,
  type WorkingSet,
} from '@supercontext/contract';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import type { Outcome } from '../generation.ts';
import type { ModelDescription } from '../model/language-model.ts';
import type { MovedEvent } from './generation-content.ts';
import { EVENTS, type EventRow, GENERATIONS, type GenerationRow } from './schema.ts';

type Found = Readonly<Record<string, unknown>>;

/**
 * The rows of generations and of their events, each checked whenever it is read: what is damaged, or missing where an event
 * must be, is STORAGE_CORRUPT with its name. To be called inside of `Database.read` or `transaction`.
 */
export class GenerationRows {
  readonly #database: Database;
  readonly #generations: CheckedTable<GenerationRow>;
  readonly #events: CheckedTable<EventRow>;
  readonly #nextRow: Statement;
  readonly #byId: Statement;
  readonly #byKey: Statement;
  readonly #ofTurn: Statement;
  readonly #ofSession: Statement;
  readonly #running: Statement;
  readonly #unrecorded: Statement;
  readonly #change: Statement;
  readonly #eventsAfter: Statement;
  readonly #lastEvent: Statement;
  readonly #noteErasure: Statement;
  readonly #erasures: Statement;
  readonly #dropEvents: Statement;
  readonly #dropGenerations: Statement;
  readonly #dropErasure: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#generations = new CheckedTable(database, GENERATIONS);
    this.#events = new CheckedTable(database, EVENTS);
    const generation = `SELECT ${this.#generations.selection} FROM generations WHERE`;
    this.#nextRow = database.prepare('SELECT 1 + coalesce(max(row), 0) AS next FROM generations');
    this.#byId = database.prepare(`${generation} id = ?`);
    this.#byKey = database.prepare(`${generation} session = ? AND idempotency_key = ?`);
    this.#ofTurn = database.prepare(`${generation} turn = ? ORDER BY row`);
    this.#ofSession = database.prepare(`${generation} session = ? ORDER BY turn, row`);
    this.#running = database.prepare(`${generation} status = 'running' ORDER BY row`);
    this.#unrecorded = database.prepare(`${generation} recorded = 0 AND status <> 'running' AND row > ? ORDER BY row`);
    this.#change = database.prepare(
      'UPDATE generations SET status = ?, outcome = ?, recorded = ?, checksum = ? WHERE row = ?',
    );
    const event = `SELECT ${this.#events.selection} FROM events WHERE generation = ?`;
    this.#eventsAfter = database.prepare(`${event} AND sequence > ? ORDER BY sequence LIMIT ?`);
    this.#lastEvent = database.prepare(`${event} ORDER BY sequence DESC LIMIT 1`);
    this.#noteErasure = database.prepare('INSERT OR IGNORE INTO erasures VALUES (?)');
    this.#erasures = database.prepare('SELECT session FROM erasures');
    this.#dropEvents = database.prepare(
      'DELETE FROM events WHERE generation IN (SELECT row FROM generations WHERE session = ?)',
    );
    this.#dropGenerations = database.prepare('DELETE FROM generations WHERE session = ?');
    this.#dropErasure = database.prepare('DELETE FROM erasures WHERE session = ?');
  }

  /** The number of the new row. */
  insert(generation: Omit<GenerationRow, 'row'>): number {
    const row = Number(this.#nextRow.get()?.next);
    this.#generations.insert({ row, ...generation });
    return row;
  }

  change(generation: GenerationRow, changes: Partial<Pick<GenerationRow, 'status' | 'outcome' | 'recorded'>>): void {
    const changed = { ...generation, ...changes };
    const { status, outcome, recorded, row } = changed;
    this.#change.run(status, outcome, recorded, this.#generations.checksum(changed), row);
  }

  byId(id: string): GenerationRow | null {
    const row = this.#byId.get(id);
    return row === undefined ? null : this.#generations.whole(row, () => id);
  }

  byKey(session: string, idempotencyKey: string): GenerationRow | null {
    const row = this.#byKey.get(session, idempotencyKey);
    return row === undefined ? null : this.#generations.whole(row, () => `${session} row ${Number(row.row)}`);
  }

  ofTurn(turn: string): GenerationRow[] {
    return this.#ofTurn.all(turn).map((row) => this.#generations.whole(row, () => `${turn} row ${Number(row.row)}`));
  }

  /** In the order of their turns' ids, and of one turn the oldest first. */
  ofSession(session: string): GenerationRow[] {
    const rows = this.#ofSession.all(session);
    return rows.map((row) => this.#generations.whole(row, () => `${session} row ${Number(row.row)}`));
  }

  /** Events as they are kept, after one and through another. */
  bodiesAfter(
    { row, id }: Pick<GenerationRow, 'row' | 'id'>,
    range: { readonly after: number; readonly through: number; readonly limit: number },
  ): MovedEvent[] {
    const { after, through, limit } = range;
    const rows = this.#eventsAfter.all(row, after, Math.min(limit, through - after));
    const events = rows.map((found, at) => this.#whole(id, after + 1 + at, found));
    if (events.length < Math.min(limit, through - after)) {
      throw this.#events.damaged(`${id} event ${after + 1 + events.length}`, 'it is missing');
    }
    return events.map(({ sequence, body }) => ({ sequence, body }));
  }

  insertBody(generation: number, { sequence, body }: MovedEvent): void {
    this.#events.insert({ generation, sequence, body });
  }

  /** Of these two lists what is damaged is left out: the work that goes through them is not to wait for its repair. */
  running(): GenerationRow[] {
    return this.#wholeOnes(this.#running.iterate(), Number.MAX_SAFE_INTEGER);
  }

  unrecorded(limit: number, after: number): GenerationRow[] {
    return this.#wholeOnes(this.#unrecorded.iterate(after), limit);
  }

  insertEvent(generation: number, event: TokenEvent): void {
    this.#events.insert({ generation, sequence: event.sequence, body: encodeTokenEvent(event) });
  }

  /** Up to `limit` events after `after`. Those of a generation that has ended reach to its end, and of none one is missing. */
  eventsAfter(
    { row, id }: Pick<GenerationRow, 'row' | 'id'>,
    range: { readonly after: number; readonly limit: number; readonly hasEnded: boolean },
  ): readonly TokenEvent[] {
    const rows = this.#eventsAfter.all(row, range.after, range.limit);
    const events = rows.map((found, at) => this.#event(id, range.after + 1 + at, found));
    if (range.hasEnded && events.length < range.limit) {
      const last = events.at(-1) ?? this.lastEvent({ row, id });
      if (last === null || !isTerminal(last)) {
        throw this.#events.damaged(`${id} event ${range.after + 1 + events.length}`, 'it is missing');
      }
    }
    return events;
  }

  lastEvent({ row, id }: Pick<GenerationRow, 'row' | 'id'>): TokenEvent | null {
    const found = this.#lastEvent.get(row);
    return found === undefined ? null : this.#event(id, Number(found.sequence), found);
  }

  noteErasure(session: string): void {
    this.#noteErasure.run(session);
  }

  erasures(): string[] {
    return this.#erasures.all().map(({ session }) => String(session));
  }

  /** How many generations there were; whatever their rows say, what is damaged is to go as well. */
  erase(session: string): number {
    this.#dropEvents.run(session);
    this.#dropErasure.run(session);
    return Number(this.#dropGenerations.run(session).changes);
  }

  outcomeOf({ id, outcome }: GenerationRow): Outcome {
    return this.#decoded(id, 'outcome', () => JSON.parse(outcome) as Outcome);
  }

  modelOf({ id, model }: GenerationRow): ModelDescription {
    return this.#decoded(id, 'model', () => JSON.parse(model) as ModelDescription);
  }

  workingSetOf({ id, working_set }: GenerationRow): WorkingSet {
    return this.#decoded(id, 'working set', () => decodeWorkingSet(working_set));
  }

  #decoded<Result>(id: string, part: string, decode: () => Result): Result {
    return this.#database.decoded(() => `generations: ${id} ${part}`, decode);
  }

  #event(id: string, sequence: number, found: Found): TokenEvent {
    const { body } = this.#whole(id, sequence, found);
    return this.#database.decoded(
      () => `events: ${id} event ${sequence}`,
      () => decodeTokenEvent(body),
    );
  }

  #whole(id: string, sequence: number, found: Found): EventRow {
    const named = () => `${id} event ${sequence}`;
    const row = this.#events.whole(found, named);
    if (row.sequence !== sequence) throw this.#events.damaged(named(), 'it is missing');
    return row;
  }

  #wholeOnes(found: Iterable<unknown>, limit: number): GenerationRow[] {
    const whole: GenerationRow[] = [];
    for (const row of found) {
      if (whole.length === limit) break;
      if (this.#generations.isWhole(row as Found)) whole.push(row as GenerationRow);
    }
    return whole;
  }
}
