/**
 * What arrives from outside, pulled one by one in the order it came: what had arrived before an end or a failure is
 * delivered before it. For one reader.
 */
export class Arriving<Item> implements AsyncIterable<Item> {
  #waiting: Item[] = [];
  #wake: () => void = () => undefined;
  #end: { readonly failure?: unknown } | null = null;

  push(item: Item): void {
    if (this.#end !== null) return;
    this.#waiting.push(item);
    this.#wake();
  }

  /** Ends it, with what went wrong if anything did; only the first end counts. */
  end(how: { readonly failure?: unknown } = {}): void {
    this.#end ??= how;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for (;;) {
      const arrived = this.#waiting;
      this.#waiting = [];
      yield* arrived;
      if (this.#waiting.length > 0) continue;
      if (this.#end !== null) {
        if ('failure' in this.#end) throw this.#end.failure;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
