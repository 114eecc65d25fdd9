import type { Logger } from '@supercontext/runtime/log.ts';
import type { SessionLog, SessionRecord } from './log/session-log.ts';
import type { StoreStage } from './stages/store.ts';

const ENTRIES_A_CALL = 4_096;
const SESSIONS_A_PAGE = 100;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** More sessions than are written to at a time; what is forgotten is asked of the store again. */
const MAXIMUM_SESSIONS = 10_000;

interface SessionState {
  /** Last position the store has without a gap, null while that is unknown. */
  known: number | null;
  running: Promise<void> | null;
}

/**
 * Keeps the store's copy of each log up to the log itself. Level-triggered: it looks at how far the store is and sends what
 * is missing, so that an announcement that failed, or a store that came back without its log, is made good by the next.
 */
export class Announcer {
  readonly #log: SessionLog;
  readonly #store: StoreStage;
  readonly #logger: Logger;
  readonly #sessions = new Map<string, SessionState>();
  readonly #retries = new Map<string, NodeJS.Timeout>();
  #stopped = false;

  constructor(log: SessionLog, store: StoreStage, logger: Logger) {
    this.#log = log;
    this.#store = store;
    this.#logger = logger;
  }

  /**
   * Resolves when the store knows the log through `through`. Concurrent calls for a session share the work.
   * @param hint First position that is likely to be new to the store, for a session not seen by this process before.
   * @throws ContractError of the store
   */
  async ensure(sessionId: string, through: number, hint: number): Promise<void> {
    const state = this.#state(sessionId);
    while (state.known === null || state.known < through) {
      state.running ??= this.#step(sessionId, state, hint).finally(() => {
        state.running = null;
      });
      await state.running;
    }
  }

  /** The same without waiting: fails into the log file and tries again later. For after an acknowledged append. */
  async ensureOrRetry(sessionId: string, through: number, hint: number): Promise<void> {
    try {
      await this.ensure(sessionId, through, hint);
    } catch (error) {
      this.#logger.warn({ err: error, sessionId }, 'the store does not know the end of a log yet; trying again');
      this.#retry(sessionId, through, FIRST_RETRY_MS);
    }
  }

  /** Announces nothing more of a session that is gone; resolves when no announcement of it is under way. */
  async forget(sessionId: string): Promise<void> {
    clearTimeout(this.#retries.get(sessionId));
    this.#retries.delete(sessionId);
    await this.#sessions.get(sessionId)?.running?.catch(() => {});
    this.#sessions.delete(sessionId);
  }

  /** What the store said of itself elsewhere, as in an answer to a search. */
  learn(sessionId: string, knownThrough: number): void {
    const state = this.#state(sessionId);
    if (state.running === null) state.known = knownThrough;
  }

  /** Makes good what was committed but not announced when this process went down. Keeps trying until the store answers. */
  async catchUp(): Promise<void> {
    for (let delayMs = FIRST_RETRY_MS; !this.#stopped; delayMs = Math.min(delayMs * 2, LAST_RETRY_MS)) {
      try {
        return await this.#compareAll();
      } catch (error) {
        this.#logger.debug({ err: error }, 'cannot compare logs with the store yet');
        await this.#sleep(delayMs);
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
    this.#wake?.();
  }

  #wake: (() => void) | null = null;

  async #sleep(delayMs: number): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #compareAll(): Promise<void> {
    const known = new Map<string, number>();
    for (let after: string | null = null; ; ) {
      const page: readonly { readonly id: string; readonly knownThrough: number }[] = await this.#store.known(after);
      for (const { id, knownThrough } of page) known.set(id, knownThrough);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
    for (let after: string | null = null; !this.#stopped; ) {
      const page: readonly SessionRecord[] = (await this.#log.newest(SESSIONS_A_PAGE, after)) ?? [];
      for (const { id, fragments } of page) {
        const through = known.get(id) ?? -1;
        if (through < fragments - 1) await this.ensureOrRetry(id, fragments - 1, through + 1);
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  async #step(sessionId: string, state: SessionState, hint: number): Promise<void> {
    const from = state.known === null ? hint : state.known + 1;
    const entries = await this.#log.entries(sessionId, {
      from,
      through: Number.MAX_SAFE_INTEGER,
      first: ENTRIES_A_CALL,
    });
    const last = entries.at(-1)?.position ?? from - 1;
    const knownThrough = await this.#store.announce(
      sessionId,
      entries.map(({ position, hash, tokens }) => ({ position, hash, tokens })),
    );
    // From the place the store itself named there can be no gap; going on would go on for ever.
    if (state.known !== null && knownThrough < last && knownThrough === state.known) {
      throw new Error(`the store knows ${sessionId} through ${knownThrough} after entries through ${last}`);
    }
    state.known = knownThrough;
  }

  #state(sessionId: string): SessionState {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    for (const [oldest, { running }] of this.#sessions) {
      if (this.#sessions.size < MAXIMUM_SESSIONS) break;
      if (running === null) this.#sessions.delete(oldest);
    }
    const state = { known: null, running: null };
    this.#sessions.set(sessionId, state);
    return state;
  }

  #retry(sessionId: string, through: number, delayMs: number): void {
    if (this.#stopped || this.#retries.has(sessionId)) return;
    const timer = setTimeout(async () => {
      this.#retries.delete(sessionId);
      try {
        const [session] = await this.#log.sessions([sessionId]);
        if (session === null) return;
        await this.ensure(sessionId, through, 0);
        this.#logger.info({ sessionId }, 'the store knows the whole log again');
      } catch {
        this.#retry(sessionId, through, Math.min(delayMs * 2, LAST_RETRY_MS));
      }
    }, delayMs);
    timer.unref();
    this.#retries.set(sessionId, timer);
  }
}
