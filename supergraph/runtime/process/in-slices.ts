/** How long work may hold the event loop before others get their turn. */
const SLICE_MS = 2;

/** Those whose turn comes, one in each turn of the event loop: all of them in one would hold it as long as all together. */
const resting: (() => void)[] = [];

/** Resolves in a turn of the event loop that nobody else who rested has. In the order of arrival. */
function rest(): Promise<void> {
  return new Promise((resolve) => {
    resting.push(resolve);
    if (resting.length === 1) setImmediate(wakeNext);
  });
}

function wakeNext(): void {
  resting[0]?.();
  // Taken out in the next turn, so that whoever comes in this one rests behind those who do already.
  setImmediate(() => {
    resting.shift();
    if (resting.length > 0) wakeNext();
  });
}

/**
 * `items.map(work)` that rests between items, so that a large batch does not delay small requests. Keeps the order. Stops, with
 * the signal's reason, at the first rest after it has aborted.
 */
export async function inSlices<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Result,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  let start = performance.now();
  for (const item of items) {
    if (performance.now() - start > SLICE_MS) {
      await rest();
      signal?.throwIfAborted();
      start = performance.now();
    }
    results.push(work(item));
  }
  return results;
}

/** Runs work that comes in steps, resting between them, and before the first: whoever asked for it gets their answer first. */
export async function stepsInSlices<Result>(steps: Iterator<void, Result>): Promise<Result> {
  await rest();
  let start = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - start > SLICE_MS) {
      await rest();
      start = performance.now();
    }
  }
}

/**
 * Runs works one after the other, in the order of their arrival, and rests between them: many small ones that arrive at once,
 * as from one request, hold the event loop no longer than one large one that works in slices.
 */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();
  /** Since the last rest. */
  #busyMs = 0;

  /** What `work` returns or throws. */
  run<Result>(work: () => Result): Promise<Result> {
    const done = this.#last.then(async () => {
      if (this.#busyMs > SLICE_MS) {
        await rest();
        this.#busyMs = 0;
      }
      const start = performance.now();
      try {
        return work();
      } finally {
        this.#busyMs += performance.now() - start;
      }
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

/**
 * Lets requests begin. All that arrive in one turn of the event loop would be begun in it, one behind the other, before
 * anybody else has theirs: once those begun have held it for a slice, the others begin in turns of their own, in the order of
 * their arrival.
 */
export class Admission {
  /** When the first request of this turn began; null before it has. */
  #begunAtMs: number | null = null;
  #waiting = 0;

  /** Resolves when the request may begin. */
  async begin(): Promise<void> {
    if (this.#waiting === 0 && this.#hasRoom()) return;
    this.#waiting++;
    await rest();
    this.#waiting--;
  }

  #hasRoom(): boolean {
    const nowMs = performance.now();
    if (this.#begunAtMs !== null) return nowMs - this.#begunAtMs < SLICE_MS;
    this.#begunAtMs = nowMs;
    setImmediate(() => {
      this.#begunAtMs = null;
    });
    return true;
  }
}

/** UTF-16 units of a text, or bytes, from which reading, writing or signing it takes milliseconds. */
const LARGE = 1024 * 1024;

/** Lets others have their turn between two steps that each go through all of something large. */
export async function restIfLarge(length: number): Promise<void> {
  if (length >= LARGE) await rest();
}
