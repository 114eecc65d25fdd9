/**
 * Merges identical reads into one request. Only reads that were asked for in the same turn of the event loop are merged:
 * the request leaves after the last of them was asked. Joining a request already on its way is tempting but wrong, since it
 * may have read before a write that the joining caller has seen acknowledged.
 */
export class IdenticalRequests<Reply> {
  readonly #waiting = new Map<string, Promise<Reply>>();
  #departures: (() => void)[] = [];

  /** Calls `send` once for all callers with the same `key` in this turn, and gives each its reply or its error. */
  merge(key: string, send: () => Promise<Reply>): Promise<Reply> {
    const joined = this.#waiting.get(key);
    if (joined !== undefined) return joined;
    if (this.#departures.length === 0) setImmediate(() => this.#depart());
    const reply = new Promise<Reply>((resolve) => this.#departures.push(() => resolve(send())));
    this.#waiting.set(key, reply);
    return reply;
  }

  #depart(): void {
    const departures = this.#departures;
    this.#departures = [];
    this.#waiting.clear();
    for (const depart of departures) depart();
  }
}
