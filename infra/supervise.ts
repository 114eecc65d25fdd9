import type { ChildProcess } from 'node:child_process';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';

/**
 * A process that dies is started again after this long, twice as long each time in a row, up to the maximum. It is what a platform may
 * take to notice that the Redis or the disk is back without which its stages could not start.
 */
const RESTART: Backoff = { firstMs: 100, longestMs: 5_000 };
/** A process that was ready for this long has done well: its next death is the first of a row again. */
const STEADY_MS = 5_000;

export interface Death {
  /** The signal or the exit status, or why there was no process at all. */
  readonly how: string;
  /** Null when it was ended by a signal or never ran. */
  readonly status: number | null;
  readonly wasReady: boolean;
  /** How many deaths in a row this is: with none in between that had been ready for five seconds. */
  readonly inARow: number;
}

export interface SuperviseOptions {
  /** Starts the process. What it throws counts as a death: nothing that passes may end the supervision. */
  readonly spawn: () => ChildProcess;
  /** Resolves when the process that was just started is ready; is to settle soon after `isGone` says so. */
  readonly untilReady: (isGone: () => boolean) => Promise<void>;
  readonly onDeath: (death: Death) => void;
  readonly onRestart: () => void;
  readonly onReady: () => void;
}

type Phase =
  | { readonly name: 'starting'; readonly child: ChildProcess }
  | { readonly name: 'ready'; readonly child: ChildProcess; readonly sinceMs: number }
  | { readonly name: 'waiting'; readonly timer: NodeJS.Timeout }
  | { readonly name: 'idle' };

/**
 * One process that is to run for ever. `starting` until it answers, then `ready`; when it dies `waiting` for its next start,
 * without end, until it is retired; then `idle` as soon as it is gone.
 */
export class Supervised {
  readonly #options: SuperviseOptions;
  #phase: Phase = { name: 'idle' };
  #deathsInARow = 0;
  #retired = false;

  constructor(options: SuperviseOptions) {
    this.#options = options;
  }

  /** The id of the process as it runs now; null between two of them. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    let child: ChildProcess;
    try {
      child = this.#options.spawn();
    } catch (error) {
      this.#died(error instanceof Error ? error.message : String(error), null);
      return;
    }
    this.#phase = { name: 'starting', child };
    const isGone = () => this.#child !== child;
    child.once('exit', (status, signal) => {
      if (!isGone()) this.#died(signal ?? `exit ${status}`, status);
    });
    // A process that could not be made, for want of memory or of process ids, has no exit.
    child.once('error', (error) => {
      if (!isGone() && child.pid === undefined) this.#died(error.message, null);
    });
    this.#options.untilReady(isGone).then(
      () => {
        if (isGone()) return;
        this.#phase = { name: 'ready', child, sinceMs: performance.now() };
        this.#options.onReady();
      },
      () => {},
    );
  }

  /** From now on a death is the end. */
  retire(): void {
    this.#retired = true;
    if (this.#phase.name !== 'waiting') return;
    clearTimeout(this.#phase.timer);
    this.#phase = { name: 'idle' };
  }

  /** Retires it and ends its process: by SIGTERM, by SIGKILL when it is still there after `deadlineMs`. Idempotent. */
  async stop(deadlineMs: number): Promise<void> {
    this.retire();
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    await gone;
    clearTimeout(killer);
  }

  get #child(): ChildProcess | null {
    return 'child' in this.#phase ? this.#phase.child : null;
  }

  #died(how: string, status: number | null): void {
    const phase = this.#phase;
    const wasSteady = phase.name === 'ready' && performance.now() - phase.sinceMs >= STEADY_MS;
    this.#phase = { name: 'idle' };
    if (this.#retired) return;
    this.#deathsInARow = wasSteady ? 1 : this.#deathsInARow + 1;
    const inARow = this.#deathsInARow;
    const delayMs = backoffMs(RESTART, inARow);
    const restart = () => {
      this.start();
      this.#options.onRestart();
    };
    this.#phase = { name: 'waiting', timer: setTimeout(restart, delayMs) };
    this.#options.onDeath({ how, status, wasReady: phase.name === 'ready', inARow });
  }
}
