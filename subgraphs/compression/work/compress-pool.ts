import { Worker } from 'node:worker_threads';
import { ContractError } from '@supercontext/contract';
import type { Extract } from '../method/extract.ts';

export interface CompressTask {
  readonly texts: readonly string[];
  readonly budgetTokens: number;
}

export interface CompressPool {
  /** Queues a task; rejects when its thread dies in the middle of it, or the pool stops before it is done. */
  run(task: CompressTask): Promise<Extract>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly task: CompressTask;
  readonly resolve: (extract: Extract) => void;
  readonly reject: (error: Error) => void;
}

/** A node is made of some 20 KB: a thread that wants more than this has met a fault, and dies alone. */
const THREAD_MEMORY_MIB = 512;
const RESPAWN_MS = 1_000;

/**
 * Threads that compress, so that the process that owns them keeps answering. Each thread rests `pauseMs` between two
 * tasks; one that dies fails its task and is replaced.
 */
export function startCompressPool(options: { readonly threads: number; readonly pauseMs: number }): CompressPool {
  const waiting: Waiting[] = [];
  const threads = new Set<Worker>();
  const idle: Worker[] = [];
  const running = new Map<Worker, Waiting>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  function next(): void {
    while (!stopped && waiting.length > 0 && idle.length > 0) {
      const worker = idle.pop();
      const work = waiting.shift();
      if (worker === undefined || work === undefined) return;
      running.set(worker, work);
      worker.postMessage(work.task);
    }
  }

  function later(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, delayMs);
    timers.add(timer);
  }

  function open(): void {
    const worker = new Worker(new URL('./compress-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MIB },
    });
    threads.add(worker);
    let fault: Error | null = null;
    worker.on('message', (extract: Extract) => {
      const work = running.get(worker);
      running.delete(worker);
      work?.resolve(extract);
      later(options.pauseMs, () => {
        if (!threads.has(worker)) return;
        idle.push(worker);
        next();
      });
    });
    worker.on('error', (error) => {
      fault = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', () => {
      threads.delete(worker);
      const place = idle.indexOf(worker);
      if (place >= 0) idle.splice(place, 1);
      const work = running.get(worker);
      running.delete(worker);
      work?.reject(new ContractError('INTERNAL', 'a compression thread died', {}, fault));
      if (stopped) return;
      if (work !== undefined) open();
      // It died without work: the next one may as well, so not at once.
      else later(RESPAWN_MS, open);
    });
    idle.push(worker);
    next();
  }

  for (let thread = 0; thread < options.threads; thread++) open();
  return {
    run(task) {
      return new Promise((resolve, reject) => {
        if (stopped) return reject(stoppedError());
        waiting.push({ task, resolve, reject });
        next();
      });
    },
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      for (const { reject } of waiting.splice(0)) reject(stoppedError());
      await Promise.all([...threads].map((worker) => worker.terminate()));
    },
  };
}

function stoppedError(): ContractError {
  return new ContractError('SUBGRAPH_UNAVAILABLE', 'compression is stopping');
}
