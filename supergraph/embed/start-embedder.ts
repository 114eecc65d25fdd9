import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ContractError } from '@supercontext/contract';
import type { FromThread, ThreadStart, ToThread } from './embed-thread.ts';
import type { Embedder } from './embedder.ts';
import { type EmbedderManifest, embeddingName } from './embedders.ts';
import { embedderFiles } from './prepare-embedder.ts';

export interface EmbedderOptions {
  readonly manifest: EmbedderManifest;
  readonly cacheDirectory: string;
  /** Whether everything else of the machine goes before it. */
  readonly isBackground: boolean;
}

interface Call {
  readonly texts: readonly string[];
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (error: Error) => void;
}

const MOST_WAITING = 64;
/** A thread that died may die again: not at once. */
const RESPAWN_MS = 1_000;
/** One that is still loading, or hangs, is not waited for any longer. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Starts an embedder on a thread of its own, whose graph must be in the cache. Calls wait until it is loaded. A thread that dies fails
 * the calls it was told of; the next one after a second starts another.
 */
export function startEmbedder(options: EmbedderOptions): Embedder {
  return new ThreadEmbedder(options);
}

class ThreadEmbedder implements Embedder {
  readonly name: string;
  readonly dimensions: number;
  usedMs = 0;
  readonly #start: ThreadStart;
  /** Those the thread was told of, in order. */
  #calls: Call[] = [];
  #thread: Worker | null = null;
  #diedAtMs = Number.NEGATIVE_INFINITY;
  #fault: ContractError | null = null;
  #isClosed = false;

  constructor({ manifest, cacheDirectory, isBackground }: EmbedderOptions) {
    this.name = embeddingName(manifest);
    this.dimensions = manifest.dimensions;
    const { graphPath, vocabularyPath } = embedderFiles(manifest, cacheDirectory);
    const { dimensions, windowPieces } = manifest;
    this.#start = { graph: graphPath, vocabularyPath, dimensions, windowPieces, isBackground };
    this.#thread = this.#open();
  }

  embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#calls.length >= MOST_WAITING) {
        return reject(new ContractError('MODEL_OVERLOADED', `${MOST_WAITING} calls wait for the embedder`));
      }
      const thread = this.#running();
      if (thread === null) return reject(this.#fault ?? stopped());
      this.#calls.push({ texts, resolve, reject });
      thread.postMessage({ type: 'make', texts } satisfies ToThread);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const thread = this.#thread;
    this.#thread = null;
    this.#fail(stopped());
    if (thread === null) return;
    const ended = once(thread, 'exit');
    thread.postMessage({ type: 'close' } satisfies ToThread);
    const timer = setTimeout(() => void thread.terminate(), CLOSE_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #running(): Worker | null {
    if (this.#isClosed) return null;
    if (this.#thread === null && performance.now() - this.#diedAtMs > RESPAWN_MS) this.#thread = this.#open();
    return this.#thread;
  }

  #open(): Worker {
    const thread = new Worker(new URL('./embed-thread.ts', import.meta.url), { workerData: this.#start });
    let cause: unknown = null;
    let isReady = false;
    thread.on('message', (message: FromThread) => {
      if (message.type === 'ready') {
        isReady = true;
        return;
      }
      if (message.type === 'made') {
        this.usedMs += message.usedMs;
        return this.#calls.shift()?.resolve(message.vectors);
      }
      const error = new ContractError(message.code, message.message);
      if (isReady) return this.#calls.shift()?.reject(error);
      this.#fault = error;
    });
    thread.on('error', (error) => {
      cause = error;
    });
    thread.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      this.#diedAtMs = performance.now();
      this.#fault ??= new ContractError('MODEL_FAILED', 'the thread of the embedder died', {}, cause);
      this.#fail(this.#fault);
    });
    this.#fault = null;
    return thread;
  }

  #fail(error: ContractError): void {
    for (const { reject } of this.#calls.splice(0)) reject(error);
  }
}

function stopped(): ContractError {
  return new ContractError('MODEL_FAILED', 'the embedder is closed');
}
