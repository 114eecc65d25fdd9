/** Tells whoever watches a session that something about its compression changed. What changed is for the watcher to read. */
export class Progress {
  readonly #lookEveryMs: number | null;
  readonly #watchers = new Map<string, Set<() => void>>();

  /** @param lookEveryMs how often a watcher is woken though nothing changed here, since other processes work as well; null for never */
  constructor(lookEveryMs: number | null = null) {
    this.#lookEveryMs = lookEveryMs;
  }

  changed(sessionId: string): void {
    for (const wake of this.#watchers.get(sessionId) ?? []) wake();
  }

  /**
   * Watches one session from now on. `next` resolves at once when something changed since it last did, so a slow reader
   * misses readings but never the last one; it resolves to false when `signal` aborts.
   */
  watch(sessionId: string): { next(signal: AbortSignal): Promise<boolean>; close(): void } {
    let isDirty = false;
    let wake = () => {};
    const onChange = () => {
      isDirty = true;
      wake();
    };
    const watchers = this.#watchers.get(sessionId) ?? new Set();
    watchers.add(onChange);
    this.#watchers.set(sessionId, watchers);
    const timer = this.#lookEveryMs === null ? undefined : setInterval(onChange, this.#lookEveryMs).unref();
    return {
      async next(signal) {
        const onAbort = () => wake();
        signal.addEventListener('abort', onAbort);
        while (!isDirty && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        signal.removeEventListener('abort', onAbort);
        isDirty = false;
        return !signal.aborted;
      },
      close: () => {
        clearInterval(timer);
        watchers.delete(onChange);
        if (watchers.size === 0 && this.#watchers.get(sessionId) === watchers) this.#watchers.delete(sessionId);
      },
    };
  }

  /** Sessions watched: for tests and for nobody else's decisions. */
  get watchedSessions(): number {
    return this.#watchers.size;
  }
}
