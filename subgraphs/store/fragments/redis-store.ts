import { ContractError, type Fragment } from '@supercontext/contract';
import { isDamagedValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { FragmentHash, FragmentName } from '../fragment-id.ts';
import type {
  ErasedFragments,
  FragmentItem,
  FragmentRead,
  FragmentStore,
  KnownLog,
  LogChange,
  LogEntry,
  OnDamagedFragment,
} from './fragment-store.ts';
import { RedisFragments } from './redis-fragments.ts';
import { ERASING_KEY, evenWhenFull, fragmentKey, logKey } from './redis-keys.ts';
import { RedisLog } from './redis-log.ts';
import { exportFragments, importFragments } from './session-fragments.ts';

/** Entries of a log whose fragments are weighed at once. */
const ENTRIES_A_STEP = 4_096;

const NOTHING_ERASED: ErasedFragments = { fragments: 0, shared: 0, waiting: 0, sizeBytes: 0 };

/**
 * Fragments and the copies of logs in Redis. Each session has its own fragments, so that what is erased with it is no other's: a
 * second session that puts the same content writes it again.
 * @param options.redis opened with the same tenant key; whoever opened it closes it
 * @param options.tenantKey Keys the hashes, so that who does not have it can neither make nor guess an id.
 */
export function redisFragmentStore(options: {
  readonly redis: RedisClient;
  readonly tenantKey: Buffer;
}): FragmentStore {
  return new RedisFragmentStore(options.redis, options.tenantKey);
}

class RedisFragmentStore implements FragmentStore {
  readonly #redis: RedisClient;
  readonly #fragments: RedisFragments;
  readonly #log: RedisLog;

  constructor(redis: RedisClient, tenantKey: Buffer) {
    this.#redis = redis;
    this.#fragments = new RedisFragments(redis, tenantKey);
    this.#log = new RedisLog(redis);
  }

  put(
    fragments: readonly Fragment[],
    sessionId: string,
  ): Promise<{ readonly hashes: readonly FragmentHash[]; readonly deduplicated: number }> {
    return this.#fragments.put(fragments, sessionId);
  }

  get(names: readonly FragmentName[]): Promise<readonly FragmentRead[]> {
    return this.#fragments.get(names);
  }

  replicate(sessionId: string, entries: readonly LogEntry[], change?: LogChange): Promise<KnownLog> {
    return this.#log.replicate(sessionId, entries, change);
  }

  withdrawn(sessionId: string): Promise<Withdrawn> {
    return this.#log.withdrawn(sessionId);
  }

  digest(sessionId: string, through: number): Promise<string | null> {
    return this.#log.digest(sessionId, through);
  }

  entries(sessionId: string, from: number, first: number): Promise<readonly LogEntry[]> {
    return this.#log.entries(sessionId, from, first);
  }

  entriesAt(sessionId: string, positions: readonly number[]): Promise<readonly LogEntry[]> {
    return this.#log.entriesAt(sessionId, positions);
  }

  known(sessionId: string): Promise<KnownLog> {
    return this.#log.known(sessionId);
  }

  sessions(first: number, after: string | null): Promise<readonly KnownLog[]> {
    return this.#log.sessions(first, after);
  }

  async sizeBytes(sessionId: string): Promise<number> {
    const weighed = new Set<FragmentHash>();
    let sizeBytes = 0;
    for (let from = 0; ; from += ENTRIES_A_STEP) {
      const entries = await this.#log.entries(sessionId, from, ENTRIES_A_STEP);
      const hashes = [...new Set(entries.map(({ hash }) => hash))].filter((hash) => !weighed.has(hash));
      for (const size of await this.#fragments.sizesOf(sessionId, hashes)) sizeBytes += size;
      for (const hash of hashes) weighed.add(hash);
      if (entries.length < ENTRIES_A_STEP) return sizeBytes;
    }
  }

  /** Noted before it begins, so that `sweep` finishes what was interrupted. The log goes first: what it lists is found no more. */
  async erase(sessionId: string): Promise<ErasedFragments> {
    await this.#redis.write([evenWhenFull('SADD', ERASING_KEY, sessionId)]);
    await this.#nameListed(sessionId);
    await this.#log.erase(sessionId);
    const erased = await this.#fragments.erase(sessionId);
    await this.#redis.write([command('SREM', ERASING_KEY, sessionId)]);
    return { ...NOTHING_ERASED, ...erased };
  }

  /** What the log lists goes with the session also where the names of what was put are gone. A log that is damaged tells what it can. */
  async #nameListed(sessionId: string): Promise<void> {
    try {
      for (let from = 0; ; from += ENTRIES_A_STEP) {
        const entries = await this.#log.entries(sessionId, from, ENTRIES_A_STEP);
        await this.#fragments.name(
          sessionId,
          entries.map(({ hash }) => hash),
        );
        if (entries.length < ENTRIES_A_STEP) return;
      }
    } catch (error) {
      if (!isDamagedValue(error)) throw error;
    }
  }

  async sweep(): Promise<ErasedFragments> {
    const begun = (await this.#redis.readOne('SMEMBERS', ERASING_KEY)) as readonly Buffer[];
    let [fragments, sizeBytes] = [0, 0];
    for (const sessionId of begun) {
      const erased = await this.erase(String(sessionId));
      fragments += erased.fragments;
      sizeBytes += erased.sizeBytes;
    }
    return { ...NOTHING_ERASED, fragments, sizeBytes };
  }

  exportSession(
    sessionId: string,
    listed: readonly FragmentHash[],
    onDamaged?: OnDamagedFragment,
  ): AsyncIterable<SealedPage<FragmentItem>> {
    return exportFragments({ log: this.#log, bodies: this.#fragments, onDamaged }, sessionId, listed);
  }

  importSession(sessionId: string, pages: AsyncIterable<SealedPage<FragmentItem>>): Promise<void> {
    return importFragments({ store: this.#log, bodies: this.#fragments }, sessionId, pages);
  }

  async backupTo(path: string): Promise<void> {
    throw new ContractError(
      'INPUT_INVALID',
      `the store keeps nothing in files that could be copied to ${path}: its state is in Redis, from which npm run backup exports it`,
      { argument: 'folder' },
    );
  }

  shardOf(sessionId: string, hash?: FragmentHash): string {
    const key = hash === undefined ? logKey(sessionId) : fragmentKey({ sessionId, hash });
    return this.#redis.masterOf(key) ?? 'none';
  }

  async close(): Promise<void> {}
}
