import { Worker } from 'node:worker_threads';
import { ContractError } from '@supercontext/contract';
import type { TemplateMessage } from '../gguf/chat-prompt.ts';
import type { FromPrompt, PreparedFile, PromptStart, ToPrompt } from './prompt-protocol.ts';

/** For the tokens of one prompt or of one working set, which take milliseconds; what takes longer never ends. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A vocabulary of 256K tokens with its merges takes a quarter of it. */
const HEAP_MIB = 1_024;

interface Waiting {
  readonly message: ToPrompt;
  readonly resolve: (numbers: Uint32Array) => void;
  readonly reject: (error: Error) => void;
}

export interface PromptHostOptions extends PromptStart {
  readonly answerTimeoutMs?: number;
  /** Starts the thread; another one is for tests. */
  readonly startWorker?: (start: PromptStart) => Worker;
}

/**
 * The thread that reads a model's file, as seen from the serving thread: it is sent one message at a time. What takes too long ends
 * with `MODEL_FAILED`, and the thread with it; the next message starts another one.
 */
export class PromptHost {
  readonly #options: PromptHostOptions;
  #worker: Worker | undefined;
  #ready: Promise<PreparedFile> | undefined;
  #waiting: Waiting[] = [];
  #current: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #prepared: PreparedFile | undefined;
  #closed = false;

  constructor(options: PromptHostOptions) {
    this.#options = options;
  }

  /** Verifies and prepares the file; rejects with what is wrong with it. */
  start(): Promise<PreparedFile> {
    this.#ready ??= this.#open();
    return this.#ready;
  }

  async count(texts: readonly string[]): Promise<readonly number[]> {
    return Array.from(await this.#ask({ type: 'count', texts }));
  }

  /** The ids of a prompt. Throws `MODEL_INVALID` for what the file's template does to it, `MODEL_FAILED` for one that never ends. */
  async encode(messages: readonly TemplateMessage[]): Promise<readonly number[]> {
    const told = messages.map(({ role, content }) => ({ role, content }));
    return Array.from(await this.#ask({ type: 'encode', messages: told }));
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(failed('the model was closed'));
    this.#fail(failed('the model was closed'));
  }

  #ask(message: ToPrompt): Promise<Uint32Array> {
    if (this.#closed) return Promise.reject(failed('the model is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    if (this.#current !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#current = next;
    try {
      await this.start();
    } catch (error) {
      this.#settle((waiting) => waiting.reject(error instanceof Error ? error : failed(String(error))));
      return;
    }
    if (this.#current !== next) return;
    this.#worker?.postMessage(next.message);
    const timeoutMs = this.#options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
    this.#timer = setTimeout(
      () => this.#fail(failed(`the prompt could not be made of the model's template within ${timeoutMs} ms`)),
      timeoutMs,
    );
  }

  #settle(how: (waiting: Waiting) => void): void {
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) how(current);
    void this.#next();
  }

  /** Ends the thread, and what it was asked. */
  #fail(error: Error): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#ready = undefined;
    void worker?.terminate();
    this.#settle((waiting) => waiting.reject(error));
  }

  #open(): Promise<PreparedFile> {
    const { manifest, ggufPath, cacheDirectory, precision, freeBytes, startWorker = startThread } = this.#options;
    const again = this.#prepared;
    // Started again, it must be the very file that the engine has loaded, and needs no memory that it does not have.
    const worker = startWorker({
      manifest: { sizeBytes: manifest.sizeBytes, sha256: again?.sha256 ?? manifest.sha256 },
      ggufPath,
      cacheDirectory,
      precision,
      freeBytes: again === undefined ? freeBytes : Number.MAX_SAFE_INTEGER,
    });
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<PreparedFile>();
    // Whoever waits hears of it.
    promise.catch(() => {});
    const isCurrent = (): boolean => this.#worker === worker;
    const lost = (why: string): void => {
      reject(failed(why));
      if (isCurrent()) this.#fail(failed(why));
    };
    let isReady = false;
    worker.on('message', (message: FromPrompt) => {
      if (message.type === 'ready') {
        isReady = true;
        this.#prepared = message.prepared;
        resolve(message.prepared);
        return;
      }
      if (message.type === 'answer') {
        if (isCurrent()) this.#settle((waiting) => waiting.resolve(message.numbers));
        return;
      }
      const { code, message: text, details } = message.failure;
      const error = new ContractError(code, text, details);
      if (!isReady) {
        reject(error);
        if (isCurrent()) this.#worker = undefined;
      } else if (isCurrent()) this.#settle((waiting) => waiting.reject(error));
    });
    worker.on('error', (error) => lost(`the thread that reads the model's file failed: ${String(error)}`));
    worker.on('exit', (status) => lost(`the thread that reads the model's file ended with status ${status}`));
    return promise;
  }
}

function startThread(workerData: PromptStart): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MIB };
  return new Worker(new URL('./prompt-thread.ts', import.meta.url), { workerData, resourceLimits, name: 'prompt' });
}

function failed(message: string): ContractError {
  return new ContractError('MODEL_FAILED', message);
}
