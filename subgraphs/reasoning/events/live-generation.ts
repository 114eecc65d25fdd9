import type { TokenEvent } from '@supercontext/contract';

/** Events of a running generation kept in memory; a reader further behind reads the file. */
const TAIL_EVENTS = 1_024;

/** The moment something changes; `forget` when it is no longer awaited. */
export interface Change {
  readonly happened: Promise<void>;
  forget(): void;
}

/** The end of a running generation's log, which its readers share, and their waiting room. */
export class LiveGeneration {
  /** Why it could not be closed; its readers get this in place of an end. */
  failure: unknown = null;
  #tail: TokenEvent[] = [];
  #next = 0;
  readonly #waiting = new Set<() => void>();

  /** The sequence of the event to come. */
  get next(): number {
    return this.#next;
  }

  /** Shows durable events to readers. */
  publish(events: readonly TokenEvent[]): void {
    this.#tail.push(...events);
    this.#next += events.length;
    // Cut rarely: the tail is between one and two times its length.
    if (this.#tail.length > 2 * TAIL_EVENTS) this.#tail = this.#tail.slice(-TAIL_EVENTS);
    this.#wake();
  }

  fail(error: unknown): void {
    this.failure = error;
    this.#wake();
  }

  /** Up to `limit` events after `after`; null when the tail no longer reaches back so far. */
  read(after: number, limit: number): readonly TokenEvent[] | null {
    const from = after + 1 - (this.#next - this.#tail.length);
    return from < 0 ? null : this.#tail.slice(from, from + limit);
  }

  change(): Change {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return { happened: promise, forget: () => void this.#waiting.delete(resolve) };
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
