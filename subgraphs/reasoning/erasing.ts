import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { type Backoff, untilDone } from '@supercontext/runtime/call/backoff.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import type { Asking } from './ask.ts';
import type { ContextErasure, ContextStage } from './calls/context.ts';
import { type ErasureHolds, untilReleased } from './erasure-holds.ts';
import type { EventLog } from './events/event-log.ts';
import type { ModelRegistry } from './model/registry.ts';

/** How soon who holds erasures knows that the last one under way has ended. */
const LOOK_MS = 25;
const RETRY: Backoff = { firstMs: 1_000, longestMs: 60_000 };

export interface ErasingDependencies {
  readonly asking: Asking;
  readonly context: ContextStage;
  readonly events: EventLog;
  readonly holds: ErasureHolds;
  readonly models: ModelRegistry;
  readonly log: Logger;
}

/** What an erasure removed, from all stages. */
export interface SessionErasure extends Omit<ContextErasure, 'existed'> {
  readonly sessionId: string;
  readonly generations: number;
  readonly kvCaches: number;
}

/**
 * Erases sessions, from the top of the line of stages down: what is asked here is first noted, so that it is seen through when
 * this process or a stage below goes down on the way.
 */
export class Erasing {
  readonly #dependencies: ErasingDependencies;
  readonly #stopping = new AbortController();
  #resuming: Promise<void> | null = null;

  constructor(dependencies: ErasingDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Cancels what runs in the session, refuses what comes, and erases it in every stage. Idempotent.
   * @throws ContractError SESSION_NOT_FOUND when nothing is there; what a stage says that cannot do it now: then it is done
   *   later, without being asked again.
   */
  async erase(sessionId: string): Promise<SessionErasure> {
    const { asking, events } = this.#dependencies;
    await events.noteErasure(sessionId);
    asking.refuse(sessionId);
    try {
      const erasure = await hop('erase-session', () => this.#eraseNow(sessionId));
      if (erasure !== null) return erasure;
    } catch (error) {
      this.resume();
      throw error;
    }
    throw new ContractError('SESSION_NOT_FOUND', 'no session has this id');
  }

  /**
   * Erasures asked for from now on wait so long, 60 s at most, or until the lease is renewed with 0. Resolves when none is under
   * way.
   * @throws ContractError STORAGE_UNAVAILABLE when there are too many leases
   */
  async hold(forMs: number): Promise<string> {
    const { holds } = this.#dependencies;
    let lease = await holds.grant(forMs);
    while ((await holds.underWay()) > 0) {
      await sleep(LOOK_MS);
      if (!(await holds.renew(lease, forMs))) lease = await holds.grant(forMs);
    }
    return lease;
  }

  /** Lets a lease run so long from now on; 0 lets erasures go on. False when it has ended before: then some may have gone on. */
  holdLonger(lease: string, forMs: number): Promise<boolean> {
    return this.#dependencies.holds.renew(lease, forMs);
  }

  /** Goes on with what is noted, again and again until it is done. Returns at once. */
  resume(): void {
    this.#resuming ??= this.#drain().finally(() => {
      this.#resuming = null;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#resuming;
  }

  async #eraseNow(sessionId: string): Promise<SessionErasure | null> {
    const end = await this.#dependencies.holds.begin();
    if (typeof end === 'number') {
      const why = 'a backup is being made; the session is erased right after';
      throw new ContractError('STORAGE_UNAVAILABLE', why, { retryAfterMs: end });
    }
    try {
      return await this.#eraseEverywhere(sessionId);
    } finally {
      await end();
    }
  }

  async #eraseEverywhere(sessionId: string): Promise<SessionErasure | null> {
    const { asking, context, events, models } = this.#dependencies;
    await asking.endAll(sessionId);
    for (const id of await events.unfinished(sessionId)) await events.endElsewhere(id, { type: 'cancelled' });
    const { existed, ...below } = await context.erase(sessionId);
    const generations = await events.erase(sessionId);
    asking.allow(sessionId);
    const kvCaches = models.forget(sessionId);
    const isNothing = !existed && generations === 0 && below.fragments === 0 && below.summaries === 0;
    return isNothing ? null : { sessionId, ...below, generations, kvCaches };
  }

  async #drain(): Promise<void> {
    const { asking, events, holds, log } = this.#dependencies;
    const eraseAll = async () => {
      for (;;) {
        const sessions = await events.erasures();
        if (sessions.length === 0) return;
        for (const sessionId of sessions) asking.refuse(sessionId);
        for (const sessionId of sessions) {
          await untilReleased(holds, this.#stopping.signal);
          if (this.#stopping.signal.aborted) return;
          await this.#eraseNow(sessionId);
        }
      }
    };
    const onFailure = (err: unknown, delayMs: number) => log.warn({ err, delayMs }, 'an erasure waits');
    await untilDone(eraseAll, { backoff: RETRY, signal: this.#stopping.signal, onFailure });
  }
}
