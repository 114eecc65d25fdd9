/** Runs the steps of one session one after the other: what is read in pages does not change in between. */
export class SessionTurns {
  /** Ends when the last step queued for a session has. Never rejects. */
  readonly #queues = new Map<string, Promise<void>>();

  async run<Result>(sessionId: string, step: () => Promise<Result>): Promise<Result> {
    const done = (this.#queues.get(sessionId) ?? Promise.resolve()).then(step);
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#queues.set(sessionId, settled);
    try {
      return await done;
    } finally {
      if (this.#queues.get(sessionId) === settled) this.#queues.delete(sessionId);
    }
  }

  /** Resolves when all that is queued has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#queues.values());
  }
}
