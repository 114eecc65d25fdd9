import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { DEFAULT_NAME, vectorOf, wordEmbedder } from '@supercontext/store/fixtures/word-embedder.ts';
import { type RunningStore, startStore } from '@supercontext/store/start.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, runningPostgres, whyNoPostgres } from '../support/postgres.ts';

const KEY = 's'.repeat(32);
const SESSION = `ses_${'a'.repeat(24)}`;
const TEXTS = ['The physician came late.', 'A kitten sleeps.', 'The automobile is red.', 'Rain fell on the roof.'];
const why = whyNoPostgres();
let postgres: RunningPostgres;
let url: string;
let folder: string;
let store: RunningStore;

async function ask<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
  const client = subgraphClient({
    caller: { name: 'test', version: '0' },
    name: 'store',
    url: store.url,
    signingKey: KEY,
  });
  try {
    return await client.call<Data, Record<string, unknown>>(query, variables);
  } finally {
    await client.close();
  }
}

interface Found {
  readonly hits: readonly { readonly position: number }[];
  readonly degraded: readonly { readonly code: string; readonly message: string }[];
}

async function search(query: string): Promise<Found & { readonly durationMs: number }> {
  const startedAtMs = performance.now();
  const { searchSession } = await ask<{ searchSession: Found }>(
    `query ($id: ID!, $query: String!) {
      searchSession(sessionId: $id, query: $query, first: 5) { hits { position } degraded { code message } }
    }`,
    { id: SESSION, query },
  );
  return { ...searchSession, durationMs: performance.now() - startedAtMs };
}

const putVectors = (ids: readonly string[]) =>
  ask<{ putVectors: number }>('mutation ($input: PutVectorsInput!) { putVectors(input: $input) }', {
    input: {
      sessionId: SESSION,
      embedder: DEFAULT_NAME,
      entries: ids.map((fragmentId, position) => ({
        position,
        fragmentId,
        vectors: Buffer.from(vectorOf(TEXTS[position] ?? '').buffer).toString('base64'),
      })),
    },
  });

async function append(): Promise<readonly string[]> {
  const fragments = TEXTS.map((text) => ({ role: 'USER', source: { kind: 'CHAT' }, text, tokens: 5 }));
  const { putFragments } = await ask<{ putFragments: { ids: string[] } }>(
    'mutation ($input: PutFragmentsInput!) { putFragments(input: $input) { ids } }',
    { input: { sessionId: SESSION, fragments } },
  );
  const entries = putFragments.ids.map((fragmentId, position) => ({ position, fragmentId, tokens: 5 }));
  await ask('mutation ($input: AnnounceFragmentsInput!) { announceFragments(input: $input) { knownThrough } }', {
    input: { sessionId: SESSION, entries },
  });
  return putFragments.ids;
}

describe.skipIf(why !== null)(`vectors in PostgreSQL${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let ids: readonly string[];
  beforeAll(async () => {
    postgres = await runningPostgres();
    url = await postgres.database();
    folder = mkdtempSync(join(tmpdir(), 'store-pgvector-'));
    store = await startStore({
      ...{
        host: '127.0.0.1',
        port: 0,
        signingKey: KEY,
        dataFolder: folder,
        logLevel: 'silent',
        redis: null,
        otlpEndpoint: null,
      },
      ...{ tenantKey: null, indexMebibytes: 16, segmentFragments: 16, embedder: 'auto', cacheHome: '' },
      embedWaitMs: 500,
      pgvectorUrl: url,
      embedders: [wordEmbedder()],
      log: createLog({ name: 'store', version: '0' }, 'silent'),
    });
    ids = await append();
    await putVectors(ids);
  }, 120_000);
  afterAll(async () => {
    await store?.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const missing = [{ code: 'VECTORS_MISSING' }];

  it('are searched there', async () => {
    expect(await search('doctor')).toMatchObject({ hits: [{ position: 0 }], degraded: [] });
  });

  it('that does not answer in time are done without, and said to be', async () => {
    postgres.freeze();
    try {
      const found = await search('kitten doctor');
      expect(found.hits[0]).toMatchObject({ position: 1 });
      expect(found.degraded).toMatchObject(missing);
      expect(found.durationMs).toBeLessThan(4_000);
    } finally {
      postgres.thaw();
    }
    expect((await search('doctor')).hits).toMatchObject([{ position: 0 }]);
  }, 60_000);

  it('that is away are done without, and said to be; writing there is refused with a code', async () => {
    await postgres.halt();
    try {
      const found = await search('kitten');
      expect(found.hits[0]).toMatchObject({ position: 1 });
      expect(found.degraded).toMatchObject(missing);
      await expect(putVectors(ids)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    } finally {
      await postgres.start();
    }
    expect((await search('doctor')).hits).toMatchObject([{ position: 0 }]);
  }, 60_000);

  it('whose table is gone are said to be missing, and made again', async () => {
    await postgres.query(url, 'DROP TABLE supercontext_vectors');
    expect((await search('kitten')).degraded).toMatchObject(missing);
    const { missingVectors } = await ask<{ missingVectors: { entries: unknown[] } }>(
      'query ($id: ID!, $name: String!) { missingVectors(sessionId: $id, embedder: $name, first: 10) { entries { position } } }',
      { id: SESSION, name: DEFAULT_NAME },
    );
    expect(missingVectors.entries).toHaveLength(4);
    await putVectors(ids);
    expect(await search('doctor')).toMatchObject({ hits: [{ position: 0 }], degraded: [] });
  });

  it('are left to the server alone: no file of vectors is made', () => {
    expect(existsSync(join(folder, 'store', 'vectors.sqlite'))).toBe(false);
  });
});
