import {
  AppendContextDocument,
  accepted,
  batchesOf,
  type GraphClient,
  GraphRequestError,
  newIdempotencyKey,
  repeat,
} from '@supercontext/client';
import type { LeftOut } from './left-out.ts';

/** A file that is to take the place of the document with its path, if there is one. */
export interface DocumentFile {
  readonly path: string;
  /** In parts that joined are the text. */
  readonly parts: readonly string[];
  readonly hash: string;
  readonly sizeBytes: number;
}

/** What was added to the log. */
export interface SentCounts {
  fragments: number;
  tokens: number;
  sizeBytes: number;
}

/** Batches on their way at once: while one is made durable the next is counted. */
const IN_FLIGHT = 4;
/** Paths of one append. */
const REMOVALS_A_BATCH = 500;
/** A file that the platform will not take costs itself alone. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  'INPUT_INVALID',
  'TEXT_INVALID',
  'DELTA_TOO_LARGE',
  'REQUEST_TOO_LARGE',
  'REQUEST_TOO_COMPLEX',
]);
/** Tries to send the parts of a file: another sender may begin the same document anew between two of them. */
const MOST_TRIES = 3;

export interface Sending {
  readonly client: GraphClient;
  readonly sessionId: string;
  readonly signal: AbortSignal;
  readonly counts: SentCounts;
  readonly onSent: (file: DocumentFile) => void;
  readonly onLeftOut: (leftOut: LeftOut) => void;
}

/**
 * Sends files, many small ones in one append and a large one in several; each takes the place of what was there with its last
 * part. What the platform refuses is told and costs itself alone. @throws GraphRequestError; the signal's reason
 */
export async function sendDocuments(files: AsyncGenerator<DocumentFile>, sending: Sending): Promise<void> {
  const batches = batchesOf(files);
  async function work(): Promise<void> {
    for await (const batch of batches) await sendBatch(batch, sending);
  }
  // All pull from one generator; when one fails, the others stop with it.
  await Promise.all(Array.from({ length: IN_FLIGHT }, work)).finally(async () => {
    await batches.return();
    await files.return(undefined);
  });
}

/** Removes documents. One that somebody else has removed meanwhile is gone as well. @throws GraphRequestError; the signal's reason */
export async function removeDocuments(paths: readonly string[], sending: Sending): Promise<void> {
  for (let at = 0; at < paths.length; at += REMOVALS_A_BATCH) {
    await removeSome(paths.slice(at, at + REMOVALS_A_BATCH), sending);
  }
}

async function removeSome(removes: readonly string[], sending: Sending): Promise<void> {
  try {
    await append({ items: [], removes }, sending);
  } catch (error) {
    if (!isError(error, 'DOCUMENT_NOT_FOUND')) throw error;
    if (removes.length > 1) for (const path of removes) await removeSome([path], sending);
  }
}

async function sendBatch(batch: readonly DocumentFile[], sending: Sending): Promise<void> {
  const [file] = batch;
  if (file === undefined) return;
  try {
    if (batch.length === 1) await sendInParts(file, sending);
    else await append({ items: batch.flatMap(itemsOf) }, sending);
    for (const sent of batch) sending.onSent(sent);
  } catch (error) {
    if (!(error instanceof GraphRequestError) || !OF_THE_FILE.has(error.code)) throw error;
    if (batch.length > 1) for (const one of batch) await sendBatch([one], sending);
    else sending.onLeftOut({ path: file.path, why: error.message, isFault: true });
  }
}

async function sendInParts(file: DocumentFile, sending: Sending): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      for (const item of itemsOf(file)) await append({ items: [item] }, sending);
      return;
    } catch (error) {
      const isOvertaken = isError(error, 'INPUT_INVALID') && file.parts.length > 1;
      if (!isOvertaken || tries === MOST_TRIES) throw error;
    }
  }
}

type Item = ReturnType<typeof itemsOf>[number];

function itemsOf({ path, parts, hash }: DocumentFile) {
  return parts.map((text, part) => ({ file: { path, text, version: { part, parts: parts.length, hash } } }));
}

/** One key for all its tries, and another for each append: the same document may come back after it was removed. */
async function append(
  delta: { readonly items: readonly Item[]; readonly removes?: readonly string[] },
  { client, sessionId, signal, counts }: Sending,
): Promise<void> {
  const input = { ...delta, items: [...delta.items], removes: [...(delta.removes ?? [])], sessionId };
  const keyed = { ...input, idempotencyKey: newIdempotencyKey() };
  const send = async () =>
    accepted((await client.mutate(AppendContextDocument, { input: keyed }, { signal })).appendContext);
  const { receipt } = await repeat(send, signal);
  if (receipt !== null) count(receipt, counts);
}

/** Adds what an append made durable to what was sent before. */
export function count({ fragments, tokens, sizeBytes }: Readonly<SentCounts>, counts: SentCounts): void {
  counts.fragments += fragments;
  counts.tokens += tokens;
  counts.sizeBytes += sizeBytes;
}

function isError(error: unknown, code: string): boolean {
  return error instanceof GraphRequestError && error.code === code;
}
