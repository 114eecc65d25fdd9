/**
 * Hands events from whoever pushes to one reader who pulls. Not bounded by itself: its writer ends after a known number
 * of events.
 */
export class EventChannel<Event> {
  readonly #events: Event[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #waiting: { resolve(event: Event): void; reject(reason: unknown): void } | undefined;

  push(event: Event): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#events.push(event);
    else waiting.resolve(event);
  }

  /** The reader fails at once, whatever was pushed before. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }

  async next(): Promise<Event> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    const event = this.#events.shift();
    if (event !== undefined) return event;
    const { promise, resolve, reject } = Promise.withResolvers<Event>();
    this.#waiting = { resolve, reject };
    return promise;
  }
}
