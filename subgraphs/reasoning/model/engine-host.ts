import type { Worker } from 'node:worker_threads';
import { ContractError, ERRORS } from '@supercontext/contract';
import type { FromEngine, Job, JobEvent, JobFailed, ToEngine } from './engine-protocol.ts';
import { EventChannel } from './event-channel.ts';
import type { CompletionEvent } from './language-model.ts';

export interface EngineHostOptions {
  /** Starts a thread that speaks the engine's protocol. */
  readonly startWorker: () => Worker;
  /** Jobs under way and waiting, over all sessions; one more is refused. */
  readonly mostJobs: number;
  /** Jobs that run at the same time, to estimate how long a refused one should wait. */
  readonly slots: number;
}

interface RunningWorker {
  readonly worker: Worker;
  readonly channels: Map<number, EventChannel<JobEvent>>;
  readonly ready: Promise<string>;
  readonly exited: Promise<void>;
  /** Ends every running job and takes no more; the thread itself is left alone. */
  readonly fail: (failure: JobFailed) => void;
}

/** Far above the longest step: only a thread that hangs is stopped by force. */
const CLOSE_TIMEOUT_MS = 30_000;

/**
 * The engine's worker thread as seen from the serving thread. A worker that dies ends its running jobs with
 * `MODEL_FAILED`, and the next job starts a new one; sessions lose their cache, nothing else.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  #running: RunningWorker | undefined;
  #nextJobId = 1;
  #closing: Promise<void> | undefined;

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  /** Starts a worker unless one runs; resolves with the provider it really runs on, rejects with what it was refused for. */
  start(): Promise<string> {
    return this.#worker().ready;
  }

  /**
   * The events of one job; nothing starts before the first pull. Throws `MODEL_OVERLOADED` when too many jobs are there,
   * `MODEL_FAILED` when the worker dies, `signal.reason` on abort. Leaving the loop cancels the job.
   */
  async *run(job: Omit<Job, 'id'>, signal: AbortSignal): AsyncGenerator<CompletionEvent, void, undefined> {
    signal.throwIfAborted();
    const running = this.#worker();
    this.#refuseWhenFull(running.channels.size);
    const id = this.#nextJobId++;
    const channel = new EventChannel<JobEvent>();
    running.channels.set(id, channel);
    const abort = (): void => channel.fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    let over = false;
    try {
      post(running.worker, { type: 'submit', job: { ...job, id } });
      while (!over) {
        const event = await channel.next();
        if (event.type === 'failed') {
          over = true;
          throw new ContractError(event.code, event.message, event.details);
        }
        over = event.type === 'completed';
        yield event;
      }
    } finally {
      signal.removeEventListener('abort', abort);
      running.channels.delete(id);
      if (!over) post(running.worker, { type: 'cancel', jobId: id });
    }
  }

  get isBusy(): boolean {
    return (this.#running?.channels.size ?? 0) > 0;
  }

  forget(sessionId: string): void {
    if (this.#running !== undefined) post(this.#running.worker, { type: 'forget', sessionId });
  }

  /**
   * Ends running jobs with `MODEL_FAILED`, and the worker between two steps. Idempotent. A process that ends without
   * waiting for this may be aborted by the runtime: a thread must not be stopped in the middle of a native call.
   */
  close(): Promise<void> {
    this.#closing ??= this.#running === undefined ? Promise.resolve() : this.#stop(this.#running);
    return this.#closing;
  }

  async #stop(running: RunningWorker): Promise<void> {
    running.fail(failed('the engine was closed'));
    post(running.worker, { type: 'close' });
    const timer = setTimeout(() => void running.worker.terminate(), CLOSE_TIMEOUT_MS);
    await running.exited;
    clearTimeout(timer);
  }

  #refuseWhenFull(jobs: number): void {
    if (jobs < this.#options.mostJobs) return;
    const retryAfterMs = ERRORS.MODEL_OVERLOADED.retryAfterMs * Math.ceil(jobs / this.#options.slots);
    throw new ContractError('MODEL_OVERLOADED', `${jobs} completions are running or waiting`, { retryAfterMs, jobs });
  }

  #worker(): RunningWorker {
    if (this.#closing !== undefined) throw new ContractError('MODEL_FAILED', 'the engine is closed');
    if (this.#running !== undefined) return this.#running;
    const worker = this.#options.startWorker();
    const channels = new Map<number, EventChannel<JobEvent>>();
    const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
    // Whoever waits hears of it; when nobody does, the next job will.
    ready.catch(() => undefined);
    const fail = (failure: JobFailed): void => {
      // From here on it takes no jobs, even if its thread is not gone yet.
      if (this.#running === running) this.#running = undefined;
      reject(new ContractError(failure.code, failure.message, failure.details));
      for (const channel of channels.values()) channel.push(failure);
      channels.clear();
    };
    const exited = new Promise<void>((exit) => {
      worker.once('exit', (status) => {
        fail(failed(`the engine's thread ended with status ${status}`));
        exit();
      });
    });
    const running: RunningWorker = { worker, channels, ready, exited, fail };
    worker.on('message', (message: FromEngine) => {
      if (message.type === 'event') channels.get(message.jobId)?.push(message.event);
      else if (message.type === 'ready') resolve(message.provider);
      else fail(message.failure);
    });
    worker.on('error', (error) => fail(failed(`the engine's thread failed: ${String(error)}`)));
    this.#running = running;
    return running;
  }
}

function failed(message: string): JobFailed {
  return { type: 'failed', code: 'MODEL_FAILED', message, details: {} };
}

function post(worker: Worker, message: ToEngine): void {
  worker.postMessage(message);
}
