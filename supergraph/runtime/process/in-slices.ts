/** How long work may hold the event loop before others get their turn. */
const SLICE_MS = 2;

/** What work in slices has had of this turn of the event loop. All of it shares one slice: many small works hold nobody up longer than one. */
let spentMs = 0;

function spend(durationMs: number): void {
  if (spentMs === 0) setImmediate(() => (spentMs = 0));
  spentMs += Math.max(durationMs, Number.MIN_VALUE);
}

/** Runs `work`, whose time counts as spent. */
function spendOn<Result>(work: () => Result): Result {
  const start = performance.now();
  try {
    return work();
  } finally {
    spend(performance.now() - start);
  }
}

/** Those whose turn comes, one in each turn of the event loop: all of them in one would hold it as long as all together. */
const resting: (() => void)[] = [];

/** Resolves in a turn of the event loop that nobody else who rested has. In the order of arrival. */
export function rest(): Promise<void> {
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
  for (const item of items) {
    if (spentMs > SLICE_MS) {
      await rest();
      signal?.throwIfAborted();
    }
    results.push(spendOn(() => work(item)));
  }
  return results;
}

/** Runs work that comes in steps, resting between them, and before the first: whoever asked for it gets their answer first. */
export async function stepsInSlices<Result>(steps: Iterator<void, Result>): Promise<Result> {
  await rest();
  for (;;) {
    const { done, value } = spendOn(() => steps.next());
    if (done) return value;
    if (spentMs > SLICE_MS) await rest();
  }
}

/**
 * Runs works one after the other, in the order of their arrival, and rests between them: many small ones that arrive at once,
 * as from one request, hold the event loop no longer than one large one that works in slices.
 */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** What `work` returns or throws. */
  run<Result>(work: () => Result): Promise<Result> {
    const done = this.#last.then(async () => {
      if (spentMs > SLICE_MS) await rest();
      return spendOn(work);
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
