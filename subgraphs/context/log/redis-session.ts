import { createHash } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import { damagedValue, openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { type RedisCommand, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { Reply } from '@supercontext/runtime/redis/node-connection.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { SessionRow } from './schema.ts';

/**
 * All there is of a session stands in one hash, so that it is one thing to its node: changed at once, moved at once to another
 * master, removed at once. Its fields, by their first letters:
 *
 *     head      what the log knows without reading further, below
 *     e<n>      entries, ENTRIES_A_FIELD of them, each a record with its own checksum
 *     k<n>      a byte for each of MARKS_A_FIELD entries: which selections it belongs to
 *     f<at>     facts of the entry at that position and those behind it that name it
 *     t<n> a<n> a turn, and the entries of its answers
 *     r<key>    the receipt of a commit
 *     d<path>   the parts of a document
 *     w         which positions are withdrawn
 *     o         the name of the key by which it was opened
 *
 * Beside it, in the same slot, its documents' paths in order.
 */
export const ENTRIES_A_FIELD = 128;
export const MARKS_A_FIELD = 4_096;

export interface SessionHead {
  readonly session: SessionRow;
  /** Of the log, in hex. */
  readonly digest: string;
  /** CRC-32 of all marks. */
  readonly marks: number;
  /** How many fields the hash has: none is missing unseen. */
  readonly fields: number;
  /** How many documents are in effect. */
  readonly paths: number;
}

/** A session as it was at one moment. */
export interface ReadSession extends SessionHead {
  /** As it stands there: what is compared before a change. */
  readonly sealedHead: Buffer;
  /** The fields that were asked for, null for those that there are not. */
  readonly values: readonly (Buffer | null)[];
}

export function sessionKey(id: string): string {
  return `v:{${id}}`;
}

export function pathsKey(id: string): string {
  return `p:{${id}}`;
}

/** Where a session is that is taken in, until all of it has come. */
export function stagingKey(id: string): string {
  return `i:{${id}}`;
}

/** The field that names the key by which a session was opened: it goes with it, whatever else can be read. */
export const OPENING = 'o';

/** By its hash: a key may be any text, and long. */
export function keyOfOpening(key: string): string {
  return `o:{${createHash('sha256').update(key).digest('hex').slice(0, 32)}}`;
}

const READ = script(`
  local found = {}
  for at = 1, #ARGV do found[at] = redis.call('HGET', KEYS[1], ARGV[at]) end
  return {redis.call('HLEN', KEYS[1]), redis.call('HGET', KEYS[1], 'head'), found}`);

// Twice over its operations: nothing is changed before all that it relies on is seen to hold.
const APPLY = script(`
  if (redis.call('HGET', KEYS[1], 'head') or '') ~= ARGV[1] then return 0 end
  for at = 2, #ARGV, 4 do
    if ARGV[at] == 'append' and redis.call('HSTRLEN', KEYS[1], ARGV[at + 1]) ~= tonumber(ARGV[at + 3]) then return ARGV[at + 1] end
  end
  for at = 2, #ARGV, 4 do
    local what, name, value = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    if what == 'set' then redis.call('HSET', KEYS[1], name, value)
    elseif what == 'append' then redis.call('HSET', KEYS[1], name, (redis.call('HGET', KEYS[1], name) or '') .. value)
    elseif what == 'drop' then redis.call('HDEL', KEYS[1], name)
    elseif what == 'list' then redis.call('ZADD', KEYS[2], 0, name)
    elseif what == 'unlist' then redis.call('ZREM', KEYS[2], name) end
  end
  return 1`);

/** Reads fields of a session, all at one moment. */
export function readCommand(id: string, fields: readonly string[]): RedisCommand {
  return scriptCommand(READ, { keys: [sessionKey(id)], args: fields, isIdempotent: true });
}

/**
 * What `readCommand`s come to, of any number of sessions. A master that another has taken the place of, and that does not know yet, lacks
 * what is new: that a session is not there is believed of one that replicas follow.
 */
export async function readReplies(redis: RedisClient, commands: readonly RedisCommand[]): Promise<readonly Reply[]> {
  const replies = await redis.read(commands);
  const missing = commands.filter((_, at) => isNone(replies[at] ?? null));
  if (missing.length === 0) return replies;
  const again = await redis.write(missing);
  return replies.map((reply) => (isNone(reply) ? (again.shift() ?? null) : reply));
}

function isNone(reply: Reply): boolean {
  return Array.isArray(reply) && reply[0] === 0;
}

/**
 * What a `readCommand` came to; null when there is no such session.
 * @throws ContractError STORAGE_CORRUPT for a head that is damaged, and when a field of the session is missing
 */
export function readSession(id: string, reply: Reply): ReadSession | null {
  const [fields, sealedHead, values] = reply as readonly [number, Buffer | null, readonly (Buffer | null)[]];
  if (fields === 0) return null;
  if (sealedHead === null) throw damagedValue(`session ${id}`, 'its head is missing');
  const head = openJson<SessionHead>(placeOf(id, 'head'), sealedHead);
  if (fields !== head.fields) throw damagedValue(`session ${id}`, `there are ${fields} of its ${head.fields} fields`);
  return { ...head, sealedHead, values };
}

/** Where a value stands, as its checksum covers it and its faults name it. */
export function placeOf(id: string, field: string): string {
  return `session ${id} ${field}`;
}

export function sealJson(place: string, value: unknown): Buffer {
  return sealValue(place, Buffer.from(JSON.stringify(value)));
}

/** @throws ContractError STORAGE_CORRUPT */
export function openJson<Value>(place: string, sealed: Buffer): Value {
  return JSON.parse(openValue(place, sealed).toString()) as Value;
}

/** @throws ContractError STORAGE_CORRUPT */
export function withdrawnOf({ session }: SessionHead, sealed: Buffer | null): Withdrawn {
  if (session.withdrawn_fragments === null) return Withdrawn.NONE;
  const place = placeOf(session.id, 'w');
  if (sealed === null) throw damagedValue(place, 'it is missing');
  const withdrawn = Withdrawn.decode(openValue(place, sealed));
  if (withdrawn.count !== session.withdrawn_fragments) throw damagedValue(place, 'its session counts others');
  return withdrawn;
}

/** What is done to a session at once, or not at all; counts the fields it leaves. */
export class SessionEdit {
  readonly #id: string;
  readonly #operations: (string | number | Buffer)[] = [];
  #fields: number;
  #isOfPaths = false;

  /** @param fields how many there are before it */
  constructor(id: string, fields: number) {
    this.#id = id;
    this.#fields = fields;
  }

  set(field: string, value: Buffer, { isNew }: { readonly isNew: boolean }): void {
    this.#operations.push('set', field, value, 0);
    if (isNew) this.#fields += 1;
  }

  setJson(field: string, value: unknown, how: { readonly isNew: boolean }): void {
    this.set(field, sealJson(placeOf(this.#id, field), value), how);
  }

  /** @param lengthBytes of what is there before it */
  append(field: string, value: Buffer, lengthBytes: number): void {
    this.#operations.push('append', field, value, lengthBytes);
    if (lengthBytes === 0) this.#fields += 1;
  }

  drop(field: string): void {
    this.#operations.push('drop', field, '', 0);
    this.#fields -= 1;
  }

  /** Among the paths of documents, or no more among them. */
  list(path: string, isListed: boolean): void {
    this.#isOfPaths = true;
    this.#operations.push(isListed ? 'list' : 'unlist', path, '', 0);
  }

  /**
   * Does it all, with a new head, if the session still has the head it was read with.
   * @param before null for a session that there is not
   * @param head with what else to write at the same time, of whatever slot and whether or not the session is changed
   * @returns false when it has another head by now: then nothing was done
   * @throws ContractError STORAGE_CORRUPT, STORAGE_FULL, STORAGE_UNAVAILABLE: then it may have been done
   */
  async apply(
    redis: RedisClient,
    before: Buffer | null,
    {
      session,
      digest,
      marks,
      paths,
      beside = [],
    }: Omit<SessionHead, 'fields'> & { readonly beside?: readonly RedisCommand[] },
  ): Promise<boolean> {
    const fields = this.#fields + (before === null ? 1 : 0);
    this.setJson('head', { session, digest, marks, fields, paths }, { isNew: false });
    // The paths are named only where they are changed: while the slot moves, a script over two keys has to wait for both.
    const keys = [sessionKey(this.#id), ...(this.#isOfPaths ? [pathsKey(this.#id)] : [])] as [string, ...string[]];
    // Run again, it finds another head and does nothing.
    const command = scriptCommand(APPLY, { keys, args: [before ?? '', ...this.#operations], isIdempotent: true });
    const [reply] = await redis.write([command, ...beside]);
    if (Buffer.isBuffer(reply)) throw damagedValue(placeOf(this.#id, reply.toString()), 'it is not as long as it was');
    return reply === 1;
  }
}

/** What a caller gets whose session others keep changing. */
export function contended(id: string): ContractError {
  return new ContractError('STORAGE_UNAVAILABLE', `others keep writing to session ${id} at the same moment`);
}

/** What `work` returns, or the ContractError that it throws. */
export function faultOr<Result>(work: () => Result): Result | ContractError {
  try {
    return work();
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  }
}
