import { join } from 'node:path';
import {
  CompressionProgressDocument,
  createClient,
  type GraphClient,
  SessionStateDocument,
} from '@supercontext/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedCorpus } from '../../infra/corpus.ts';
import { STAGES } from '../../infra/stages.ts';
import { append, openSession } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const DOCUMENTS = join(import.meta.dirname, '../../node_modules/fastify/docs');
const BATCH_FILES = 8;

let platform: RunningPlatform;
let client: GraphClient;

beforeAll(async () => {
  // A rest between nodes, so that there is a middle to be killed in.
  platform = await runningPlatform({
    SUPERCONTEXT_COMPRESSION_PAUSE_MS: '40',
    SUPERCONTEXT_COMPRESSION_SWEEP_MS: '500',
  });
  client = createClient({ url: platform.url });
}, 120_000);
afterAll(async () => {
  await client?.close();
  await platform?.stop();
});

async function feed(sessionId: string): Promise<void> {
  const files = [...installedCorpus(DOCUMENTS, 700_000)];
  for (let start = 0; start < files.length; start += BATCH_FILES) {
    const items = files.slice(start, start + BATCH_FILES).map(({ path, text }) => ({ file: { path, text } }));
    await append(platform.url, { sessionId, idempotencyKey: `batch-${start}`, items });
  }
}

async function compressionOf(sessionId: string) {
  const { session } = await client.query(SessionStateDocument, { id: sessionId });
  if (session?.compression == null) throw new Error('the session is gone');
  return session.compression;
}

/** Nodes a tree of this session has when nobody disturbs it: the boundaries depend on the log alone. */
async function undisturbedNodes(): Promise<number> {
  const sessionId = await openSession(platform.url, 'undisturbed');
  await feed(sessionId);
  let nodes = 0;
  for await (const { compressionProgress } of client.subscribe(CompressionProgressDocument, { sessionId })) {
    nodes = compressionProgress.status.nodes;
    if (compressionProgress.complete && nodes > 0) break;
  }
  return nodes;
}

describe('kill -9 in the middle of compression', () => {
  let expected: number;
  beforeAll(async () => {
    expected = await undisturbedNodes();
  }, 120_000);

  it.each(STAGES)(
    'of the %s process: the tree is the same in the end',
    async (stage) => {
      const sessionId = await openSession(platform.url, `kill ${stage}`);
      await feed(sessionId);
      await expect.poll(async () => (await compressionOf(sessionId)).nodes, { timeout: 30_000 }).toBeGreaterThan(2);
      expect((await compressionOf(sessionId)).nodes).toBeLessThan(expected);
      await platform.killAndAwait(stage);
      await expect
        .poll(
          async () =>
            compressionOf(sessionId).then(
              ({ nodes }) => nodes,
              () => -1,
            ),
          { timeout: 60_000 },
        )
        .toBe(expected);
      expect((await compressionOf(sessionId)).deadJobs).toBe(0);
    },
    120_000,
  );
});
