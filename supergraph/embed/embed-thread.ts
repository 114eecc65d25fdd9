import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { ContractError, type ErrorCode } from '@supercontext/contract';
import { type MakerOptions, VectorMaker } from './vector-maker.ts';

/** What a thread is started with. */
export interface ThreadStart extends MakerOptions {
  /** Whether everything else of the machine goes before it. */
  readonly isBackground: boolean;
}

export type ToThread =
  | { readonly type: 'make'; readonly texts: readonly string[] }
  /** Ends after the run that is under way: a thread that is ended from outside in the middle of one takes the process with it. */
  | { readonly type: 'close' };

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'made'; readonly vectors: readonly Float32Array<ArrayBuffer>[]; readonly usedMs: number }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

const NICE = 19;

/**
 * The thread that owns a session of ONNX Runtime, since a run blocks its thread until it is done. `ready` or `failed` once, then an answer
 * to each message, in order.
 */
async function main(port: NonNullable<typeof parentPort>, start: ThreadStart): Promise<void> {
  // On Linux 0 names this thread alone, and those it starts. Elsewhere it would be the whole process, GraphQL included.
  if (start.isBackground && process.platform === 'linux') setPriority(0, NICE);
  const send = (message: FromThread, moved: readonly ArrayBuffer[] = []): void => port.postMessage(message, [...moved]);
  try {
    const maker = await VectorMaker.open(start);
    const closing = new AbortController();
    // Tables and kernels are there before the first question.
    const warm = maker.make(['ready'], closing.signal);
    let last: Promise<unknown> = warm;
    const answer = async (texts: readonly string[]): Promise<void> => {
      try {
        const before = process.threadCpuUsage();
        const vectors = await maker.make(texts, closing.signal);
        const { user, system } = process.threadCpuUsage(before);
        const moved = vectors.map(({ buffer }) => buffer);
        send({ type: 'made', vectors, usedMs: (user + system) / 1_000 }, moved);
      } catch (error) {
        send(failure(error));
      }
    };
    port.on('message', (message: ToThread) => {
      if (message.type === 'make') {
        last = last.then(() => answer(message.texts));
        return;
      }
      closing.abort();
      last
        .catch(() => {})
        .then(() => maker.close())
        .then(() => port.close());
    });
    await warm;
    send({ type: 'ready' });
  } catch (error) {
    send(failure(error));
    port.close();
  }
}

function failure(error: unknown): FromThread {
  const code = error instanceof ContractError ? error.code : 'INTERNAL';
  return { type: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}

if (parentPort !== null) await main(parentPort, workerData as ThreadStart);
