import { createHash } from 'node:crypto';
import { batchesOf, repeat } from '@supercontext/client';
import type { CorpusFile } from './corpus.ts';

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
    for await (const batch of batches) {
      onProgress(await appendOnce(batch, append));
      if (stop()) return;
    }
  }
  // Both workers pull from one iterator.
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

/** The key is made of the texts, so that a feed that is begun again adds nothing twice. */
function appendOnce(batch: readonly CorpusFile[], append: Append): Promise<Appended> {
  const hash = createHash('sha256');
  for (const { path, text } of batch) hash.update(path).update('\0').update(text).update('\0');
  const key = `feed-${hash.digest('hex').slice(0, 32)}`;
  return repeat(() => append(batch, key));
}
