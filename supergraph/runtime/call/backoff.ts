import { setTimeout as sleep } from 'node:timers/promises';

/** The waits between tries of what failed: doubled after each failure in a row, from the first to the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Milliseconds to wait after `failures` in a row, from 1. The upper half of a wait is random, so that those who failed
 * together do not come back together ("equal jitter": Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
 */
export function backoffMs({ firstMs, longestMs }: Backoff, failures: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs) * (0.5 + Math.random() / 2);
}

/**
 * Does `work` until it succeeds or `signal` aborts; `onFailure` hears of each failure and of the wait that follows. For work
 * in the background, which keeps no process alive. Throws only what `onFailure` throws.
 */
export async function untilDone(
  work: () => Promise<void>,
  {
    backoff,
    signal,
    onFailure,
  }: {
    readonly backoff: Backoff;
    readonly signal: AbortSignal;
    readonly onFailure: (error: unknown, delayMs: number) => void;
  },
): Promise<void> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await work();
    } catch (error) {
      const delayMs = backoffMs(backoff, failures);
      onFailure(error, delayMs);
      await sleep(delayMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
