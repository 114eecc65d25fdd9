import { join } from 'node:path';
import { CompressionProgressDocument, createClient } from '@supercontext/client';
import { installedCorpus } from '../../../infra/corpus.ts';
import { feed } from '../../../infra/feed.ts';
import { append, openSession } from '../../support/graph.ts';

const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');

/** The corpus every figure of the platform is measured on, or what stands in one folder of it. */
export function corpus(maximumBytes: number, folder = '.'): ReturnType<typeof installedCorpus> {
  return installedCorpus(join(NODE_MODULES, folder), maximumBytes);
}

export interface FilledSession {
  readonly sessionId: string;
  readonly tokens: number;
  readonly sizeBytes: number;
  readonly seconds: number;
}

/** Opens a session and feeds it real files until it holds `goalTokens`. */
export async function fillSession(url: string, goalTokens: number, folder?: string): Promise<FilledSession> {
  const sessionId = await openSession(url, `${goalTokens} tokens`);
  let tokens = 0;
  let sizeBytes = 0;
  const start = performance.now();
  await feed(
    corpus(goalTokens * (folder === undefined ? 8 : 4), folder),
    async (files, idempotencyKey) => {
      const answer = await append(url, {
        sessionId,
        idempotencyKey,
        items: files.map(({ path, text }) => ({ file: { path, text } })),
      });
      const receipt = answer.data?.appendContext.receipt;
      if (receipt == null) throw new Error(JSON.stringify(answer.errors ?? answer.data?.appendContext.userErrors));
      return receipt;
    },
    (added) => {
      tokens += added.tokens;
      sizeBytes += added.sizeBytes;
    },
    () => tokens >= goalTokens,
  );
  return { sessionId, tokens, sizeBytes, seconds: (performance.now() - start) / 1_000 };
}

/** Waits until the summary tree is complete: a turn is measured, not the compressor beside it. */
export async function compressed(url: string, sessionId: string): Promise<void> {
  const client = createClient({ url });
  for await (const { compressionProgress } of client.subscribe(CompressionProgressDocument, { sessionId })) {
    if (compressionProgress.complete) break;
  }
  await client.close();
}
