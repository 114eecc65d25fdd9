import { randomUUID } from 'node:crypto';
import {
  decodeTokenEvent,
  decodeWorkingSet,
  encodeTokenEvent,
  encodeWorkingSet,
  isTerminal,
  type TokenEvent,
} from '@supercontext/contract';
import { damagedValue, openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { Argument, Reply } from '@supercontext/runtime/redis/node-connection.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import type { GenerationRecord, Outcome } from '../generation.ts';
import type { Ending } from './event-log.ts';
import type { GenerationContent, MovedEvent } from './generation-content.ts';
import type { ReadGeneration } from './session-generations.ts';
import { needsRecording, tokenEvent } from './token-events.ts';

/**
 * A generation is one stream, so that all that is atomic about it is in one key. The entry of sequence n has the id `0-<n + 1>` and
 * the event as `e`; the first one has the record as well, as `r`, and what the model saw, as `w`; the terminal one the outcome, as
 * `o`, and `n`, by which one who ends it knows his end from that of another. How a generation stands is what its last entry says.
 */
export function generationKey(id: string): string {
  return `g:{${id}}`;
}

/** One that no session lists goes by itself after this: the process that began it was killed before it could list it. */
const UNLISTED_MS = 10 * 60_000;
/** Events read at once. */
const PAGE_EVENTS = 1_024;
/** Events written at once, of a generation that is taken in. */
const EVENTS_A_WRITE = 512;

/**
 * ARGV: the sequence of the first new entry, how long the stream stays (0: for good), 1 for one that is to be written in a full
 * Redis, too; then of each entry how many words it has, and those. 1 when they are there, also from a time before; 0 when something
 * else is, or the last entry is a terminal one.
 */
const APPEND = script(`
  local first, stay = tonumber(ARGV[1]), tonumber(ARGV[2])
  if ARGV[3] == '1' then redis.call('XDEL', KEYS[1], '0-0') end
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  local sequence, isEnded = -1, false
  if last then
    sequence = tonumber(string.match(last[1], '^0%-(%d+)$')) - 1
    for at = 1, #last[2], 2 do isEnded = isEnded or last[2][at] == 'o' end
  end
  local at, count = 4, 0
  while at <= #ARGV do
    count = count + 1
    at = at + 1 + tonumber(ARGV[at])
  end
  if sequence == first + count - 1 then
    local id = '0-' .. string.format('%d', first + 1)
    local there = redis.call('XRANGE', KEYS[1], id, id)[1]
    local isSame = there ~= nil and #there[2] == tonumber(ARGV[4])
    for word = 1, isSame and #there[2] or 0 do isSame = isSame and there[2][word] == ARGV[4 + word] end
    if isSame then return 1 end
  end
  if isEnded or sequence ~= first - 1 then return 0 end
  at = 4
  for number = first + 1, first + count do
    local words = tonumber(ARGV[at])
    redis.call('XADD', KEYS[1], '0-' .. string.format('%d', number), unpack(ARGV, at + 1, at + words))
    at = at + 1 + words
  end
  if stay > 0 then redis.call('PEXPIRE', KEYS[1], stay) else redis.call('PERSIST', KEYS[1]) end
  return 1
`);

/**
 * Ends a generation wherever it stands. ARGV: a sequence, a name of this end, the outcome; then the terminal event as it is after
 * that sequence, after the next one, and so on. 1 when it is ended by this; 0 when it has ended otherwise, or is gone; -1 when it is
 * further than that.
 */
const END = script(`
  redis.call('XDEL', KEYS[1], '0-0')
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  if not last then return 0 end
  local isEnded = false
  for at = 1, #last[2], 2 do
    if last[2][at] == 'n' and last[2][at + 1] == ARGV[2] then return 1 end
    isEnded = isEnded or last[2][at] == 'o'
  end
  if isEnded then return 0 end
  local sequence = tonumber(string.match(last[1], '^0%-(%d+)$')) - 1
  local event = ARGV[4 + sequence - ARGV[1]]
  if not event then return -1 end
  local id = '0-' .. string.format('%d', sequence + 2)
  redis.call('XADD', KEYS[1], id, 'e', event, 'o', ARGV[3], 'n', ARGV[2])
  redis.call('PERSIST', KEYS[1])
  return 1
`);

/** A generation that is ended from elsewhere may go on for so many events meanwhile. */
const LEEWAY_EVENTS = 256;

/** What is known of a generation from its first and its last entry. */
export interface KeptGeneration {
  readonly record: GenerationRecord;
  /** Whether what was said stands in the events alone, as while it runs and when it was ended from elsewhere. */
  readonly isTextInEvents: boolean;
  /** The process that runs it, or has run it. */
  readonly owner: string;
  /** Of its last event. */
  readonly sequence: number;
}

/** What never changes of a generation, beside what the model saw. */
interface Beginning extends Omit<GenerationRecord, 'workingSet' | 'status'> {
  readonly owner: string;
}

/** Null for a text that stands in the events. */
type KeptOutcome = Omit<Outcome, 'text'> & { readonly text: string | null };

type Entry = ReadonlyMap<string, Buffer>;

/** The generations in Redis, each in its stream. What is damaged is STORAGE_CORRUPT, naming it. */
export class RedisGenerations {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Begins a generation that goes by itself unless `keep` comes in time. */
  async begin(record: GenerationRecord, owner: string, events: readonly TokenEvent[]): Promise<void> {
    const { workingSet, status: _, ...beginning } = record;
    const key = generationKey(record.id);
    const seal = (field: string, value: Uint8Array) => sealValue(`${key} ${field}`, value);
    const about = ['r', seal('r', json({ ...beginning, owner })), 'w', seal('w', encodeWorkingSet(workingSet))];
    const entries = events.map((event, at) => [...eventWords(record.id, event), ...(at === 0 ? about : [])]);
    await this.#append(record.id, { first: 0, entries, stayMs: UNLISTED_MS, isOnReserve: false });
  }

  async keep(id: string): Promise<void> {
    await this.#redis.write([{ ...command('PERSIST', generationKey(id)), isIdempotent: true }]);
  }

  /**
   * Adds events behind those there are. False, and nothing is added, when others are there in their place, or the generation has
   * ended or is gone: then see what there is. After an error they may be there.
   * @param outcome with a terminal event, which is the last one
   */
  append(id: string, events: readonly TokenEvent[], outcome: KeptOutcome | null): Promise<boolean> {
    const entries = events.map((event) => eventWords(id, event));
    if (outcome !== null) {
      entries.at(-1)?.push('o', sealValue(`${generationKey(id)} o`, json(outcome)), 'n', randomUUID());
    }
    return this.#append(id, { first: events[0]?.sequence ?? 0, entries, stayMs: 0, isOnReserve: outcome !== null });
  }

  /**
   * Ends a running generation, whoever runs it and wherever it stands; its text is what its events say. Whether it was ended by
   * this, null when it went on for too long meanwhile.
   */
  async end(
    id: string,
    { after, ending, outcome }: { readonly after: number; readonly ending: Ending; readonly outcome: Outcome },
  ): Promise<boolean | null> {
    const key = generationKey(id);
    const kept = sealValue(`${key} o`, json({ ...outcome, text: null }));
    const events = Array.from(
      { length: LEEWAY_EVENTS },
      (_, at) => eventWords(id, tokenEvent(id, after + 1 + at, ending))[1],
    );
    const args = [after, randomUUID(), kept, ...(events as Argument[])];
    const [done] = await this.#redis.write([scriptCommand(END, { keys: [key], args, isIdempotent: true })]);
    return done === -1 ? null : done === 1;
  }

  /**
   * In the order of the ids; null for what is not there. A text that stands in the events is empty. A master that another has taken the
   * place of, and that does not know yet, lacks what is new: that something is not there is believed of one that replicas follow.
   */
  async read(ids: readonly string[]): Promise<(KeptGeneration | null)[]> {
    const found = await this.#read(ids, false);
    const missing = ids.filter((_, at) => found[at] === null);
    if (missing.length === 0) return found;
    const again = await this.#read(missing, true);
    return found.map((one) => one ?? again.shift() ?? null);
  }

  async #read(ids: readonly string[], isAcknowledged: boolean): Promise<(KeptGeneration | null)[]> {
    const asked = ids.flatMap((id) => {
      const key = generationKey(id);
      return [
        command('XRANGE', key, '-', '+', 'COUNT', 1),
        command('XREVRANGE', key, '+', '-', 'COUNT', 1),
        command('XLEN', key),
      ];
    });
    const replies = await (isAcknowledged ? this.#redis.write(asked) : this.#redis.read(asked));
    return ids.map((id, at) => kept(id, replies.slice(3 * at, 3 * at + 3)));
  }

  /**
   * Up to `limit` events after one, in order, and how many there are in all: 0 for a generation that is not there. Those that are
   * returned are acknowledged: of what was written a moment ago a failover might otherwise take back what a reader was shown.
   */
  async shownEvents(id: string, after: number, limit: number): ReturnType<RedisGenerations['events']> {
    const found = await this.events(id, after, limit);
    // Read once more as what is written is: behind it, on the same node, comes the fence that replicas are waited for with. That a
    // generation is gone is told as surely.
    return found.events.length === 0 && found.count > 0
      ? found
      : this.#events(id, { after, limit, isAcknowledged: true });
  }

  /** The same of what may not be acknowledged. */
  events(
    id: string,
    after: number,
    limit: number,
  ): Promise<{ readonly events: readonly TokenEvent[]; readonly count: number }> {
    return this.#events(id, { after, limit, isAcknowledged: false });
  }

  async #events(
    id: string,
    {
      after,
      limit,
      isAcknowledged,
    }: { readonly after: number; readonly limit: number; readonly isAcknowledged: boolean },
  ): Promise<{ readonly events: readonly TokenEvent[]; readonly count: number }> {
    const key = generationKey(id);
    const asked = [command('XRANGE', key, `0-${after + 2}`, '+', 'COUNT', limit), command('XLEN', key)];
    const [found, count] = await (isAcknowledged ? this.#redis.write(asked) : this.#redis.read(asked));
    const entries = entriesOf(found as Reply);
    const gap = entries.findIndex(([sequence], at) => sequence !== after + 1 + at);
    const missing = gap !== -1 ? after + 1 + gap : entries.length === 0 && Number(count) <= after ? after : null;
    if (missing !== null && Number(count) > 0) {
      // What was replaced as a master, and does not know yet, lacks what is new.
      if (!isAcknowledged) return this.#events(id, { after, limit, isAcknowledged: true });
      throw damagedValue(`${key} event ${missing}`, 'it is missing');
    }
    const events = entries.map(([sequence, entry]) => eventOf(id, sequence, entry));
    return { events, count: Number(count) };
  }

  async text(id: string): Promise<string> {
    let text = '';
    for (let after = -1; ; ) {
      const { events } = await this.events(id, after, PAGE_EVENTS);
      for (const event of events) if (event.type === 'delta') text += event.text;
      if (events.length < PAGE_EVENTS) return text;
      after += events.length;
    }
  }

  /** How many events it has, as its replicas know, too. */
  async acknowledgedCount(id: string): Promise<number> {
    return Number(await this.#redis.writeOne('XLEN', generationKey(id)));
  }

  /** How many events each has; 0 for one that is not there. */
  async counts(ids: readonly string[]): Promise<number[]> {
    return (await this.#redis.read(ids.map((id) => command('XLEN', generationKey(id))))).map(Number);
  }

  /** As it is at one moment, as other logs keep it; null for what is not there. @param about what stands elsewhere */
  async content(
    id: string,
    about: { readonly idempotency_key: string; readonly request_hash: string; readonly isNoted: boolean },
  ): Promise<ReadGeneration | null> {
    const key = generationKey(id);
    const replies = await this.#redis.read([
      command('XRANGE', key, '-', '+', 'COUNT', 1),
      command('XREVRANGE', key, '+', '-', 'COUNT', 1),
      command('XLEN', key),
    ]);
    const found = kept(id, replies);
    if (found === null) return null;
    const { record, sequence: through } = found;
    const { sessionId, turnId, status, createdAtMs, model, outcome } = record;
    const [begun] = entriesOf(replies[0] as Reply);
    const working_set = openValue(`${key} w`, begun?.[1].get('w') ?? Buffer.alloc(0));
    const { idempotency_key, request_hash, isNoted } = about;
    const isRecorded = status !== 'running' && !(isNoted && needsRecording(status, outcome));
    const row: ReadGeneration['row'] = {
      ...{ id, session: sessionId, idempotency_key, request_hash, turn: turnId, status, created_at_ms: createdAtMs },
      ...{ model: JSON.stringify(model), working_set, outcome: JSON.stringify(outcome), recorded: isRecorded ? 1 : 0 },
    };
    return { row, events: (after, limit) => this.#bodies(id, { after, limit: Math.min(limit, through - after) }) };
  }

  /** Writes a generation with all its events, for good. Of one that was begun before nothing is left. */
  async restore({ row, events }: GenerationContent, owner: string): Promise<void> {
    const { id } = row;
    const key = generationKey(id);
    const isEnded = row.status !== 'running';
    const outcome = Buffer.from(row.outcome);
    const { text: _, ...before } = JSON.parse(row.outcome) as Outcome;
    const beginning: Beginning = {
      ...{ id, sessionId: row.session, turnId: row.turn, createdAtMs: row.created_at_ms },
      ...{ model: JSON.parse(row.model), outcome: { text: '', ...before }, owner },
    };
    const seal = (field: string, value: Uint8Array) => sealValue(`${key} ${field}`, value);
    const about = ['r', seal('r', json(beginning)), 'w', seal('w', row.working_set)];
    const entries = events.map(({ sequence, body }, at) => [
      ...['e', sealValue(eventPlace(id, sequence), body)],
      ...(at === 0 ? about : []),
      ...(isEnded && at === events.length - 1 ? ['o', seal('o', outcome), 'n', randomUUID()] : []),
    ]);
    await this.erase([id]);
    for (let first = 0; first < entries.length; first += EVENTS_A_WRITE) {
      const some = entries.slice(first, first + EVENTS_A_WRITE);
      await this.#append(id, { first, entries: some, stayMs: UNLISTED_MS, isOnReserve: false });
    }
  }

  async #bodies(
    id: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<MovedEvent[]> {
    if (limit <= 0) return [];
    const key = generationKey(id);
    const [found] = await this.#redis.read([command('XRANGE', key, `0-${after + 2}`, '+', 'COUNT', limit)]);
    const events = entriesOf(found as Reply).map(([sequence, entry], at) => {
      if (sequence !== after + 1 + at) throw damagedValue(`${key} event ${after + 1 + at}`, 'it is missing');
      return { sequence, body: openValue(eventPlace(id, sequence), entry.get('e') ?? Buffer.alloc(0)) };
    });
    if (events.length < limit) throw damagedValue(`${key} event ${after + 1 + events.length}`, 'it is missing');
    return events;
  }

  /** How many there were. */
  async erase(ids: readonly string[]): Promise<number> {
    const replies = await this.#redis.write(ids.map((id) => command('UNLINK', generationKey(id))));
    return replies.reduce<number>((sum, gone) => sum + Number(gone), 0);
  }

  async #append(
    id: string,
    {
      first,
      entries,
      stayMs,
      isOnReserve,
    }: {
      readonly first: number;
      readonly entries: readonly (readonly Argument[])[];
      readonly stayMs: number;
      readonly isOnReserve: boolean;
    },
  ): Promise<boolean> {
    const args = [first, stayMs, isOnReserve ? 1 : 0, ...entries.flatMap((words) => [words.length, ...words])];
    const run = scriptCommand(APPEND, { keys: [generationKey(id)], args, isIdempotent: true });
    return (await this.#redis.write([run]))[0] === 1;
  }
}

function eventWords(id: string, event: TokenEvent): Argument[] {
  return ['e', sealValue(eventPlace(id, event.sequence), encodeTokenEvent(event))];
}

function kept(id: string, [first, last, length]: readonly Reply[]): KeptGeneration | null {
  const key = generationKey(id);
  const [begun] = entriesOf(first as Reply);
  const [end] = entriesOf(last as Reply);
  if (begun === undefined || end === undefined) return null;
  const [sequence, entry] = end;
  if (begun[0] !== 0 || Number(length) !== sequence + 1) throw damagedValue(`${key} events`, 'some are missing');
  const { owner, ...beginning } = opened(key, 'r', begun[1], (bytes) => JSON.parse(bytes.toString()) as Beginning);
  const workingSet = opened(key, 'w', begun[1], decodeWorkingSet);
  const { type } = eventOf(id, sequence, entry);
  const isEnded = type === 'completed' || type === 'failed' || type === 'cancelled';
  const outcome = isEnded
    ? opened(key, 'o', entry, (bytes) => JSON.parse(bytes.toString()) as KeptOutcome)
    : { ...beginning.outcome, text: null };
  const status = isEnded ? type : 'running';
  const record = { ...beginning, status, workingSet, outcome: { ...outcome, text: outcome.text ?? '' } } as const;
  return { record, isTextInEvents: outcome.text === null, owner, sequence };
}

function eventOf(id: string, sequence: number, entry: Entry): TokenEvent {
  const event = opened(eventPlace(id, sequence), null, entry, decodeTokenEvent);
  if (event.sequence !== sequence || isTerminal(event) !== entry.has('o')) {
    throw damagedValue(eventPlace(id, sequence), 'it is not what it was');
  }
  return event;
}

/** @param field within the place; null for the event that has the place of its own */
function opened<Result>(key: string, field: string | null, entry: Entry, decode: (bytes: Buffer) => Result): Result {
  const place = field === null ? key : `${key} ${field}`;
  const bytes = openValue(place, entry.get(field ?? 'e') ?? Buffer.alloc(0));
  try {
    return decode(bytes);
  } catch (error) {
    throw damagedValue(place, (error as Error).message);
  }
}

function eventPlace(id: string, sequence: number): string {
  return `${generationKey(id)} event ${sequence}`;
}

/** Sequence and fields of each entry. */
function entriesOf(reply: Reply): (readonly [number, Entry])[] {
  return (reply as readonly (readonly [Buffer, readonly Buffer[]])[]).map(([id, words]) => {
    const entry = new Map<string, Buffer>();
    for (let at = 0; at + 1 < words.length; at += 2) entry.set(String(words[at]), words[at + 1] as Buffer);
    return [Number(String(id).slice(2)) - 1, entry];
  });
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
