import { availableParallelism } from 'node:os';

/** From its question to the last token, about, on a small machine. */
const TURN_MS = 5_000;
/** Of the time in which turns go on, this much is worked all the same: vectors are late then, but they come. */
const LEAST_SHARE = 1 / 3;
/** With more cores there is one for it beside a turn. */
const FEW_CORES = 4;

/**
 * When background work rests for those who wait for an answer. A low priority is not enough where it shares a core or the memory's
 * bandwidth with a model that speaks: each of its tokens waits for the slowest thread.
 */
export class GiveWay {
  readonly #isNeeded: boolean;
  readonly #now: () => number;
  #turnEndsMs = Number.NEGATIVE_INFINITY;

  constructor(options: { readonly cores?: number; readonly now?: () => number } = {}) {
    this.#isNeeded = (options.cores ?? availableParallelism()) <= FEW_CORES;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Somebody has begun a turn, or appended. */
  noteTurn(): void {
    this.#turnEndsMs = this.#now() + TURN_MS;
  }

  /** Whether somebody waits for an answer, for whom there is to be a core. */
  get isNeeded(): boolean {
    return this.#isNeeded && this.#now() < this.#turnEndsMs;
  }

  /**
   * How many milliseconds to rest after work that took `workedMs` and had a core for `usedMs` of it: what it waited for one was rest, too.
   */
  restMs(workedMs: number, usedMs: number): number {
    if (!this.#isNeeded) return 0;
    const longest = usedMs / LEAST_SHARE - workedMs;
    return Math.max(0, Math.min(this.#turnEndsMs - this.#now(), longest));
  }
}
