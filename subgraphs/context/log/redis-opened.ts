import { ContractError } from '@supercontext/contract';
import { command } from '@supercontext/runtime/redis/command.ts';
import { keySlot, SLOTS } from '@supercontext/runtime/redis/key-slot.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { tagsInOrder } from '@supercontext/runtime/redis/spread-tags.ts';
import { sessionKey } from './redis-session.ts';

/** Sessions remembered as noted; forgetting one costs another note. */
const MAXIMUM_REMEMBERED = 10_000;
const IDS_A_SCAN = 1_000;

/** SETs of ids, in the order of their slots. */
const KEYS: readonly string[] = tagsInOrder('opened').map((tag) => `m:${tag}`);

/**
 * Which sessions have a log, kept half of all slots away from it: on another master, unless one has more than half of them. So a log
 * that went with its master is not taken for a session that never was. A session is noted once its log is there and before that
 * is acknowledged, and is no more before its log is erased: what is noted and has no log has lost it.
 */
export class OpenedSessions {
  readonly #redis: RedisClient;
  readonly #noted = new Set<string>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** For a session whose log was seen. Durable when it returns. @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE */
  async note(id: string): Promise<void> {
    if (this.#noted.has(id)) return;
    const isNew = (await this.#redis.writeOne('SADD', keyOf(id), id)) === 1;
    // Erased meanwhile, it may have been noted behind the erasure's back.
    if (isNew && !(await this.#haveLogs([id]))[0]) await this.#redis.writeOne('SREM', keyOf(id), id);
    else this.#remember(id);
  }

  /** Those that are not noted, whatever is remembered. */
  async lackingOf(ids: readonly string[]): Promise<string[]> {
    const noted = new Set(await this.#areNoted(ids));
    const lacking = ids.filter((id) => !noted.has(id));
    for (const id of lacking) this.#noted.delete(id);
    return lacking;
  }

  /** The ids of all that are noted, some of them perhaps twice. */
  async ids(): Promise<string[]> {
    const ids: string[] = [];
    for (const key of KEYS) {
      for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
        const reply = await this.#redis.readOne('SSCAN', key, cursor, 'COUNT', IDS_A_SCAN);
        const [next, found] = reply as unknown as readonly [Buffer, readonly Buffer[]];
        cursor = String(next);
        ids.push(...found.map(String));
      }
    }
    return ids;
  }

  /** Before the log goes, and once more behind it. True when it was noted. */
  async forget(id: string): Promise<boolean> {
    this.#noted.delete(id);
    return (await this.#redis.writeOne('SREM', keyOf(id), id)) === 1;
  }

  /** Those of sessions seen without a log that have lost it. One more read where none of them was ever opened. */
  async lostOf(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const noted = await this.#areNoted(ids);
    if (noted.length === 0) return new Set();
    // Opened or erased at this moment, they are not lost.
    const haveLogs = await this.#haveLogs(noted);
    return new Set(await this.#areNoted(noted.filter((_, at) => !haveLogs[at])));
  }

  /** @throws ContractError STORAGE_CORRUPT when a session that was seen without a log has lost it */
  async checkNotLost(id: string): Promise<void> {
    if ((await this.lostOf([id])).has(id)) throw logLost(id);
  }

  async #areNoted(ids: readonly string[]): Promise<string[]> {
    const replies = await this.#redis.read(ids.map((id) => command('SISMEMBER', keyOf(id), id)));
    return ids.filter((_, at) => replies[at] === 1);
  }

  async #haveLogs(ids: readonly string[]): Promise<boolean[]> {
    const replies = await this.#redis.read(ids.map((id) => command('EXISTS', sessionKey(id))));
    return replies.map((reply) => reply === 1);
  }

  #remember(id: string): void {
    if (this.#noted.size >= MAXIMUM_REMEMBERED) this.#noted.clear();
    this.#noted.add(id);
  }
}

/** What is to be thrown for a session that was opened, was not erased, and has no log. */
export function logLost(id: string): ContractError {
  const message = `session ${id}: its log is lost, as when a node of Redis lost its keys: restore from a backup, or erase it`;
  return new ContractError('STORAGE_CORRUPT', message, { row: `session ${id}` });
}

function keyOf(id: string): string {
  const opposite = (keySlot(sessionKey(id)) + SLOTS / 2) % SLOTS;
  return KEYS[Math.floor((opposite * KEYS.length) / SLOTS)] as string;
}
