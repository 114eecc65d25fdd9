import {
  AppendContextDocument,
  accepted,
  batchesOf,
  type GraphClient,
  newIdempotencyKey,
  repeat,
} from '@supercontext/client';
import type { ChosenFile } from './dropped-files.ts';
import { partsOf, type TextFile, textOf } from './read-text.ts';

export interface AppendProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly tokens: number;
  /** Paths of what is not text. */
  readonly leftOut: readonly string[];
}

/**
 * Appends files to a session, a batch at a time; one that fails is sent again under its key. What went in before an error
 * stays in. @throws GraphRequestError
 */
export async function appendFiles(
  client: GraphClient,
  sessionId: string,
  chosen: readonly ChosenFile[],
  onProgress: (progress: AppendProgress) => void,
): Promise<AppendProgress> {
  const encoder = new TextEncoder();
  let progress: AppendProgress = { files: 0, totalFiles: chosen.length, tokens: 0, leftOut: [] };

  async function* read(): AsyncGenerator<TextFile, void, undefined> {
    for (const { path, file } of chosen) {
      const text = textOf(new Uint8Array(await file.arrayBuffer()));
      progress = { ...progress, files: progress.files + 1 };
      if (text === null) progress = { ...progress, leftOut: [...progress.leftOut, path] };
      else for (const part of partsOf(text)) yield { path, text: part, sizeBytes: encoder.encode(part).byteLength };
    }
  }

  onProgress(progress);
  for await (const batch of batchesOf(read())) {
    const items = batch.map(({ path, text }) => ({ file: { path, text } }));
    const input = { sessionId, idempotencyKey: newIdempotencyKey(), items };
    const { receipt } = await repeat(async () =>
      accepted((await client.mutate(AppendContextDocument, { input })).appendContext),
    );
    progress = { ...progress, tokens: progress.tokens + (receipt?.tokens ?? 0) };
    onProgress(progress);
  }
  return progress;
}
