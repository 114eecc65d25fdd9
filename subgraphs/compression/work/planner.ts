import type { Logger } from '@supercontext/runtime/log.ts';
import type { Progress } from '../progress.ts';
import type { LeafCursor } from '../tree/plan-leaves.ts';
import { enqueueParents, madeCursor, type PlanState, planPage } from './plan-tree.ts';

/** Sessions waiting to be planned; a hint beyond is dropped, and the sweeper finds what it was about. */
const MAXIMUM_WAITING = 10_000;
/** Sessions whose cursor is kept at hand; any other begins again at what is made. */
const MAXIMUM_CURSORS = 10_000;
/** A session is planned at once, then not again for so long: a burst of appends is one look at the log. */
const INTERVAL_MS = 250;
/** No more is planned while so many jobs wait. */
const MAXIMUM_READY = 4_096;
const FULL_RETRY_MS = 100;
const FAULT_RETRY_MS = 1_000;

export interface PlannedSession {
  /** Where the next leaf begins; its ordinal is how many leaves are planned, made or not. */
  readonly cursor: LeafCursor;
  /** Last log position looked at. */
  readonly readThrough: number;
  readonly plannedAtMs: number;
}

/**
 * Looks at the logs of sessions it is told about and queues the nodes they need, one session at a time, a page of the log
 * at a time. Holds nothing that matters: a planner that is lost begins again at what is made.
 */
export class Planner {
  readonly #state: PlanState;
  readonly #progress: Progress;
  readonly #log: Logger;
  readonly #onPlanned: () => void;
  /** Session -> when it may be planned next; in the order of arrival. */
  readonly #waiting = new Map<string, number>();
  /** Where each session is planned to; the least recently planned first. */
  readonly #cursors = new Map<string, PlannedSession>();
  #current: string | null = null;
  #planned: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> | null = null;
  #stopped = false;
  #wake = () => {};

  constructor(options: {
    readonly state: PlanState;
    readonly progress: Progress;
    readonly log: Logger;
    /** Told when there may be new jobs. */
    readonly onPlanned: () => void;
  }) {
    this.#state = options.state;
    this.#progress = options.progress;
    this.#log = options.log;
    this.#onPlanned = options.onPlanned;
  }

  /** Says that a session's log may have grown. Never waits; many hints are one look. */
  hint(sessionId: string): void {
    if (
      this.#stopped ||
      this.#state.erased.has(sessionId) ||
      this.#waiting.has(sessionId) ||
      this.#waiting.size >= MAXIMUM_WAITING
    )
      return;
    this.#waiting.set(sessionId, (this.#cursors.get(sessionId)?.plannedAtMs ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS);
    this.#loop ??= this.#run();
    this.#wake();
  }

  /** Begins a session again at what is made: for one whose jobs are gone. */
  again(sessionId: string): void {
    this.#cursors.delete(sessionId);
    this.hint(sessionId);
  }

  /** Knows nothing of the session any more; resolves when no look at it is under way. For one that is erased. */
  async forget(sessionId: string): Promise<void> {
    this.#waiting.delete(sessionId);
    if (this.#current === sessionId) await this.#planned;
    this.#waiting.delete(sessionId);
    this.#cursors.delete(sessionId);
  }

  /** Whether all this process was told about the session's log is in the queue or made. */
  isSettled(sessionId: string): boolean {
    return this.#cursors.has(sessionId) && !this.#waiting.has(sessionId) && this.#current !== sessionId;
  }

  /** How far a session is planned; null for one this process has not looked at (of late). */
  planned(sessionId: string): PlannedSession | null {
    return this.#cursors.get(sessionId) ?? null;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#waiting.size > 0) {
      const [sessionId, dueMs] = this.#next();
      const delayMs = dueMs - performance.now();
      if (delayMs > 0) {
        await this.#sleep(delayMs);
        continue;
      }
      this.#waiting.delete(sessionId);
      this.#current = sessionId;
      const planned = this.#plan(sessionId);
      this.#planned = planned;
      const againMs = await planned;
      this.#current = null;
      if (againMs !== null && !this.#state.erased.has(sessionId))
        this.#waiting.set(sessionId, performance.now() + againMs);
      this.#progress.changed(sessionId);
    }
    this.#loop = null;
  }

  /** The first session that is due, or the one that is next. */
  #next(): readonly [string, number] {
    const now = performance.now();
    let next: readonly [string, number] = ['', Number.POSITIVE_INFINITY];
    for (const entry of this.#waiting) {
      if (entry[1] <= now) return entry;
      if (entry[1] < next[1]) next = entry;
    }
    return next;
  }

  /** Plans one page of a session; in how many milliseconds to go on with it, null when it is done. */
  async #plan(sessionId: string): Promise<number | null> {
    try {
      if ((await this.#state.queue.stats()).ready >= MAXIMUM_READY) return FULL_RETRY_MS;
      const cursor = this.#cursors.get(sessionId)?.cursor ?? (await madeCursor(sessionId, this.#state));
      const { next, readThrough, isEnd } = await planPage(sessionId, cursor, this.#state);
      await enqueueParents(sessionId, this.#state);
      this.#cursors.delete(sessionId);
      this.#cursors.set(sessionId, { cursor: next, readThrough, plannedAtMs: performance.now() });
      for (const [oldest] of this.#cursors) {
        if (this.#cursors.size <= MAXIMUM_CURSORS) break;
        this.#cursors.delete(oldest);
      }
      this.#onPlanned();
      return isEnd ? null : 0;
    } catch (error) {
      if (!this.#stopped) this.#log.warn({ err: error, sessionId }, 'cannot plan; will try again');
      return FAULT_RETRY_MS;
    }
  }

  async #sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}
