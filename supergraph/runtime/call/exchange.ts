import type { Dispatcher } from 'undici';
import { DEADLINE_HEADER, type Deadlines } from './deadlines.ts';

/** What may still be read, of one answer or of several that share it; what is read is taken from it as it arrives. */
export interface AnswerBudget {
  bytesLeft: number;
}

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly deadlines: Deadlines;
  readonly origin: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string;
  /** On the clock of `performance.now()`; the callee is told. */
  readonly deadlineAtMs: number;
  readonly answerBudget: AnswerBudget;
  /** Ends the exchange when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface Exchange {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export class DeadlineExpired extends Error {
  constructor() {
    super('the deadline is over');
    this.name = 'DeadlineExpired';
  }
}

export class AnswerTooLarge extends Error {
  constructor() {
    super('the answer is larger than it may be');
    this.name = 'AnswerTooLarge';
  }
}

/**
 * Posts a body and reads the whole answer. By the dispatcher itself, since undici's `request` makes a stream of every
 * answer, which costs more than all the rest of a small one.
 * Rejects with DeadlineExpired, AnswerTooLarge, the signal's reason, or what undici says went wrong.
 */
export function exchange({
  dispatcher,
  deadlines,
  origin,
  path,
  headers,
  body,
  deadlineAtMs,
  answerBudget,
  signal,
}: ExchangeOptions): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const chunks: Buffer[] = [];
    let status = 0;
    let contentType = '';
    let abort: ((reason: Error) => void) | undefined;
    let ended: Error | undefined;
    const end = (reason: Error): void => {
      ended = reason;
      // A call that waits for a connection has no controller yet; it is aborted when it gets one.
      abort?.(reason);
      settle();
      reject(reason);
    };
    const cancel = (): void => end(signal?.reason);
    const forgetDeadline = deadlines.add(deadlineAtMs, () => end(new DeadlineExpired()));
    signal?.addEventListener('abort', cancel, { once: true });
    const settle = (): void => {
      forgetDeadline();
      signal?.removeEventListener('abort', cancel);
    };
    const leftMs = Math.max(1, Math.ceil(deadlineAtMs - performance.now()));
    dispatcher.dispatch(
      { origin, path, method: 'POST', headers: [...headers, DEADLINE_HEADER, String(leftMs)], body },
      {
        onRequestStart(controller) {
          if (ended !== undefined) controller.abort(ended);
          else abort = (reason) => controller.abort(reason);
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          contentType = String(responseHeaders['content-type'] ?? '');
        },
        onResponseData(_controller, chunk) {
          answerBudget.bytesLeft -= chunk.length;
          if (answerBudget.bytesLeft < 0) end(new AnswerTooLarge());
          else chunks.push(chunk);
        },
        onResponseEnd() {
          settle();
          const [only] = chunks;
          const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
          resolve({ status, contentType, text: bytes.toString('utf8') });
        },
        onResponseError(_controller, error) {
          settle();
          reject(error);
        },
      },
    );
  });
}
