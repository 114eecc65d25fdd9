import type { ExecutionResult } from 'graphql';
import type { StreamEvent } from './open.ts';
import { RingBuffer } from './ring-buffer.ts';

/** Turns a subgraph's event into the client's response. */
export type Finish = (event: StreamEvent) => ExecutionResult | Promise<ExecutionResult>;

/** What a reader tells the source of its events. */
export interface ReaderListener {
  /** Called when the reader asks for more: it has dealt with this event, the last one it was given. */
  dealtWith(event: StreamEvent): void;
  /** Called after each event taken. */
  taken(): void;
  /** The reader has gone; called once, at once, even while it waits for an event. */
  gone(): void;
}

/**
 * The events of one stream on their way to one reader: pulled by the reader, bounded, in order, ended once.
 *
 * reading → (end) → draining: what is buffered is still delivered, then the end or the error
 *         → (return) → gone: nothing is delivered any more
 *
 * An async generator function is tempting but wrong here: its `return()` waits until the pending `await` is over, so a
 * reader that leaves an idle stream would keep it open at the subgraph.
 */
export class Reader implements AsyncGenerator<ExecutionResult, undefined> {
  readonly #buffer: RingBuffer<StreamEvent>;
  readonly #finish: Finish;
  readonly #listener: ReaderListener;
  #state: 'reading' | 'draining' | 'gone' = 'reading';
  #failure: Error | undefined;
  #given: StreamEvent | undefined;
  #pending:
    | { resolve(result: IteratorResult<ExecutionResult, undefined>): void; reject(error: unknown): void }
    | undefined;

  /** `finish` is called in the order of events, one at a time. */
  constructor(capacity: number, finish: Finish, listener: ReaderListener) {
    this.#buffer = new RingBuffer(capacity);
    this.#finish = finish;
    this.#listener = listener;
  }

  /** Events the reader has not taken yet. */
  get waiting(): number {
    return this.#buffer.length;
  }

  /** Hands in the next event. False when the buffer is full; the event is then not taken. */
  push(event: StreamEvent): boolean {
    if (this.#state !== 'reading') return true;
    if (this.#pending === undefined) return this.#buffer.add(event);
    const { resolve, reject } = this.#pending;
    this.#pending = undefined;
    this.#deliver(event).then(resolve, reject);
    return true;
  }

  /** Ends the stream after what is buffered, with an error if one is given. Only the first call counts. */
  end(failure?: Error): void {
    if (this.#state !== 'reading') return;
    this.#state = 'draining';
    this.#failure = failure;
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    if (failure === undefined) pending.resolve({ done: true, value: undefined });
    else pending.reject(failure);
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    const given = this.#given;
    this.#given = undefined;
    if (given !== undefined) this.#listener.dealtWith(given);
    const event = this.#buffer.take();
    if (event !== undefined) return this.#deliver(event);
    if (this.#state === 'reading') {
      return new Promise((resolve, reject) => {
        this.#pending = { resolve, reject };
      });
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (this.#state !== 'gone') {
      this.#state = 'gone';
      this.#failure = undefined;
      this.#buffer.clear();
      this.#pending?.resolve({ done: true, value: undefined });
      this.#pending = undefined;
      this.#listener.gone();
    }
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #deliver(event: StreamEvent): Promise<IteratorResult<ExecutionResult, undefined>> {
    const value = await this.#finish(event);
    this.#given = event;
    this.#listener.taken();
    return { done: false, value };
  }
}
