import { crc32 } from 'node:zlib';
import { type RedisCommand, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import type { Argument } from '@supercontext/runtime/redis/node-connection.ts';
import { script } from '@supercontext/runtime/redis/script.ts';
import { PARTS, spreadTag } from '@supercontext/runtime/redis/spread-tags.ts';
import type { FragmentHash, FragmentName } from '../fragment-id.ts';

/** Parts a session's fragments are spread over, whichever masters have them. */
export const ALL_PARTS: readonly number[] = Array.from({ length: PARTS }, (_, part) => part);

/** Parts of the list of all sessions. */
const LISTS = 16;
const DIGITS_OF_PART = 2;

/** STRING, immutable: a fragment of a session. */
export function fragmentKey({ sessionId, hash }: FragmentName): string {
  return `f:${spreadTag(sessionId, partOf(hash))}:${hash}`;
}

/** What decides the slot of a key. */
export function tagOf(key: string): string {
  return key.slice(key.indexOf('{'), key.indexOf('}'));
}

/** SET: the hashes, as bytes, of what a session has put in a part, so that an erasure reaches what no log lists. */
export function putsKey(sessionId: string, part: number): string {
  return `n:${spreadTag(sessionId, part)}`;
}

/** HASH: the copy of a session's log, all of it in one key, so that it changes as a whole. */
export function logKey(sessionId: string): string {
  return `a:{${sessionId}}`;
}

/** ZSET: the sessions whose logs may be known, in order of id. */
export function listKey(sessionId: string): string {
  return LIST_KEYS[crc32(sessionId) % LISTS] as string;
}

export const LIST_KEYS: readonly string[] = Array.from({ length: LISTS }, (_, at) => `k:{known.${at}}`);

/** SET: the sessions whose erasure was begun and has not ended. */
export const ERASING_KEY = 'k:{erasing}';

export function partOf(hash: FragmentHash): number {
  return Number.parseInt(hash.slice(0, DIGITS_OF_PART), 16) % PARTS;
}

const ANYHOW = script('#!lua flags=allow-oom\nreturn redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))');

/** A command that may be done twice, and is done also when there is no memory left: for a few bytes that others depend on. */
export function evenWhenFull(name: string, key: string, ...rest: readonly Argument[]): RedisCommand {
  return scriptCommand(ANYHOW, { keys: [key], args: [name, ...rest], isIdempotent: true });
}
