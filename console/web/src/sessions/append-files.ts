import {
  AppendContextDocument,
  accepted,
  batchesOf,
  type GraphClient,
  GraphRequestError,
  newIdempotencyKey,
  repeat,
} from '@supercontext/client';
import type { Chosen, LeftOut } from './dropped-files.ts';
import { partsOf, readFile, type TextFile } from './read-text.ts';

export interface AppendProgress {
  /** Read so far, those that were left out among them. */
  readonly files: number;
  readonly totalFiles: number;
  readonly tokens: number;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Appends files to a session, each in the place of the document with its path if there is one, a batch at a time; one that fails is sent again under its key. Of a batch that the platform will not
 * have, each file is tried alone: a bad one costs itself. What went in before an error stays in.
 * @throws GraphRequestError; the signal's reason
 */
export async function appendFiles(
  client: GraphClient,
  sessionId: string,
  chosen: Chosen,
  onProgress: (progress: AppendProgress) => void,
  signal: AbortSignal,
): Promise<AppendProgress> {
  const leftOut = [...chosen.leftOut];
  let progress: AppendProgress = { files: 0, totalFiles: chosen.files.length, tokens: 0, leftOut };
  const tell = (changed: Partial<AppendProgress>) => {
    progress = { ...progress, ...changed };
    onProgress(progress);
  };
  const leaveOut = (path: string, why: string) => {
    leftOut.push({ path, why });
    tell({});
  };

  async function* read(): AsyncGenerator<TextFile, void, undefined> {
    for (const { path, file } of chosen.files) {
      signal.throwIfAborted();
      const found = await readFile(path, file);
      tell({ files: progress.files + 1 });
      if ('why' in found) leaveOut(path, found.why);
      else yield* await partsOf(path, found.text);
    }
  }

  async function append(batch: readonly TextFile[]): Promise<void> {
    try {
      const tokens = await appendBatch(client, sessionId, batch, signal);
      tell({ tokens: progress.tokens + tokens });
    } catch (error) {
      if (!(error instanceof GraphRequestError) || error.code !== 'INPUT_INVALID') throw error;
      const [first] = batch;
      if (batch.length === 1 && first !== undefined) leaveOut(first.path, error.message);
      else for (const file of batch) await append([file]);
    }
  }

  tell({});
  for await (const batch of batchesOf(read())) await append(batch);
  return progress;
}

/** The o200k tokens that were added. */
async function appendBatch(
  client: GraphClient,
  sessionId: string,
  batch: readonly TextFile[],
  signal: AbortSignal,
): Promise<number> {
  const items = batch.map(({ path, text, version }) => ({ file: { path, text, version } }));
  const input = { sessionId, idempotencyKey: newIdempotencyKey(), items };
  const { receipt } = await repeat(async () =>
    accepted((await client.mutate(AppendContextDocument, { input }, { signal })).appendContext),
  );
  return receipt?.tokens ?? 0;
}
