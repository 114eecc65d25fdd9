import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, signRequest } from '@supercontext/runtime/call/sign.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningRedis, runningCluster, whyNoRedis } from '../../test/support/redis-cluster.ts';
import { vectorOf, wordEmbedder } from './fixtures/word-embedder.ts';
import { STAGE } from './stage.ts';
import { type RunningStore, startStore } from './start.ts';

const why = whyNoRedis();
const KEY = 's'.repeat(32);
const SESSION = `ses_${'a'.repeat(24)}`;

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions: { readonly hops: readonly { readonly name: string; readonly shard?: string }[] };
}

const PUT = 'mutation ($input: PutFragmentsInput!) { putFragments(input: $input) { ids deduplicated } }';
const REPLICATE = 'mutation ($input: AnnounceFragmentsInput!) { announceFragments(input: $input) { knownThrough } }';
const session = (fields: string) =>
  `{ _entities(representations: [{ __typename: "Session", id: "${SESSION}" }]) { ... on Session { ${fields} } } }`;

describe.skipIf(why !== null)(`the store subgraph on a cluster${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let cluster: RunningRedis;
  let folder: string;
  let store: RunningStore;

  const start = (changes: { tenantKey?: string | null } = {}) =>
    startStore({
      host: '127.0.0.1',
      port: 0,
      signingKey: KEY,
      dataFolder: folder,
      logLevel: 'silent',
      otlpEndpoint: null,
      redis: cluster.settings,
      tenantKey: 't'.repeat(40),
      indexMebibytes: 16,
      segmentFragments: 16,
      embedder: 'none',
      embedders: [wordEmbedder('tiny.1')],
      cacheHome: '',
      embedWaitMs: 1_000,
      pgvectorUrl: null,
      log: createLog(STAGE, 'silent'),
      ...changes,
    });

  beforeAll(async () => {
    cluster = await runningCluster();
  }, 60_000);
  afterAll(() => cluster?.stop());
  beforeEach(async () => {
    await cluster.flush();
    folder = mkdtempSync(join(tmpdir(), 'store-redis-'));
    store = await start();
  });
  afterEach(async () => {
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> {
    const body = JSON.stringify({ query, variables });
    const response = await fetch(store.url, {
      method: 'POST',
      headers: {
        traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
        'content-type': 'application/json',
        [CONTRACT_HEADER]: '1',
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'store', body }),
      },
      body,
    });
    return (await response.json()) as Answer<Data>;
  }

  async function append(from: number, ...texts: readonly string[]): Promise<readonly string[]> {
    const source = { kind: 'FILE', name: 'notes.md' };
    const fragments = texts.map((text) => ({ role: 'DOCUMENT', source, text, tokens: 5 }));
    const put = await ask<{ putFragments: { ids: string[] } }>(PUT, { input: { sessionId: SESSION, fragments } });
    const { ids } = put.data.putFragments;
    const entries = ids.map((fragmentId, at) => ({ position: from + at, fragmentId, tokens: 5 }));
    const told = await ask<{ announceFragments: { knownThrough: number } }>(REPLICATE, {
      input: { sessionId: SESSION, entries },
    });
    expect(told.data.announceFragments.knownThrough).toBe(from + texts.length - 1);
    return ids;
  }

  const texts = Array.from({ length: 40 }, (_, at) => `text ${at} speaks of marker${at}`);
  const find = async (query: string) => {
    const { data } = await ask<{ searchSession: { hits: { position: number }[] } }>(
      `query ($query: String!) { searchSession(sessionId: "${SESSION}", query: $query, first: 3) { hits { position } } }`,
      { query },
    );
    return data.searchSession.hits[0]?.position;
  };

  it('finds what was appended, also after a restart, and keeps nothing in files', async () => {
    await append(0, ...texts);
    expect(await find('marker7')).toBe(7);
    await store.stop();
    store = await start();
    expect(await find('marker31')).toBe(31);
    expect(store.state.indexes.counts).toMatchObject({ segmentsRead: 3, fragmentsRead: 0 });
    expect(existsSync(join(folder, 'store')) ? readdirSync(join(folder, 'store')) : []).toEqual([]);
  });

  it('names the shard of each fragment, and hops name those they spoke to', async () => {
    const ids = await append(0, ...texts);
    const addresses = cluster.nodes.map(({ address }) => address);
    const asked = 'query ($ids: [ID!]!) { fragments(ids: $ids) { id text shard { name } } }';
    const { data, extensions } = await ask<{ fragments: { text: string; shard: { name: string } }[] }>(asked, { ids });
    expect(data.fragments.map(({ text }) => text)).toEqual(texts);
    const shards = new Set(data.fragments.map(({ shard }) => shard.name));
    expect(shards.size).toBe(3);
    for (const shard of shards) expect(addresses).toContain(shard);
    expect(extensions.hops.find(({ name }) => name === 'read-fragments')?.shard).toBe([...shards].sort().join(' '));
    const { extensions: searched } = await ask(
      `{ searchSession(sessionId: "${SESSION}", query: "marker1", first: 3) { hits { position } } }`,
    );
    expect(shards).toContain(searched.hops.find(({ name }) => name === 'search-session')?.shard);
  });

  it('keeps vectors in Redis, and finds by them after a restart', async () => {
    const ids = await append(0, 'a cat sat', 'a dog ran');
    const embedder = wordEmbedder('tiny.1');
    const space = { sessionId: SESSION, model: embedder.name, dimensions: embedder.dimensions };
    const vectors = vectorOf('a dog ran');
    const hash = (ids[1] as string).slice(-32);
    expect(await store.state.meaning.vectors.put(space, [{ position: 1, hash, vectors }])).toBe(1);
    await store.stop();
    store = await start();
    const hits = await store.state.meaning.vectors.search(space, vectors, 3);
    expect(hits).toMatchObject([{ position: 1, hash }]);
  });

  it('erases a session whole', async () => {
    const ids = await append(0, ...texts);
    const { data } = await ask<{ eraseFromStore: object }>(
      `mutation { eraseFromStore(sessionId: "${SESSION}") { fragments sharedFragments waitingFragments segments } }`,
    );
    expect(data.eraseFromStore).toEqual({ fragments: 40, sharedFragments: 0, waitingFragments: 0, segments: 2 });
    const { data: read } = await ask<{ fragments: unknown[] }>(
      'query ($ids: [ID!]!) { fragments(ids: $ids) { text } }',
      { ids },
    );
    expect(read.fragments).toEqual(ids.map(() => null));
    const { data: left } = await ask<{ _entities: [{ storage: object }] }>(session('storage { fragments sizeBytes }'));
    expect(left._entities[0].storage).toEqual({ fragments: 0, sizeBytes: 0 });
  });

  it('says that there is no file to copy', async () => {
    const { errors } = await ask(`mutation { backupStore(folder: ${JSON.stringify(folder)}) }`);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('its state is in Redis'),
      extensions: { code: 'INPUT_INVALID' },
    });
  });

  it('refuses to start without a tenant key, and with another one than the keys are of', async () => {
    await append(0, 'one');
    await expect(start({ tenantKey: null })).rejects.toThrow(/SUPERCONTEXT_TENANT_KEY is not set/);
    await expect(start({ tenantKey: 'u'.repeat(40) })).rejects.toThrow(/a tenant with another key/);
    expect(await find('one')).toBe(0);
  });
});
