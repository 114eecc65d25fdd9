import { type Dispatcher, errors } from 'undici';
import { DEADLINE_HEADER, type Deadlines } from './deadlines.ts';
import { isFieldValue } from './field-value.ts';

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
  /** Whether the request had begun to leave: only then its deadline says something about the callee. */
  readonly hadLeft: boolean;

  constructor(hadLeft: boolean) {
    super('the deadline is over');
    this.name = 'DeadlineExpired';
    this.hadLeft = hadLeft;
  }
}

/** The request is none that can be sent; the callee has not heard of it. */
export class Unsendable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Unsendable';
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
 * Rejects with Unsendable, DeadlineExpired, AnswerTooLarge, the signal's reason, or what undici says went wrong.
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
    checkHeaders(headers);
    const leftMs = Math.ceil(deadlineAtMs - performance.now());
    if (leftMs <= 0) throw new DeadlineExpired(false);
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
    const forgetDeadline = deadlines.add(deadlineAtMs, () => end(new DeadlineExpired(abort !== undefined)));
    signal?.addEventListener('abort', cancel, { once: true });
    const settle = (): void => {
      forgetDeadline();
      signal?.removeEventListener('abort', cancel);
    };
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
          reject(isRefused(error) ? new Unsendable('the request cannot be sent', error) : error);
        },
      },
    );
  });
}

/** Whether undici did not take the request at all. */
function isRefused(error: Error): boolean {
  return error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError;
}

/**
 * undici would refuse them, too, but only once it has chosen a connection, which it then takes for full until something else on
 * it has ended: a few such calls, and nothing reaches the callee any more.
 * @throws Unsendable
 */
function checkHeaders(headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2) {
    if (!isFieldValue(headers[at + 1] ?? ''))
      throw new Unsendable(`the header ${headers[at]} has no value of a header`);
  }
}
