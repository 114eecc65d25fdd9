/** Header with which a caller says for how many milliseconds it will wait: nobody needs the answer after that. */
export const DEADLINE_HEADER = 'context-deadline-ms';

/** How often deadlines are looked at; a call may outlive its own by as much. */
const TICK_MS = 20;

interface Deadline {
  readonly atMs: number;
  readonly expire: () => void;
}

/** Many deadlines on one timer: a timer for each call would cost more than the rest of its bookkeeping. */
export class Deadlines {
  readonly #open = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  /** Calls `expire` once `atMs` (on the clock of `performance.now()`) is over, unless the returned function was called before. */
  add(atMs: number, expire: () => void): () => void {
    const deadline = { atMs, expire };
    this.#open.add(deadline);
    this.#timer ??= setInterval(() => this.#look(), TICK_MS);
    return () => this.#open.delete(deadline);
  }

  #look(): void {
    const nowMs = performance.now();
    for (const deadline of this.#open) {
      if (deadline.atMs > nowMs) continue;
      this.#open.delete(deadline);
      deadline.expire();
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
