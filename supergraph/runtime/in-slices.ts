import { setImmediate as rest } from 'node:timers/promises';

/** How long work may hold the event loop before others get their turn. */
const SLICE_MS = 2;

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
