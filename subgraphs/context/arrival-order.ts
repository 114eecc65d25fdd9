/** A place in the line of one session. */
export interface Place {
  /** Resolves when all who came before have left. */
  readonly turn: Promise<void>;
  /** Lets the next one go. Must be called, whatever became of the work; again has no effect. */
  leave(): void;
}

/**
 * Lines up the appends of a session in the order in which they arrived, first come first served. They may prepare side by
 * side; only what happens between `turn` and `leave` is in order. Sessions do not wait for each other.
 */
export class ArrivalOrder {
  readonly #last = new Map<string, Promise<void>>();

  arrive(sessionId: string): Place {
    const turn = this.#last.get(sessionId) ?? Promise.resolve();
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const after = turn.then(() => left);
    this.#last.set(sessionId, after);
    void after.then(() => {
      if (this.#last.get(sessionId) === after) this.#last.delete(sessionId);
    });
    return { turn, leave };
  }
}
