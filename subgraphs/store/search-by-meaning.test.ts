import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import { subgraphClient } from '@supercontext/runtime/call/call-subgraph.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseSession } from './erase-session.ts';
import { DEFAULT_NAME, vectorOf, type WordEmbedder, wordEmbedder } from './fixtures/word-embedder.ts';
import { openVectorIndex } from './search/vectors/embedded.ts';
import { SessionVectors } from './search/vectors/session-vectors.ts';
import type { VectorIndex } from './search/vectors/vector-index.ts';
import { searchSession } from './search-session.ts';
import { STAGE } from './stage.ts';
import { type RunningStore, startStore } from './start.ts';

const KEY = 's'.repeat(32);
const SESSION = `ses_${'a'.repeat(24)}`;
let folder: string;
let store: RunningStore;
let embedder: WordEmbedder;

function start(embedders?: readonly Embedder[], chosen = 'auto'): Promise<RunningStore> {
  return startStore({
    host: '127.0.0.1',
    port: 0,
    signingKey: KEY,
    dataFolder: folder,
    logLevel: 'silent',
    otlpEndpoint: null,
    redis: null,
    tenantKey: null,
    indexMebibytes: 16,
    segmentFragments: 16,
    embedder: chosen,
    cacheHome: join(folder, 'no-cache'),
    embedWaitMs: 200,
    pgvectorUrl: null,
    ...(embedders === undefined ? {} : { embedders }),
    log: createLog(STAGE, 'silent'),
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-meaning-'));
  embedder = wordEmbedder();
  store = await start([embedder]);
});
afterEach(async () => {
  await store.stop();
  rmSync(folder, { recursive: true, force: true });
});

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

async function append(texts: readonly string[], from = 0): Promise<readonly string[]> {
  const fragments = texts.map((text) => ({ role: 'USER', source: { kind: 'CHAT' }, text, tokens: 5 }));
  const { putFragments } = await ask<{ putFragments: { ids: string[] } }>(
    'mutation ($input: PutFragmentsInput!) { putFragments(input: $input) { ids } }',
    { input: { sessionId: SESSION, fragments } },
  );
  await announce({
    entries: putFragments.ids.map((fragmentId, at) => ({ position: from + at, fragmentId, tokens: 5 })),
  });
  return putFragments.ids;
}

async function announce(input: Record<string, unknown>): Promise<void> {
  await ask('mutation ($input: AnnounceFragmentsInput!) { announceFragments(input: $input) { knownThrough } }', {
    input: { sessionId: SESSION, entries: [], ...input },
  });
}

interface Page {
  readonly entries: readonly { readonly position: number; readonly fragmentId: string }[];
  readonly next: number | null;
}

async function missing(after: number | null = -1, first = 512, name = DEFAULT_NAME): Promise<Page> {
  const { missingVectors } = await ask<{ missingVectors: Page }>(
    `query ($id: ID!, $name: String!, $after: Int, $first: Int!) {
      missingVectors(sessionId: $id, embedder: $name, after: $after, first: $first) { entries { position fragmentId } next }
    }`,
    { id: SESSION, name, after, first },
  );
  return missingVectors;
}

async function put(entries: readonly { position: number; fragmentId: string; text: string }[]): Promise<number> {
  const encoded = entries.map(({ position, fragmentId, text }) => ({
    position,
    fragmentId,
    vectors: Buffer.from(vectorOf(text).buffer).toString('base64'),
  }));
  const { putVectors } = await ask<{ putVectors: number }>(
    'mutation ($input: PutVectorsInput!) { putVectors(input: $input) }',
    { input: { sessionId: SESSION, embedder: DEFAULT_NAME, entries: encoded } },
  );
  return putVectors;
}

interface Found {
  readonly hits: readonly { readonly position: number; readonly score: number }[];
  readonly vectorsIndexedThrough: number | null;
  readonly degraded: readonly { readonly code: string; readonly message: string }[];
}

async function search(query: string, first = 10): Promise<Found> {
  const { searchSession } = await ask<{ searchSession: Found }>(
    `query ($id: ID!, $query: String!, $first: Int!) {
      searchSession(sessionId: $id, query: $query, first: $first) {
        hits { position score } vectorsIndexedThrough degraded { code message }
      }
    }`,
    { id: SESSION, query, first },
  );
  return searchSession;
}

const TEXTS = ['The physician came late.', 'A kitten sleeps.', 'The automobile is red.', 'Rain fell on the roof.'];

/** Appends texts and gives each its vector. */
async function withVectors(texts: readonly string[]): Promise<readonly string[]> {
  const ids = await append(texts);
  await put(ids.map((fragmentId, position) => ({ position, fragmentId, text: texts[position] ?? '' })));
  return ids;
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] as number), 0);
}

describe('search by meaning', () => {
  it('finds what shares no word with the question, and says how far the vectors have come', async () => {
    await withVectors(TEXTS);
    expect(await search('doctor')).toMatchObject({ hits: [{ position: 0 }], vectorsIndexedThrough: 3, degraded: [] });
    expect((await search('red vehicle')).hits[0]?.position).toBe(2);
    expect((await search('')).hits).toEqual([]);
    expect((await search('quantum')).hits).toEqual([]);
  });

  it('says how near the nearest is, near enough to be found or not, and nothing where nothing was compared', async () => {
    const asked = (query: string) => searchSession(store.state, SESSION, { query, first: 10 });
    await append(TEXTS);
    expect((await asked('quantum')).similarity).toBeNull();
    await withVectors(TEXTS);
    expect((await asked('')).similarity).toBeNull();
    const far = await asked('quantum');
    const cosines = TEXTS.map((text) => dot(vectorOf(text), vectorOf('quantum')));
    expect(far.hits).toEqual([]);
    expect(far.similarity).toBeCloseTo(Math.max(...cosines), 2);
    expect((await asked('the physician came late')).similarity).toBeCloseTo(1, 2);
  });

  it('embeds the same question once', async () => {
    await withVectors(TEXTS);
    await Promise.all([search('doctor'), search('doctor')]);
    await search('doctor');
    expect(embedder.asked).toEqual(['doctor']);
  });

  it('is as it was without vectors, to the last digit of a score', async () => {
    const texts = Array.from(
      { length: 120 },
      (_, at) => `Note ${at} on the harbour, tide ${at % 7} and port ${at % 11}.`,
    );
    const ids = await append(texts);
    const questions = ['harbour tide 3', 'port', 'note 17', ''];
    const before = await Promise.all(questions.map((question) => search(question, 25)));
    await store.stop();
    store = await start(undefined, 'none');
    for (const [at, question] of questions.entries()) {
      const alone = await search(question, 25);
      expect(alone.hits).toEqual(before[at]?.hits);
      expect(alone).toMatchObject({ vectorsIndexedThrough: null, degraded: [] });
    }
    expect(ids).toHaveLength(120);
  });

  it('says when there is no embedder though one is wanted, and finds by words', async () => {
    await append(TEXTS);
    await store.stop();
    store = await start();
    const found = await search('kitten');
    expect(found.hits[0]?.position).toBe(1);
    expect(found.degraded).toMatchObject([
      { code: 'VECTORS_MISSING', message: expect.stringContaining('no embedder') },
    ]);
  });

  it('says when many fragments have no vectors yet, and finds by words', async () => {
    const found = Array.from({ length: 60 }, (_, at) => `Entry ${at} about the car`);
    await append(found);
    const answer = await search('entry 12');
    expect(answer.hits[0]?.position).toBe(12);
    expect(answer).toMatchObject({ vectorsIndexedThrough: -1, degraded: [{ code: 'VECTORS_MISSING' }] });
    expect(answer.degraded[0]?.message).toContain('60 fragments');
  });

  it('does not wait longer for the embedder than it may, and uses a vector that came late the next time', async () => {
    await withVectors(TEXTS);
    let release = () => {};
    embedder.hold = new Promise((resolve) => (release = resolve));
    const startedAtMs = performance.now();
    const late = await search('doctor kitten');
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    // The one with the word, and its neighbours.
    expect(late.hits.map(({ position }) => position)).toEqual([1, 2, 0, 3]);
    expect(late.degraded).toMatchObject([{ code: 'VECTORS_MISSING', message: expect.stringContaining('200 ms') }]);
    release();
    embedder.hold = null;
    await new Promise((resolve) => setTimeout(resolve, 20));
    const soon = (await search('doctor kitten')).hits.slice(0, 2);
    expect(soon.map(({ position }) => position)).toEqual([1, 0]);
    expect(embedder.asked).toEqual(['doctor kitten']);
  });

  it('goes on by words when the embedder fails', async () => {
    await withVectors(TEXTS);
    embedder.fault = new ContractError('MODEL_FAILED', 'the thread died');
    const found = await search('physician');
    expect(found.hits[0]).toMatchObject({ position: 0 });
    expect(found.degraded[0]?.message).toContain('the thread died');
  });

  it('keeps and shows nothing of what is withdrawn, and asks for it again when it is shown again', async () => {
    const ids = await withVectors(TEXTS);
    const encoded = (withdrawn: Withdrawn) => Buffer.from(withdrawn.encode()).toString('base64');
    const gone = Withdrawn.of([{ from: 0, through: 0 }]);
    await announce({ withdrawn: encoded(gone) });
    expect((await search('doctor')).hits).toEqual([]);
    const space = { sessionId: SESSION, model: DEFAULT_NAME, dimensions: 384 };
    expect((await store.state.meaning.vectors.coverage(space)).held).toBe(3);
    expect(await missing()).toEqual({ entries: [], next: null });
    expect(await put([{ position: 0, fragmentId: ids[0] ?? '', text: TEXTS[0] ?? '' }])).toBe(0);
    await announce({ withdrawn: encoded(gone.change({ remove: [{ from: 0, through: 0 }], revision: 2 })) });
    expect((await missing()).entries).toMatchObject([{ position: 0 }]);
    expect((await missing(null)).entries).toMatchObject([{ position: 0 }]);
  });

  it('takes no vectors for fragments that the log does not list there, nor of unknown embedders', async () => {
    const ids = await append(TEXTS);
    const text = 'doctor';
    expect(await put([{ position: 1, fragmentId: ids[0] ?? '', text }])).toBe(0);
    expect(await put([{ position: 9, fragmentId: ids[0] ?? '', text }])).toBe(0);
    await expect(missing(-1, 512, 'word2vec.1')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(missing(-1, 513)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(missing(-2)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await put([{ position: 1, fragmentId: ids[1] ?? '', text }])).toBe(1);
  });

  it('tells what is missing in order, a page at a time', async () => {
    const texts = Array.from({ length: 40 }, (_, at) => `Entry ${at}`);
    const ids = await append(texts);
    await put([0, 1, 5].map((position) => ({ position, fragmentId: ids[position] ?? '', text: 'x' })));
    const first = await missing(-1, 3);
    expect(first).toMatchObject({ entries: [{ position: 2 }, { position: 3 }, { position: 4 }], next: 5 });
    const rest = await missing(first.next, 512);
    expect(rest.entries.map(({ position }) => position)).toEqual(Array.from({ length: 34 }, (_, at) => at + 6));
    expect(rest.next).toBeNull();
    expect((await missing(null, 1)).entries).toMatchObject([{ position: 2 }]);
  });

  it('drops the vectors of a log that is another from a position on', async () => {
    const ids = await withVectors(TEXTS);
    const { digest } = await store.state.fragments.known(SESSION);
    const entries = [{ position: 2, fragmentId: ids[3] ?? '', tokens: 5 }];
    await announce({ entries, replaces: { from: 2, digest } });
    expect((await search('vehicle')).hits).toEqual([]);
    expect((await missing()).entries).toMatchObject([{ position: 2, fragmentId: ids[3] }]);
  });

  it('is served by the vectors of another embedder until its own are made, then those are dropped', async () => {
    const texts = Array.from({ length: 50 }, (_, at) => (at === 7 ? 'The physician came late.' : `Entry ${at}`));
    const ids = await append(texts);
    const older = wordEmbedder('older.1');
    const space = { sessionId: SESSION, model: 'older.1', dimensions: 384 };
    const hashes = ids.map((id) => id.split('.')[1] ?? '');
    const entries = hashes.map((hash, position) => ({ position, hash, vectors: vectorOf(texts[position] ?? '') }));
    await store.state.meaning.vectors.put(space, entries);
    await store.stop();
    store = await start([embedder, older]);
    expect((await search('doctor')).hits).toMatchObject([{ position: 7 }]);
    expect([embedder.asked, older.asked]).toEqual([[], ['doctor']]);
    const { vectors } = store.state.meaning;
    const models = async () => (await vectors.spaces(SESSION)).map(({ model }) => model).sort();
    const made = ids.map((fragmentId, position) => ({ position, fragmentId, text: texts[position] ?? '' }));
    await put(made.slice(1));
    expect(await models()).toEqual([DEFAULT_NAME, 'older.1'].sort());
    await put(made.slice(0, 1));
    expect(await models()).toEqual([DEFAULT_NAME]);
    expect((await search('doctor')).hits).toMatchObject([{ position: 7 }]);
    expect(embedder.asked).toEqual(['doctor']);
    // As when the process ended between the two.
    await vectors.put(space, entries);
    expect(await missing()).toEqual({ entries: [], next: null });
    expect(await models()).toEqual([DEFAULT_NAME]);
  });

  it('is erased with its session', async () => {
    await withVectors(TEXTS);
    const { eraseFromStore } = await ask<{ eraseFromStore: { vectors: number } }>(
      'mutation ($id: ID!) { eraseFromStore(sessionId: $id) { vectors } }',
      { id: SESSION },
    );
    expect(eraseFromStore).toEqual({ vectors: 4 });
    expect(await search('doctor')).toMatchObject({ hits: [] });
  });

  it('leaves no vectors that were being kept while the session was erased', async () => {
    const [fragmentId = ''] = await append(['The car is red.']);
    const path = join(folder, 'gated.sqlite');
    const real = openVectorIndex({ path, budgetBytes: 1e6, onDamaged() {}, onUnusable() {} });
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let keeping: Promise<number> = Promise.resolve(0);
    // Kept after the vectors are erased, and before the log is.
    const gated: VectorIndex = {
      put: (...asked) => gate.then(() => real.put(...asked)),
      async erase(sessionId) {
        const erased = await real.erase(sessionId);
        release();
        await keeping;
        return erased;
      },
      held: (space) => real.held(space),
      search: (...asked) => real.search(...asked),
      forget: (...asked) => real.forget(...asked),
      spaces: (sessionId) => real.spaces(sessionId),
      close: () => real.close(),
    };
    const { state } = store;
    const vectors = new SessionVectors(gated, state.fragments);
    const space = { sessionId: SESSION, model: DEFAULT_NAME, dimensions: 384 };
    keeping = vectors.put(space, [{ position: 0, hash: fragmentId.split('.')[1] ?? '', vectors: vectorOf('car') }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const erasure = await eraseSession({ ...state, meaning: { ...state.meaning, vectors } }, SESSION);
    expect(await keeping).toBe(1);
    expect(erasure).toMatchObject({ fragments: 1, vectors: 1 });
    expect(await real.spaces(SESSION)).toEqual([]);
    await real.close();
  });

  it('finds the same after a restart', async () => {
    await withVectors(TEXTS);
    const before = await search('doctor automobile');
    await store.stop();
    store = await start([embedder]);
    expect(await search('doctor automobile')).toEqual(before);
    expect(before.hits[0]).toMatchObject({ position: 2 });
    expect(before.hits).toContainEqual(expect.objectContaining({ position: 0 }));
  });
});
