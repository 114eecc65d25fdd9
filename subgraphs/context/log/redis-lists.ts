import type { ContractError } from '@supercontext/contract';
import { command, type RedisCommand } from '@supercontext/runtime/redis/command.ts';
import { keySlot } from '@supercontext/runtime/redis/key-slot.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { SessionRow } from './schema.ts';
import type { SessionOrder, SessionPlace, SessionQuery } from './session-log.ts';

/** Part of the names of keys: never changed. */
const SHARDS = 16;
const PLACE_DIGITS = 16;
const ORDERS: readonly SessionOrder[] = ['creation', 'activity'];
/** Entries of the index that are looked at together. */
const LEAST_STEP = 32;
const MOST_STEP = 256;
const IDS_A_PAGE = 1_024;

/** Where the index says that a session stands. */
export interface IndexEntry extends SessionPlace {
  readonly id: string;
}

/** What the session itself says: its row, its fault, or null when there is none. */
export type LookUp<Listed> = (ids: readonly string[]) => Promise<(Listed | ContractError | null)[]>;

/** Tells the index when a session was used last. */
export function useOf({ id, row, last_activity_at_ms }: SessionRow): RedisCommand {
  return command('ZADD', keyOf('activity', id), 'GT', last_activity_at_ms ?? 0, memberOf(row, id));
}

/** One shard of the index, read step by step. */
interface Reader {
  readonly key: string;
  offset: number;
  read: IndexEntry[];
  isAtEnd: boolean;
}

/**
 * Which sessions there are, and in which order, over the whole cluster. A hint: the session is the truth. An entry is there before
 * its session, so that none is lost; one without a session, or of another place than its own, is passed over. When a session was used
 * last is told here beside its commit, before that is acknowledged: who repeats a commit that was not tells it again, and it never
 * goes back. A commit that somebody else was faster than has told it, too: the session was used at that moment all the same.
 */
export class SessionIndex {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Durable when it returns. */
  async add(id: string, { place, atMs }: SessionPlace): Promise<void> {
    const member = memberOf(place, id);
    await this.#redis.write([
      command('ZADD', keyOf('creation', id), place, member),
      command('ZADD', keyOf('activity', id), atMs, member),
    ]);
  }

  /** Those that some list lacks. */
  async lackingOf(rows: readonly SessionRow[]): Promise<SessionRow[]> {
    const scores = await this.#redis.read(
      rows.flatMap(({ row, id }) => ORDERS.map((order) => command('ZSCORE', keyOf(order, id), memberOf(row, id)))),
    );
    return rows.filter((_, at) => ORDERS.some((_order, place) => scores[ORDERS.length * at + place] === null));
  }

  /** Puts a session where it says that it stands. Durable when it returns. */
  async put(session: SessionRow): Promise<void> {
    const { row, id } = session;
    await this.#redis.write([command('ZADD', keyOf('creation', id), row, memberOf(row, id)), useOf(session)]);
  }

  async remove(id: string, place: number): Promise<void> {
    const member = memberOf(place, id);
    await this.#redis.write([
      command('ZREM', keyOf('creation', id), member),
      command('ZREM', keyOf('activity', id), member),
    ]);
  }

  /** Its places in the index, whatever the session says: of one whose head is damaged. */
  async placesOf(id: string): Promise<number[]> {
    const places: number[] = [];
    const key = keyOf('creation', id);
    for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
      const reply = await this.#redis.readOne('ZSCAN', key, cursor, 'MATCH', `* ${id}`, 'COUNT', 1_000);
      const [next, found] = reply as unknown as readonly [Buffer, readonly Buffer[]];
      cursor = String(next);
      places.push(...found.filter((_, at) => at % 2 === 0).map((member) => Number.parseInt(String(member), 10)));
    }
    return places;
  }

  /** The ids of all that it names, whether they are there or not, the newest first. */
  async ids(): Promise<string[]> {
    const ids: string[] = [];
    const query = { orderBy: 'creation', size: IDS_A_PAGE, fromEnd: false, before: null } as const;
    for (let after: SessionPlace | null = null; ; ) {
      const page: readonly { readonly entry: IndexEntry }[] = await this.list(
        { ...query, after },
        async (some) => [...some],
        () => true,
      );
      ids.push(...page.map(({ entry }) => entry.id));
      after = page.at(-1)?.entry ?? null;
      if (after === null) return ids;
    }
  }

  /** The greatest place of those that are listed; 0 when none is. */
  async lastPlace(): Promise<number> {
    const keys = Array.from({ length: SHARDS }, (_, shard) => shardKey('creation', shard));
    const last = await this.#redis.read(keys.map((key) => command('ZREVRANGE', key, 0, 0)));
    const members = last.flatMap((some) => (some as readonly Buffer[]).map(String));
    return Math.max(0, ...members.map((member) => Number.parseInt(member, 10)));
  }

  /**
   * Sessions in the order of a query, `isTaken` of them, with what each is: all shards are read in step, and as much of each as is
   * needed.
   */
  async list<Listed>(
    query: Pick<SessionQuery, 'orderBy' | 'size' | 'fromEnd' | 'after' | 'before'>,
    lookUp: LookUp<Listed>,
    isTaken: (found: Listed | ContractError, entry: IndexEntry) => boolean,
  ): Promise<{ readonly entry: IndexEntry; readonly found: Listed | ContractError }[]> {
    const readers = Array.from({ length: SHARDS }, (_, shard): Reader => {
      return { key: shardKey(query.orderBy, shard), offset: 0, read: [], isAtEnd: false };
    });
    const step = Math.min(MOST_STEP, Math.max(LEAST_STEP, query.size));
    const taken: { entry: IndexEntry; found: Listed | ContractError }[] = [];
    for (;;) {
      await this.#refill(readers, query, step);
      const entries = merged(readers, query, step);
      const found = await lookUp(entries.map(({ id }) => id));
      for (const [at, entry] of entries.entries()) {
        const one = found[at];
        if (one !== null && one !== undefined && isTaken(one, entry)) taken.push({ entry, found: one });
        if (taken.length === query.size) return query.fromEnd ? taken.reverse() : taken;
      }
      if (readers.every(({ isAtEnd, read }) => isAtEnd && read.length === 0)) break;
    }
    return query.fromEnd ? taken.reverse() : taken;
  }

  async #refill(readers: readonly Reader[], query: Parameters<SessionIndex['list']>[0], step: number): Promise<void> {
    const [newest, oldest] = boundsOf(query);
    const [name, ...bounds] = query.fromEnd
      ? (['ZRANGEBYSCORE', oldest, newest] as const)
      : (['ZREVRANGEBYSCORE', newest, oldest] as const);
    for (;;) {
      // All of a step may lie outside, at the moment of a bound: then it is the next one's turn.
      const empty = readers.filter(({ read, isAtEnd }) => read.length === 0 && !isAtEnd);
      if (empty.length === 0) return;
      const replies = await this.#redis.read(
        empty.map(({ key, offset }) => command(name, key, ...bounds, 'WITHSCORES', 'LIMIT', offset, step)),
      );
      for (const [at, reader] of empty.entries()) {
        const found = (replies[at] as readonly Buffer[]).map(String);
        const entries = found.flatMap((member, place) =>
          place % 2 === 0 ? [entryOf(query.orderBy, member, Number(found[place + 1]))] : [],
        );
        reader.offset += entries.length;
        reader.isAtEnd = entries.length < step;
        // Of one moment there may be several: which of them are within is told by their places.
        reader.read = entries.filter((entry) => isWithin(entry, query));
      }
    }
  }
}

/** The next entries in order, as far as all readers have been read. */
function merged(readers: readonly Reader[], { fromEnd }: { readonly fromEnd: boolean }, most: number): IndexEntry[] {
  const entries: IndexEntry[] = [];
  while (entries.length < most) {
    let next: Reader | null = null;
    for (const reader of readers) {
      const [first] = reader.read;
      if (first === undefined) {
        if (reader.isAtEnd) continue;
        return entries;
      }
      const best = next?.read[0];
      if (best === undefined || isBefore(first, best) === !fromEnd) next = reader;
    }
    if (next === null) return entries;
    entries.push(next.read.shift() as IndexEntry);
  }
  return entries;
}

/** Whether one stands before another when the newest come first. */
function isBefore(one: SessionPlace, other: SessionPlace): boolean {
  return one.atMs !== other.atMs ? one.atMs > other.atMs : one.place > other.place;
}

function isWithin(entry: SessionPlace, { after, before }: Pick<SessionQuery, 'after' | 'before'>): boolean {
  return (after === null || isBefore(after, entry)) && (before === null || isBefore(entry, before));
}

/** Scores of the newest and the oldest that may be listed. */
function boundsOf({
  orderBy,
  after,
  before,
}: Pick<SessionQuery, 'orderBy' | 'after' | 'before'>): readonly [string, string] {
  const score = (place: SessionPlace | null, none: string) => {
    if (place === null) return none;
    return String(orderBy === 'creation' ? place.place : place.atMs);
  };
  return [score(after, '+inf'), score(before, '-inf')];
}

function entryOf(order: SessionOrder, member: string, score: number): IndexEntry {
  const place = Number.parseInt(member, 10);
  // As the cursors of either order are: those of creation name no moment.
  return { id: member.slice(PLACE_DIGITS + 1), place, atMs: order === 'creation' ? 0 : score };
}

/** Sorts by place where scores are equal, as Redis sorts members. */
function memberOf(place: number, id: string): string {
  return `${String(place).padStart(PLACE_DIGITS, '0')} ${id}`;
}

function keyOf(order: SessionOrder, id: string): string {
  return shardKey(order, keySlot(id) % SHARDS);
}

function shardKey(order: SessionOrder, shard: number): string {
  return `l:{ix.${shard}}:${order}`;
}
