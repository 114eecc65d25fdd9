import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { pagesOfKeys } from '@supercontext/runtime/redis/some-keys.ts';
import type { SessionIndex } from './redis-lists.ts';
import type { OpenedSessions } from './redis-opened.ts';
import { faultOr, readCommand, readSession, sessionKey } from './redis-session.ts';
import type { SessionRow } from './schema.ts';

/** Between two looks through all keys, each of which takes the masters a second for a million of them. */
const PAUSE_MS = 5_000;
const MAXIMUM_REMEMBERED = 10_000;
const LOGS = sessionKey('*');
const ID_AT = LOGS.indexOf('*');
const BEHIND_ID = ID_AT + 1 - LOGS.length;

/** What a look through all keys came to. */
export interface Relisted {
  /** The ids of all sessions that have a log, whether it is whole or not. */
  readonly ids: readonly string[];
  /** How many of them stood in some list no more. */
  readonly relisted: number;
}

interface Parts {
  readonly index: SessionIndex;
  readonly opened: OpenedSessions;
}

/**
 * Puts sessions back into the lists of sessions, and among those that were opened, when a master lost its keys with the place where that
 * was noted: their logs lie elsewhere, and nobody would find them. All keys of all masters are looked through for logs.
 */
export class Relisting {
  readonly #redis: RedisClient;
  readonly #parts: Parts;
  readonly #report: (relisted: number) => void;
  /** Sessions whose log is lost, as was noticed before. */
  readonly #noticed = new Set<string>();
  #planned: NodeJS.Timeout | null = null;
  #endedAtMs = Number.NEGATIVE_INFINITY;

  /** @param report told how many sessions were put back in the background */
  constructor(redis: RedisClient, parts: Parts, report: (relisted: number) => void) {
    this.#redis = redis;
    this.#parts = parts;
    this.#report = report;
  }

  /** @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL; Error as a node answers */
  async run(): Promise<Relisted> {
    const ids = new Set<string>();
    let relisted = 0;
    for await (const keys of pagesOfKeys(this.#redis, LOGS)) {
      const some = keys.map((key) => key.slice(ID_AT, BEHIND_ID));
      for (const id of some) ids.add(id);
      relisted += await this.#relist(await this.#wholeOf(some));
    }
    return { ids: [...ids], relisted };
  }

  /** Where sessions have lost their log others are whose place in the lists went with it: once for each, it is looked for. */
  notice(lost: ReadonlySet<string>): void {
    if (lost.isSubsetOf(this.#noticed)) return;
    if (this.#noticed.size > MAXIMUM_REMEMBERED) this.#noticed.clear();
    for (const id of lost) this.#noticed.add(id);
    this.soon();
  }

  /** `run` in the background. What cannot be done now is done when it is noticed next. */
  soon(): void {
    const waitMs = Math.max(0, this.#endedAtMs + PAUSE_MS - performance.now());
    this.#planned ??= setTimeout(() => void this.#runPlanned(), waitMs).unref();
  }

  stop(): void {
    if (this.#planned !== null) clearTimeout(this.#planned);
  }

  async #runPlanned(): Promise<void> {
    try {
      const { relisted } = await this.run();
      if (relisted > 0) this.#report(relisted);
    } catch {
      this.#noticed.clear();
    }
    this.#endedAtMs = performance.now();
    this.#planned = null;
  }

  /** Those of which the place in the lists is known. */
  async #wholeOf(ids: readonly string[]): Promise<SessionRow[]> {
    const replies = await this.#redis.settle(
      ids.map((id) => readCommand(id, [])),
      { isWrite: false },
    );
    return ids.flatMap((id, at) => {
      const reply = replies[at];
      if (reply === undefined || reply instanceof Error) return [];
      const read = faultOr(() => readSession(id, reply));
      return read === null || read instanceof Error ? [] : [read.session];
    });
  }

  async #relist(rows: readonly SessionRow[]): Promise<number> {
    const { index, opened } = this.#parts;
    const unlisted = await index.lackingOf(rows);
    for (const row of unlisted) {
      await index.put(row);
      // Erased meanwhile, it was put there behind the erasure's back.
      if ((await this.#redis.readOne('EXISTS', sessionKey(row.id))) === 0) await index.remove(row.id, row.row);
    }
    const unnoted = await opened.lackingOf(rows.map(({ id }) => id));
    for (const id of unnoted) await opened.note(id);
    return new Set([...unlisted.map(({ id }) => id), ...unnoted]).size;
  }
}
