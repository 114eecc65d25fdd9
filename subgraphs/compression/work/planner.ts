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
  readonly #cursors = new Map<string, { readonly cursor: LeafCursor; readonly plannedAtMs: number }>();
  #current: string | null = null;
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
    if (this.#stopped || this.#waiting.has(sessionId) || this.#waiting.size >= MAXIMUM_WAITING) return;
    this.#waiting.set(sessionId, (this.#cursors.get(sessionId)?.plannedAtMs ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS);
    this.#loop ??= this.#run();
    this.#wake();
  }

  /** Begins a session again at what is made: for one whose jobs are gone. */
  again(sessionId: string): void {
    this.#cursors.delete(sessionId);
    this.hint(sessionId);
  }

  /** Whether all this process was told about the session's log is in the queue or made. */
  isSettled(sessionId: string): boolean {
    return this.#cursors.has(sessionId) && !this.#waiting.has(sessionId) && this.#current !== sessionId;
  }

  /** Leaves planned so far, made or not; null for a session this process has not looked at. */
  plannedLeaves(sessionId: string): number | null {
    return this.#cursors.get(sessionId)?.cursor.ordinal ?? null;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#waiting.size > 0) {
      const [sessionId, dueMs] = this.#earliest();
      const delayMs = dueMs - performance.now();
      if (delayMs > 0) {
        await this.#sleep(delayMs);
        continue;
      }
      this.#waiting.delete(sessionId);
      this.#current = sessionId;
      const retryMs = await this.#plan(sessionId);
      this.#current = null;
      if (retryMs > 0) this.#waiting.set(sessionId, performance.now() + retryMs);
      this.#progress.changed(sessionId);
    }
    this.#loop = null;
  }

  #earliest(): [string, number] {
    let earliest: [string, number] = ['', Number.POSITIVE_INFINITY];
    for (const entry of this.#waiting) if (entry[1] < earliest[1]) earliest = entry;
    return earliest;
  }

  /** Plans one page of a session; how long to wait before the next one, 0 when there is none. */
  async #plan(sessionId: string): Promise<number> {
    try {
      if ((await this.#state.queue.stats()).ready >= MAXIMUM_READY) return FULL_RETRY_MS;
      const cursor = this.#cursors.get(sessionId)?.cursor ?? (await madeCursor(sessionId, this.#state));
      const { next, isEnd } = await planPage(sessionId, cursor, this.#state);
      await enqueueParents(sessionId, this.#state);
      this.#cursors.delete(sessionId);
      this.#cursors.set(sessionId, { cursor: next, plannedAtMs: performance.now() });
      for (const [oldest] of this.#cursors) {
        if (this.#cursors.size <= MAXIMUM_CURSORS) break;
        this.#cursors.delete(oldest);
      }
      this.#onPlanned();
      return isEnd ? 0 : Number.MIN_VALUE;
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
