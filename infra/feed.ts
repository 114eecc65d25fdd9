import { createHash } from 'node:crypto';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';
import type { CorpusFile } from './corpus.ts';

/** Files sent in one append, and how often a batch is tried when a stage is away. */
const BATCH_BYTES = 512 * 1024;
const BATCH_FILES = 200;
const MAXIMUM_TRIES = 8;
const RETRY: Backoff = { firstMs: 250, longestMs: 20_000 };
/** Two on their way: while one is being made durable the next is being counted. */
const IN_FLIGHT = 2;

export interface Appended {
  readonly tokens: number;
  readonly sizeBytes: number;
}

/** Sends one append with this idempotency key; rejects when it was not acknowledged. */
export type Append = (files: readonly CorpusFile[], idempotencyKey: string) => Promise<Appended>;

/**
 * Feeds files into a session, a few appends at a time, until they end or `stop` says so. An append that fails is sent
 * again with the same key, so nothing goes in twice.
 * @throws whatever the last try of an append threw.
 */
export async function feed(
  files: Iterable<CorpusFile>,
  append: Append,
  onProgress: (added: Appended) => void,
  stop: () => boolean = () => false,
): Promise<void> {
  const batches = batchesOf(files);
  async function work(): Promise<void> {
    for (const batch of batches) {
      onProgress(await appendWithRetries(batch, append));
      if (stop()) return;
    }
  }
  // Both workers pull from one iterator.
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

function* batchesOf(files: Iterable<CorpusFile>): Generator<readonly CorpusFile[]> {
  let batch: CorpusFile[] = [];
  let sizeBytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (sizeBytes + file.sizeBytes > BATCH_BYTES || batch.length >= BATCH_FILES)) {
      yield batch;
      batch = [];
      sizeBytes = 0;
    }
    batch.push(file);
    sizeBytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}

async function appendWithRetries(batch: readonly CorpusFile[], append: Append): Promise<Appended> {
  const hash = createHash('sha256');
  for (const { path, text } of batch) hash.update(path).update('\0').update(text).update('\0');
  const key = `feed-${hash.digest('hex').slice(0, 32)}`;
  for (let attempt = 1; ; attempt++) {
    try {
      return await append(batch, key);
    } catch (error) {
      if (attempt === MAXIMUM_TRIES || !isRetryable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoffMs(RETRY, attempt)));
    }
  }
}

function isRetryable(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true;
}
