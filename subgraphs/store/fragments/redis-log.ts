import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { damagedValue, openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, type RedisCommand, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { Reply } from '@supercontext/runtime/redis/node-connection.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { KnownLog, LogChange, LogEntry } from './fragment-store.ts';
import { hexOf, knownLog, nothingKnown } from './log-rules.ts';
import { evenWhenFull, LIST_KEYS, listKey, logKey } from './redis-keys.ts';
import { changeLog, chunksLookedAt, type NextLog, type SeenLog } from './redis-log-change.ts';
import {
  type Chunk,
  chunkOf,
  decodeChunk,
  decodeHead,
  decodeWaiting,
  encodeChunk,
  encodeHead,
  encodeWaiting,
  endWithin,
  type LogHead,
  NO_HEAD,
} from './redis-log-records.ts';

/** Fields of the hash of a session beside its full stretches, which have numbers. */
const HEAD = 'head';
const WAITING = 'waiting';
const WITHDRAWN = 'withdrawn';

/**
 * Changes a hash if its head is still what it was. What is told of a log is small, and of fragments for which there was room:
 * it is taken when there is none any more, too.
 *
 * ARGV: the head as it was, empty for none; how many fields to drop; these; fields and their values
 */
const CHANGE = script(`#!lua flags=allow-oom
if (redis.call('HGET', KEYS[1], '${HEAD}') or '') ~= ARGV[1] then return 0 end
local first = 3 + tonumber(ARGV[2])
for at = 3, first - 1 do redis.call('HDEL', KEYS[1], ARGV[at]) end
for at = first, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1`);

/** Others may change a log at the same time; somebody gets on at each try. */
const MAXIMUM_TRIES = 50;
const PAUSE_MS = 20;
/** Entries read at once. */
const ENTRIES_A_READ = 4_096;
/** Sessions remembered to be listed. */
const MAXIMUM_REMEMBERED = 10_000;
/** Sessions whose heads are remembered, a kilobyte and a half each. */
const MAXIMUM_HEADS = 1_000;

/** A head as it lies, and what it says. */
interface FoundHead {
  readonly sealed: Buffer | null;
  readonly head: LogHead | null;
}

/**
 * The copies of logs: one hash for each session, of checked values. Its head has all that an append must know: the end, and the
 * entries since the last full stretch; full stretches never change. A change is computed here, by the rules that every store
 * shares, and written if nobody has changed the head meanwhile. The lists of sessions are hints: a session is listed before it is
 * written, and again by every process that writes it; whoever lists looks at the sessions themselves.
 *
 * Who appends to a log that it was the last to write needs not read it: the head is as it was left, or the write is not done.
 */
export class RedisLog {
  readonly #redis: RedisClient;
  /** Sessions this process has put on the list. */
  readonly #listed = new Set<string>();
  /** As this process left them, sealed; the one used last is the last. */
  readonly #heads = new Map<string, Buffer>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async replicate(sessionId: string, entries: readonly LogEntry[], change: LogChange = {}): Promise<KnownLog> {
    for (let tries = 0; tries < MAXIMUM_TRIES; tries++) {
      const remembered = this.#remembered(sessionId, entries, change);
      const { seen, sealed } = remembered ?? (await this.#see(sessionId, entries, change));
      const { known, next } = changeLog(seen, entries, change);
      if (next === null) return known;
      await this.#list(sessionId);
      if (await this.#write(sessionId, { sealed, next, withdrawn: change.withdrawn })) return known;
      if (remembered === null) await sleep(Math.random() * PAUSE_MS);
    }
    throw new ContractError('STORAGE_UNAVAILABLE', `Redis, ${logKey(sessionId)}: too many change it at once`);
  }

  async known(sessionId: string): Promise<KnownLog> {
    const [head] = await this.#fields(sessionId, [HEAD]);
    return knownOf(sessionId, openHead(sessionId, head).head);
  }

  async withdrawn(sessionId: string): Promise<Withdrawn> {
    const [sealed, value] = await this.#fields(sessionId, [HEAD, WITHDRAWN]);
    const { head } = openHead(sessionId, sealed);
    const withdrawn =
      value == null ? Withdrawn.NONE : opened(placeOf(sessionId, WITHDRAWN), value, (bytes) => Withdrawn.decode(bytes));
    if (withdrawn.digest === (head?.withdrawnDigest ?? '')) return withdrawn;
    throw damagedValue(placeOf(sessionId, WITHDRAWN), 'it is missing, or of another log');
  }

  async digest(sessionId: string, through: number): Promise<string | null> {
    const { head, chunk } = await this.#stretches(sessionId, through < 0 ? [] : [chunkOf(through)]);
    if (through > (head ?? NO_HEAD).end.through) return null;
    return hexOf(endWithin(through < 0 ? NO_HEAD.tail : chunk(chunkOf(through)), through).digest);
  }

  async entries(sessionId: string, from: number, first: number): Promise<LogEntry[]> {
    const found: LogEntry[] = [];
    const last = from + first - 1;
    for (let next = Math.max(0, from); next <= last; ) {
      const through = Math.min(last, next + ENTRIES_A_READ - 1);
      const page = await this.#within(sessionId, next, through);
      for (const entry of page) found.push(entry);
      if (page.length < through - next + 1) break;
      next = through + 1;
    }
    return found;
  }

  async entriesAt(sessionId: string, positions: readonly number[]): Promise<LogEntry[]> {
    const asked = [...new Set(positions)].filter((position) => position >= 0).sort((one, other) => one - other);
    const { head, chunk } = await this.#stretches(sessionId, [...new Set(asked.map(chunkOf))]);
    const { through } = (head ?? NO_HEAD).end;
    return asked
      .filter((position) => position <= through)
      .map((position) => {
        const { before, entries } = chunk(chunkOf(position));
        return entries[position - before.through - 1] as LogEntry;
      });
  }

  /** Leaves out those whose own head is damaged: those after them are not to wait for a repair; asked for, they are named. */
  async sessions(first: number, after: string | null): Promise<KnownLog[]> {
    const found: KnownLog[] = [];
    for (let cursor = after; found.length < first; ) {
      const from = cursor === null ? '-' : `(${cursor}`;
      const lists = await this.#redis.read(
        LIST_KEYS.map((key) => command('ZRANGEBYLEX', key, from, '+', 'LIMIT', 0, first)),
      );
      const ids = lists.flatMap((list) => (list as readonly Buffer[]).map(String));
      const page = ids.sort().slice(0, first);
      if (page.length === 0) break;
      const heads = await this.#redis.read(page.map((id) => command('HGET', logKey(id), HEAD)));
      for (const [at, id] of page.entries()) {
        const known = knownIfWhole(id, heads[at] as Buffer | null);
        if (known !== null && known.knownThrough >= 0 && found.length < first) found.push(known);
      }
      cursor = page.at(-1) as string;
    }
    return found;
  }

  /** Leaves nothing of a session. */
  async erase(sessionId: string): Promise<void> {
    await this.#redis.write([command('UNLINK', logKey(sessionId))]);
    this.#listed.delete(sessionId);
    this.#heads.delete(sessionId);
    await this.#redis.write([command('ZREM', listKey(sessionId), sessionId)]);
  }

  /** The same without asking, for entries behind the end of what this process has left; taken out until it is written again. */
  #remembered(
    sessionId: string,
    entries: readonly LogEntry[],
    { replaces }: LogChange,
  ): { readonly seen: SeenLog; readonly sealed: Buffer } | null {
    const sealed = this.#heads.get(sessionId);
    if (sealed === undefined) return null;
    this.#heads.delete(sessionId);
    const { head } = openHead(sessionId, sealed);
    const [first] = entries;
    if (head === null || first === undefined || first.position <= head.end.through || replaces !== undefined)
      return null;
    const chunk = () => {
      throw new RangeError('what lies behind the end is in no full stretch');
    };
    return { seen: { sessionId, head, waiting: [], chunk }, sealed };
  }

  /** What a change must know, as it is at one moment. */
  async #see(
    sessionId: string,
    entries: readonly LogEntry[],
    change: LogChange,
  ): Promise<{ readonly seen: SeenLog; readonly sealed: Buffer | null }> {
    const numbers = chunksLookedAt(entries, change);
    const [first, waiting, ...chunks] = await this.#fields(sessionId, [HEAD, WAITING, ...numbers.map(String)]);
    const { head, sealed } = openHead(sessionId, first);
    const seen: SeenLog = {
      sessionId,
      head,
      waiting: head?.isWaiting ? opened(placeOf(sessionId, WAITING), waiting ?? null, decodeWaiting) : [],
      chunk: (number) => openChunk(sessionId, number, chunks[numbers.indexOf(number)]),
    };
    return { seen, sealed };
  }

  async #write(
    sessionId: string,
    about: { readonly sealed: Buffer | null; readonly next: NextLog; readonly withdrawn: Withdrawn | undefined },
  ): Promise<boolean> {
    const { sealed, next, withdrawn } = about;
    const { head, full, waiting, dropped } = next;
    const drop = dropped.map(String);
    const set: (string | Buffer)[] = [];
    const keep = (field: string, value: Uint8Array) => set.push(field, sealValue(placeOf(sessionId, field), value));
    if (head.isWaiting) keep(WAITING, encodeWaiting(waiting));
    else drop.push(WAITING);
    if (withdrawn !== undefined && withdrawn.digest !== '') keep(WITHDRAWN, withdrawn.encode());
    else if (withdrawn !== undefined) drop.push(WITHDRAWN);
    for (const [number, chunk] of full) keep(String(number), encodeChunk(chunk));
    const sealedHead = sealValue(placeOf(sessionId, HEAD), encodeHead(head));
    set.push(HEAD, sealedHead);
    const args = [sealed ?? '', drop.length, ...drop, ...set];
    // Run twice it finds another head, and changes nothing.
    const change = scriptCommand(CHANGE, { keys: [logKey(sessionId)], args, isIdempotent: true });
    if ((await this.#redis.write([change]))[0] !== 1) return false;
    // What waits beyond a gap stands beside the head.
    if (!head.isWaiting) this.#remember(sessionId, sealedHead);
    return true;
  }

  #remember(sessionId: string, sealedHead: Buffer): void {
    const [oldest] = this.#heads.keys();
    if (this.#heads.size >= MAXIMUM_HEADS && oldest !== undefined) this.#heads.delete(oldest);
    this.#heads.set(sessionId, sealedHead);
  }

  async #list(sessionId: string): Promise<void> {
    if (this.#listed.has(sessionId)) return;
    await this.#redis.write([evenWhenFull('ZADD', listKey(sessionId), 0, sessionId)]);
    if (this.#listed.size >= MAXIMUM_REMEMBERED) this.#listed.clear();
    this.#listed.add(sessionId);
  }

  async #within(sessionId: string, from: number, through: number): Promise<LogEntry[]> {
    const [first, last] = [chunkOf(from), chunkOf(through)];
    const numbers = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const { head, chunk } = await this.#stretches(sessionId, numbers);
    const end = Math.min(through, (head ?? NO_HEAD).end.through);
    const listed: LogEntry[] = [];
    for (const number of numbers) {
      if (number > chunkOf(end) || end < from) break;
      for (const entry of chunk(number).entries) {
        if (entry.position >= from && entry.position <= end) listed.push(entry);
      }
    }
    return listed;
  }

  /** The head, and the stretches with these numbers, at one moment. */
  async #stretches(
    sessionId: string,
    numbers: readonly number[],
  ): Promise<{ readonly head: LogHead | null; readonly chunk: (number: number) => Chunk }> {
    const [first, ...chunks] = await this.#fields(sessionId, [HEAD, ...numbers.map(String)]);
    const { head } = openHead(sessionId, first);
    const { tail } = head ?? NO_HEAD;
    const places = new Map(numbers.map((number, at) => [number, at]));
    const opening = new Map<number, Chunk>([[chunkOf(tail.before.through + 1), tail]]);
    const chunk = (number: number): Chunk => {
      const found = opening.get(number) ?? openChunk(sessionId, number, chunks[places.get(number) as number]);
      opening.set(number, found);
      return found;
    };
    return { head, chunk };
  }

  async #fields(sessionId: string, fields: readonly string[]): Promise<readonly (Buffer | null)[]> {
    const [values] = await this.#redis.read([hashFields(logKey(sessionId), fields)]);
    return values as readonly Reply[] as readonly (Buffer | null)[];
  }
}

function hashFields(key: string, fields: readonly string[]): RedisCommand {
  return command('HMGET', key, ...fields);
}

function placeOf(sessionId: string, field: string): string {
  return `${logKey(sessionId)} ${field}`;
}

function openHead(sessionId: string, sealed: Buffer | null | undefined): FoundHead {
  if (sealed == null) return { sealed: null, head: null };
  return { sealed, head: opened(placeOf(sessionId, HEAD), sealed, decodeHead) };
}

function openChunk(sessionId: string, number: number, sealed: Buffer | null | undefined): Chunk {
  return opened(placeOf(sessionId, String(number)), sealed ?? null, decodeChunk);
}

/** @throws ContractError STORAGE_CORRUPT naming the place, for what is missing there, too */
function opened<Value>(place: string, sealed: Buffer | null, decode: (bytes: Buffer) => Value): Value {
  if (sealed === null) throw damagedValue(place, 'it is missing');
  const bytes = openValue(place, sealed);
  try {
    return decode(bytes);
  } catch {
    throw damagedValue(place, 'it is of another form');
  }
}

function knownOf(sessionId: string, head: LogHead | null): KnownLog {
  return head === null ? nothingKnown(sessionId) : knownLog(sessionId, head.end, head.withdrawnDigest);
}

function knownIfWhole(sessionId: string, sealed: Buffer | null): KnownLog | null {
  try {
    return knownOf(sessionId, openHead(sessionId, sealed).head);
  } catch (error) {
    if (error instanceof ContractError && error.code === 'STORAGE_CORRUPT') return null;
    throw error;
  }
}
