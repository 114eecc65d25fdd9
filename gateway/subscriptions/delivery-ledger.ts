import { LRUCache } from 'lru-cache';

/** Streams remembered at once, and for how long after the last news of one: longer than clients try to connect again. */
const CAPACITY = 4_096;
const KEPT_MS = 10 * 60_000;
const LONGEST_CURSOR = 1_024;

interface Delivery {
  /** Of the last event that the client is known to have; undefined before there is one. */
  readonly cursor: string | undefined;
  readonly atMs: number;
}

/**
 * How much of each stream its client is known to have, for the case that it loses its socket and sends the same operation
 * again. By the identity of the operation; within bounds, and in this process only: what is forgotten is sent again.
 */
export class DeliveryLedger {
  readonly #deliveries = new LRUCache<string, Delivery>({ max: CAPACITY });
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Begins a stream, or goes on with it: the cursor to continue after, undefined for the first event. */
  open(identity: string): string | undefined {
    const known = this.#deliveries.get(identity);
    const isKept = known !== undefined && this.#now() - known.atMs < KEPT_MS;
    const cursor = isKept ? known.cursor : undefined;
    this.#deliveries.set(identity, { cursor, atMs: this.#now() });
    return cursor;
  }

  /** The client has all events up to this one. */
  confirm(identity: string, cursor: string): void {
    if (cursor.length > LONGEST_CURSOR || this.#deliveries.get(identity) === undefined) return;
    this.#deliveries.set(identity, { cursor, atMs: this.#now() });
  }

  /** The client left the stream on purpose: should it ask the same again, it wants all of it. */
  forget(identity: string): void {
    this.#deliveries.delete(identity);
  }
}
