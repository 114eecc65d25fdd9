import { backoffMs } from './backoff.ts';
import { GraphRequestError } from './graph-request-error.ts';

const MAXIMUM_TRIES = 6;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

/**
 * Does what has its effect once however often it is done (a read, or a write with one idempotency key), again after each
 * error that is retryable, at most six times in all. @throws the error of the last try; the signal's reason.
 */
export async function repeat<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GraphRequestError) || !error.retryable || tries === MAXIMUM_TRIES) throw error;
      const waitMs = Math.max(error.retryAfterMs ?? 0, backoffMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, tries));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
