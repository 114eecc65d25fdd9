import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8 itself lets external memory grow by before it collects. */
const WORTHWHILE_BYTES = 64 * 1024 * 1024;
/** Between two collections, each of which takes some 50 ms. */
const PAUSE_MS = 10_000;
/** What is let go together is collected together. */
const GATHER_MS = 500;

let letGoBytes = 0;
let planned: NodeJS.Timeout | undefined;
let collectedAtMs = Number.NEGATIVE_INFINITY;

/**
 * Says that so many bytes of buffers have just become garbage. V8 collects while something is allocated: a process that has
 * nothing to do any more after many sockets were closed would keep what they held for minutes.
 */
export function letGo(sizeBytes: number): void {
  letGoBytes += sizeBytes;
  if (letGoBytes < WORTHWHILE_BYTES || planned !== undefined) return;
  const waitMs = Math.max(GATHER_MS, collectedAtMs + PAUSE_MS - performance.now());
  planned = setTimeout(() => {
    planned = undefined;
    letGoBytes = 0;
    collectedAtMs = performance.now();
    void collect();
  }, waitMs).unref();
}

type Collect = (options: {
  readonly type: 'major' | 'minor';
  readonly execution?: 'async';
}) => Promise<void> | undefined;
let gc: Collect | undefined;

async function collect(): Promise<void> {
  if (gc === undefined) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as Collect;
  }
  await gc({ type: 'major', execution: 'async' });
  // Buffers are freed behind a collection by a helper thread, and where there is none at the beginning of the next collection.
  gc({ type: 'minor' });
}
