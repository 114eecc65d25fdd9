import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { Progress } from '../progress.ts';
import { Alarm } from './alarm.ts';
import {
  enqueueParents,
  forgetTree,
  NOTHING_PLANNED,
  type PlannedPart,
  type PlanState,
  planPage,
} from './plan-tree.ts';

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

export interface PlannedSession extends PlannedPart {
  /** Whether the tree covers more than the log that the store knows. */
  readonly isShort: boolean;
  readonly plannedAtMs: number;
}

/**
 * Looks at the logs of sessions it is told about and queues the nodes they need, one session at a time, a page of the log
 * at a time. Holds nothing that matters: a planner that is lost looks through the logs again. A tree that is not of the log that the
 * store knows, as when that was restored older, is forgotten and made anew.
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
  /** Session -> the last position of its log, as the context stage told. */
  readonly #logThrough = new Map<string, number>();
  #current: string | null = null;
  #planned: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> | null = null;
  #stopped = false;
  readonly #alarm = new Alarm();

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

  /**
   * Says that a session's log may have grown, or be another. Never waits; many hints are one look.
   * @param logThrough Its last position, from who must know.
   */
  hint(sessionId: string, logThrough?: number): void {
    if (logThrough !== undefined && this.#logThrough.size < MAXIMUM_WAITING) {
      this.#logThrough.set(sessionId, logThrough);
    }
    if (
      this.#stopped ||
      this.#state.erased.has(sessionId) ||
      this.#waiting.has(sessionId) ||
      this.#waiting.size >= MAXIMUM_WAITING
    )
      return;
    this.#waiting.set(sessionId, (this.#cursors.get(sessionId)?.plannedAtMs ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS);
    this.#loop ??= this.#run();
    this.#alarm.wake();
  }

  /** Looks at a session again from its beginning: for one whose jobs are gone. */
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
    this.#logThrough.delete(sessionId);
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
    this.#alarm.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#waiting.size > 0) {
      const [sessionId, dueMs] = this.#next();
      const delayMs = dueMs - performance.now();
      if (delayMs > 0) {
        await this.#alarm.sleep(delayMs);
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
      const page = await planPage(sessionId, this.#cursors.get(sessionId) ?? NOTHING_PLANNED, this.#state);
      if (page.state === 'replaced') return await this.#anew(sessionId);
      const { part, isEnd, isShort } = page;
      const logThrough = this.#logThrough.get(sessionId) ?? Number.POSITIVE_INFINITY;
      // A store that is behind is waited for; a log that is no longer than that was cut back.
      if (isShort && logThrough <= part.readThrough) return await this.#anew(sessionId);
      await enqueueParents(sessionId, this.#state);
      if (isEnd) this.#logThrough.delete(sessionId);
      this.#cursors.delete(sessionId);
      this.#cursors.set(sessionId, { ...part, isShort, plannedAtMs: performance.now() });
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

  /** Forgets what is made and planned of a session; in how many milliseconds to go on. */
  async #anew(sessionId: string): Promise<number> {
    this.#log.warn({ sessionId }, 'the summaries are not of the log any more; they are made anew');
    this.#cursors.delete(sessionId);
    this.#logThrough.delete(sessionId);
    await forgetTree(sessionId, this.#state);
    return 0;
  }
}
