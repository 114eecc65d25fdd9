import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { KnownSession } from '../calls/store.ts';
import { METHOD } from '../method/extract.ts';
import type { EmbedSessions } from './embed-sessions.ts';
import { enqueueParents, type PlanState } from './plan-tree.ts';
import type { Planner } from './planner.ts';

const SESSIONS_PER_PAGE = 1_000;

/**
 * Compares, now and then, what the store's logs need with what is made or queued, and has the difference planned again.
 * It is why hints and the queue may be lost: what they were about is found here.
 */
export class Sweeper {
  readonly #state: PlanState;
  readonly #planner: Planner;
  readonly #vectors: EmbedSessions | null;
  readonly #log: Logger;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(options: {
    readonly state: PlanState;
    readonly planner: Planner;
    /** Told of every session; null without an embedder. */
    readonly vectors: EmbedSessions | null;
    readonly log: Logger;
    readonly intervalMs: number;
  }) {
    this.#state = options.state;
    this.#planner = options.planner;
    this.#vectors = options.vectors;
    this.#log = options.log;
    this.#intervalMs = options.intervalMs;
  }

  /** Sweeps now, then every interval. */
  start(): void {
    this.#running = this.#sweepThenWait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #sweepThenWait(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      if (!this.#stopped) this.#log.debug({ err: error }, 'cannot sweep; will try again');
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.start(), this.#intervalMs);
    this.#timer.unref();
  }

  /** Looks at every session once. @throws ContractError of the store or of the state */
  async sweep(): Promise<void> {
    for (let after: string | null = null; !this.#stopped; ) {
      const sessions = await this.#state.store.knownSessions(SESSIONS_PER_PAGE, after);
      for (const session of sessions) {
        await this.#look(session);
        this.#vectors?.look(session);
        // The state is read synchronously: whoever else waits gets his turn between two sessions.
        await setImmediate();
      }
      after = sessions.at(-1)?.id ?? null;
      if (sessions.length < SESSIONS_PER_PAGE) return;
    }
  }

  async #look({ id: sessionId, knownThrough, digest, withdrawnDigest }: KnownSession): Promise<void> {
    const planned = this.#planner.planned(sessionId);
    const isPlanned = planned?.readDigest === digest && planned.withdrawnDigest === withdrawnDigest;
    if (planned === null || !isPlanned) return this.#planner.hint(sessionId);
    // As short as it was a sweep ago: that is no store which is still being told.
    if (planned.isShort) return this.#planner.hint(sessionId, knownThrough);
    const { ready, leased, dead } = await this.#state.queue.stats(sessionId);
    if (ready + leased > 0) return;
    await enqueueParents(sessionId, this.#state);
    const { leaves } = await this.#state.summaries.state(sessionId, METHOD);
    // Planned once, not made, and neither waiting nor given up: the queue has lost it.
    if (leaves < planned.cursor.ordinal && dead === 0) this.#planner.again(sessionId);
  }
}
