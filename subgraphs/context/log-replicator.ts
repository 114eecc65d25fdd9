import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { LogReplica, Replacement, StoreStage } from './calls/store.ts';
import { commonThrough, isCopyOf } from './compare-replica.ts';
import type { ListedSession, SessionLog, SessionPlace, SessionQuery, SessionRecord } from './log/session-log.ts';
import { LogLost } from './log-beside-store.ts';
import { sessionNotFound } from './session-id.ts';

/** The store writes them in one transaction, which nobody else is served in. */
const ENTRIES_A_CALL = 1_024;
const ALL_SESSIONS: Omit<SessionQuery, 'after'> = {
  ...{ orderBy: 'creation', size: 100, fromEnd: false, before: null, archived: null, titleContains: null },
};
const RETRY: Backoff = { firstMs: 500, longestMs: 5_000 };
/** How often the store is asked whether it is still the process whose copies were compared. */
const WATCH_MS = 1_000;
const CATCH_UP: Backoff = { firstMs: 50, longestMs: 2_000 };
/** Steps in a row that bring the copy no nearer to the log. */
const MAXIMUM_STALLS = 3;

/** More sessions than are written to at a time; what is forgotten is asked of the store again. */
const MAXIMUM_SESSIONS = 10_000;

interface SessionState {
  /** The store's copy as it last told it, null while that is unknown. */
  copy: (LogReplica & { readonly isSame: boolean }) | null;
  /** Resolves with the digest of what was withdrawn when it ended. */
  running: Promise<string> | null;
}

export interface LogReplicatorOptions {
  readonly log: SessionLog;
  readonly store: StoreStage;
  readonly logger: Logger;
  /** Told when a part of the store's copy of a log was replaced: what others made of it may be wrong. */
  readonly onReplaced?: (sessionId: string, through: number) => void;
}

/**
 * Keeps the store's copy of each log up to the log itself, which always wins. Level-triggered: it looks at how far the copy is
 * and whether it is the same by its digest, sends what is missing, and replaces what differs, so that a replication that
 * failed, or a store that came back with another copy, is made good by the next. Every new process of the store has all its
 * copies compared.
 */
export class LogReplicator {
  readonly #options: LogReplicatorOptions;
  readonly #sessions = new Map<string, SessionState>();
  readonly #retries = new Map<string, NodeJS.Timeout>();
  #instance: string | null = null;
  readonly #stopping = new AbortController();

  constructor(options: LogReplicatorOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the store's copy is the log through `through` at least. Concurrent calls for a session share the work.
   * @param hint First position that is likely to be new to the store, for a session not seen by this process before.
   * @throws ContractError of the store; STORE_BEHIND when the store does not take what it is told
   */
  async ensure(sessionId: string, through: number, hint: number): Promise<void> {
    const state = this.#state(sessionId);
    for (let stalls = 0; !(await this.#isUpTo(sessionId, state, through)); ) {
      const before = state.copy;
      // What another began may have looked at the log before this call did.
      const isOwn = state.running === null;
      state.running ??= this.#step(sessionId, state, hint).finally(() => {
        state.running = null;
      });
      const withdrawnDigest = await state.running;
      if (isOwn && isUpTo(state.copy, through, withdrawnDigest)) return;
      if (isNearer(before, state.copy)) stalls = 0;
      else if (++stalls === MAXIMUM_STALLS) {
        const knownThrough = state.copy?.knownThrough ?? -1;
        throw new ContractError('STORE_BEHIND', `the store knows the log through ${knownThrough}, and takes no more`, {
          from: knownThrough + 1,
          through,
        });
      }
    }
  }

  /** The same without waiting: fails into the log file and tries again later. For after an acknowledged append. */
  async ensureOrRetry(sessionId: string, through: number, hint: number): Promise<void> {
    try {
      await this.ensure(sessionId, through, hint);
    } catch (error) {
      this.#options.logger.warn(
        { err: error, sessionId },
        'the store does not know the end of a log yet; trying again',
      );
      this.#retry(sessionId, through);
    }
  }

  /** Replicates nothing more of a session that is gone; resolves when no replication of it is under way. */
  async forget(sessionId: string): Promise<void> {
    clearTimeout(this.#retries.get(sessionId));
    this.#retries.delete(sessionId);
    await this.#sessions.get(sessionId)?.running?.catch(() => {});
    this.#sessions.delete(sessionId);
  }

  /**
   * For a session that is about to be read: returns at once when the copy is known to be the log through `through`;
   * otherwise tries now, not later, and waits for that a little.
   * @throws ContractError of the store; STORE_BEHIND when that takes over `timeoutMs`
   */
  async settle(sessionId: string, through: number, timeoutMs: number): Promise<void> {
    if (through < 0 || (await this.#isUpTo(sessionId, this.#state(sessionId), through))) return;
    const ensured = this.ensure(sessionId, through, through + 1);
    ensured.catch(() => this.#retry(sessionId, through));
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ContractError('STORE_BEHIND', 'the store is still being told')), timeoutMs);
    });
    try {
      await Promise.race([ensured, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the store said of its copy elsewhere, as in an answer to a search; whether that is what the log begins with. */
  async learn(sessionId: string, copy: LogReplica): Promise<boolean> {
    const isSame = await isCopyOf(this.#options.log, sessionId, copy);
    const state = this.#state(sessionId);
    if (state.running === null) state.copy = { ...copy, isSame };
    return isSame;
  }

  /**
   * Makes good whatever the store's copies lack or have too much. Keeps trying until the store answers.
   * @throws LogLost when the log is empty and the store is not
   */
  async catchUp(): Promise<void> {
    for (let failures = 1; !this.#stopped; failures++) {
      if (await this.tryOnce()) return;
      await this.#sleep(backoffMs(CATCH_UP, failures));
    }
  }

  /** Does so again whenever another process of the store answers, until it is stopped. */
  async watch(): Promise<void> {
    while (!this.#stopped) {
      await this.#sleep(WATCH_MS);
      if (!this.#stopped) await this.catchUp();
    }
  }

  /** One attempt: false when the store did not answer. @throws LogLost */
  async tryOnce(): Promise<boolean> {
    const { store, logger } = this.#options;
    try {
      const instance = await store.instance();
      if (instance === this.#instance) return true;
      for (const state of this.#sessions.values()) state.copy = null;
      await this.#compareAll();
      this.#instance = instance;
      return true;
    } catch (error) {
      if (error instanceof LogLost) throw error;
      logger.debug({ err: error }, 'cannot compare logs with the store yet');
      return false;
    }
  }

  stop(): void {
    this.#stopping.abort();
    for (const timer of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
  }

  async #sleep(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #compareAll(): Promise<void> {
    const { log, store, logger } = this.#options;
    const copies = new Map<string, LogReplica>();
    for (let after: string | null = null; !this.#stopped; ) {
      const page: readonly (LogReplica & { readonly id: string })[] = await store.known(after);
      const last = page.at(-1);
      if (last === undefined) break;
      if (after === null && (await log.isNew())) throw new LogLost();
      const lacking = await this.#lackingOf(page.map(({ id }) => id));
      for (const { id, ...copy } of page) {
        copies.set(id, copy);
        if (lacking.has(id)) await this.#forgetCopy(id, copy);
      }
      after = last.id;
    }
    for (let after: SessionPlace | null = null; !this.#stopped; ) {
      const page: readonly ListedSession[] = await log.list({ ...ALL_SESSIONS, after });
      for (const { session } of page) {
        if (!(session instanceof ContractError)) await this.#compare(session, copies.get(session.id) ?? null);
        else logger.error({ err: session }, 'a session cannot be compared with its copy in the store');
      }
      after = page.at(-1) ?? null;
      if (after === null) return;
      // The log is read synchronously: whoever else waits gets his turn between two pages.
      await setImmediate();
    }
  }

  /** Those that the log does not have. One that is damaged, or has lost its log, is not among them: its copy stays. */
  async #lackingOf(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { log } = this.#options;
    const isLacking = async (some: readonly string[]): Promise<boolean[]> => {
      try {
        return (await log.sessions(some)).map((session) => session === null);
      } catch (error) {
        if (!(error instanceof ContractError) || error.code !== 'STORAGE_CORRUPT') throw error;
        if (some.length === 1) return [false];
        const each: boolean[] = [];
        for (const id of some) each.push(...(await isLacking([id])));
        return each;
      }
    };
    const lacking = await isLacking(ids);
    return new Set(ids.filter((_, at) => lacking[at]));
  }

  async #compare({ id, fragments }: SessionRecord, copy: LogReplica | null): Promise<void> {
    if (copy === null && fragments === 0) return;
    if (copy !== null) await this.learn(id, copy);
    await this.ensureOrRetry(id, fragments - 1, copy === null ? 0 : copy.knownThrough + 1);
  }

  /** The log has no such session: the store's copy of it goes, its fragments stay. */
  async #forgetCopy(sessionId: string, { digest }: LogReplica): Promise<void> {
    this.#options.logger.warn({ sessionId }, 'the store knows a session that the log lacks; its copy is forgotten');
    await this.#options.store.replicate(sessionId, [], { replaces: { from: 0, digest } });
  }

  async #step(sessionId: string, state: SessionState, hint: number): Promise<string> {
    const { log, store, logger, onReplaced } = this.#options;
    const { copy } = state;
    let from = copy === null ? hint : copy.knownThrough + 1;
    let replaces: Replacement | undefined;
    if (copy !== null && !copy.isSame) {
      const lastPosition = await this.#lastPosition(sessionId);
      if (lastPosition === null) throw sessionNotFound();
      from = 1 + (await commonThrough(log, store, sessionId, { knownThrough: copy.knownThrough, lastPosition }));
      replaces = { from, digest: copy.digest };
      logger.warn({ sessionId, from, copy }, "the store's copy of a log is not the log; it is replaced");
    }
    const range = { from, through: Number.MAX_SAFE_INTEGER, first: ENTRIES_A_CALL };
    const [listed, current] = await Promise.all([log.entries(sessionId, range), log.withdrawn(sessionId)]);
    const entries = listed.map(({ position, hash, tokens }) => ({ position, hash, tokens }));
    const isTold = copy === null ? current.count === 0 : copy.withdrawnDigest === current.digest;
    const replica = await store.replicate(sessionId, entries, { replaces, withdrawn: isTold ? undefined : current });
    const [isSame, now] = await Promise.all([isCopyOf(log, sessionId, replica), log.withdrawn(sessionId)]);
    state.copy = { ...replica, isSame };
    if (replaces !== undefined && isSame) onReplaced?.(sessionId, replica.knownThrough);
    return now.digest;
  }

  /** Whether the copy is known to be the log through a position, and to know what is withdrawn of it. */
  async #isUpTo(sessionId: string, { copy }: SessionState, through: number): Promise<boolean> {
    if (copy === null || !isUpTo(copy, through, copy.withdrawnDigest)) return false;
    return isUpTo(copy, through, (await this.#options.log.withdrawn(sessionId)).digest);
  }

  async #lastPosition(sessionId: string): Promise<number | null> {
    const [session] = await this.#options.log.sessions([sessionId]);
    return session === null || session === undefined ? null : session.fragments - 1;
  }

  #state(sessionId: string): SessionState {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    for (const [oldest, { running }] of this.#sessions) {
      if (this.#sessions.size < MAXIMUM_SESSIONS) break;
      if (running === null) this.#sessions.delete(oldest);
    }
    const state = { copy: null, running: null };
    this.#sessions.set(sessionId, state);
    return state;
  }

  #retry(sessionId: string, through: number, failures = 1): void {
    if (this.#stopped || this.#retries.has(sessionId)) return;
    const timer = setTimeout(
      async () => {
        this.#retries.delete(sessionId);
        try {
          const [session] = await this.#options.log.sessions([sessionId]);
          if (session === null) return;
          await this.ensure(sessionId, through, 0);
          this.#options.logger.info({ sessionId }, 'the store knows the whole log again');
        } catch {
          this.#retry(sessionId, through, failures + 1);
        }
      },
      backoffMs(RETRY, failures),
    );
    timer.unref();
    this.#retries.set(sessionId, timer);
  }
}

function isUpTo(copy: SessionState['copy'], through: number, withdrawnDigest: string): boolean {
  if (copy === null || !copy.isSame) return false;
  return copy.knownThrough >= through && copy.withdrawnDigest === withdrawnDigest;
}

function isNearer(before: SessionState['copy'], after: SessionState['copy']): boolean {
  if (before === null || after === null) return true;
  if (before.isSame !== after.isSame) return after.isSame;
  if (!after.isSame) return false;
  return after.knownThrough > before.knownThrough || after.withdrawnDigest !== before.withdrawnDigest;
}
