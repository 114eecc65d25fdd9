import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { type RunningSubgraph, startSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type RunningStore, startStore } from '../store/start.ts';
import { appendToStore, proseFragments } from './fixtures/session-in-store.ts';
import { METHOD } from './method/extract.ts';
import { STAGE } from './stage.ts';
import { type RunningCompression, startCompression } from './start.ts';
import { LEAF_TOKENS } from './tree/plan-leaves.ts';

const KEY = 'c'.repeat(32);
const FRAGMENTS_PER_LEAF = Math.ceil(LEAF_TOKENS / 512);
const log = createLog(STAGE, 'silent');
let storeFolder: string;
let folder: string;
let store: RunningStore;
let context: RunningSubgraph;
let compression: RunningCompression;
let sessions = 0;
const idOf = (number: number) => `ses_${number.toString(16).padStart(24, '0')}`;
/** Opened in the context stage. */
const opened = new Set<string>();
function newSession(): string {
  const sessionId = idOf(++sessions);
  opened.add(sessionId);
  return sessionId;
}

const common = {
  host: '127.0.0.1',
  port: 0,
  signingKey: KEY,
  logLevel: 'silent',
  otlpEndpoint: null,
  redis: null,
  log,
};

function startContext(): Promise<RunningSubgraph> {
  return startSubgraph({
    ...common,
    stage: { name: 'context', version: 'test' },
    typeDefs: readFileSync(new URL('../context/schema.graphql', import.meta.url), 'utf8'),
    resolvers: { Query: { session: (_: unknown, { id }: { id: string }) => (opened.has(id) ? { id } : null) } },
    context: (base) => base,
  });
}

function start(storeUrl = store.url, contextUrl = context.url): Promise<RunningCompression> {
  const settings = { threads: 1, pauseMs: 0, maximumAttempts: 2, sweepMs: 60_000, embedder: 'none', cacheHome: '' };
  return startCompression({ ...common, ...settings, dataFolder: folder, storeUrl, contextUrl });
}

beforeAll(async () => {
  context = await startContext();
  storeFolder = mkdtempSync(join(tmpdir(), 'compression-store-'));
  store = await startStore({
    ...common,
    dataFolder: storeFolder,
    tenantKey: null,
    indexMebibytes: 16,
    segmentFragments: 1_024,
    embedder: 'none',
    cacheHome: '',
    embedWaitMs: 100,
    pgvectorUrl: null,
  });
});
afterAll(async () => {
  await Promise.all([store.stop(), context.stop()]);
  rmSync(storeFolder, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'compression-'));
  compression = await start();
});
afterEach(async () => {
  await compression.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

async function ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> {
  const body = JSON.stringify({ query, variables });
  const response = await fetch(compression.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [CONTRACT_HEADER]: '1',
      [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'compression', body }),
    },
    body,
  });
  return (await response.json()) as Answer<Data>;
}

const append = (sessionId: string, count: number, from = 0) =>
  appendToStore({ url: store.url, signingKey: KEY }, sessionId, from, proseFragments(count, from));

const SCHEDULE = 'mutation ($input: ScheduleCompressionInput!) { scheduleCompression(input: $input) { pendingJobs } }';
const schedule = (sessionId: string, through: number) => ask(SCHEDULE, { input: { sessionId, through } });

async function ofSession<Data>(sessionId: string, fields: string): Promise<Data> {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Session { ${fields} } } }`;
  const answer = await ask<{ _entities: [Data] }>(query, { of: [{ __typename: 'Session', id: sessionId }] });
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return answer.data._entities[0];
}

interface Reading {
  readonly complete: boolean;
  readonly status: { readonly compressedThrough: number; readonly nodes: number; readonly pendingJobs: number };
}

function progressClient() {
  return createClient({
    url: compression.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    lazy: true,
    connectionParams: {
      [CONTRACT_HEADER]: 1,
      [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'compression', body: SOCKET_BODY }),
    },
    retryAttempts: 0,
  });
}

function progressOf(client: ReturnType<typeof progressClient>, sessionId: string) {
  return client.iterate<{ compressionProgress: Reading }>({
    query:
      'subscription ($id: ID!) { compressionProgress(sessionId: $id) { complete status { compressedThrough nodes pendingJobs } } }',
    variables: { id: sessionId },
  });
}

/** Every reading until the tree is complete. */
async function untilComplete(sessionId: string): Promise<Reading[]> {
  const client = progressClient();
  const readings: Reading[] = [];
  for await (const { data, errors } of progressOf(client, sessionId)) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    if (data != null) readings.push(data.compressionProgress);
  }
  await client.dispose();
  return readings;
}

/** The code with which the progress of a session is refused or ends. */
async function endOf(sessionId: string): Promise<string | undefined> {
  const error: unknown = await untilComplete(sessionId).then(
    () => undefined,
    (thrown) => thrown,
  );
  return /"code":"(\w+)"/.exec(error instanceof Error ? error.message : JSON.stringify(error))?.[1];
}

interface Digest {
  readonly digest: readonly {
    readonly id: string;
    readonly level: number;
    readonly from: number;
    readonly through: number;
    readonly tokens: number;
    readonly originalTokens: number;
    readonly fidelity: number;
    readonly text: string;
    readonly children: readonly { readonly __typename: string; readonly id: string; readonly text?: string }[];
  }[];
}
const DIGEST = `digest(budgetTokens: 4000) { id level from through tokens originalTokens fidelity text
  children { __typename ... on Summary { id text } ... on Fragment { id } } }`;

describe('the compression stage', () => {
  it('grows the tree of a log in the background and serves it down to the fragments', async () => {
    const sessionId = newSession();
    const leaves = 10;
    const through = await append(sessionId, leaves * FRAGMENTS_PER_LEAF + 3);
    expect((await schedule(sessionId, through)).errors).toBeUndefined();
    const readings = await untilComplete(sessionId);
    expect(readings.at(-1)).toEqual({
      complete: true,
      status: { compressedThrough: leaves * FRAGMENTS_PER_LEAF - 1, nodes: leaves + 1, pendingJobs: 0 },
    });
    const { digest } = await ofSession<Digest>(sessionId, DIGEST);
    expect(digest.map(({ level }) => level)).toEqual([1, 0, 0]);
    const [top, leaf] = digest;
    expect(top).toMatchObject({ from: 0, through: 8 * FRAGMENTS_PER_LEAF - 1, originalTokens: 8 * LEAF_TOKENS });
    expect(top?.children).toHaveLength(8);
    for (const child of top?.children ?? []) expect(child).toMatchObject({ __typename: 'Summary', text: /Entry/ });
    expect(leaf?.children).toHaveLength(FRAGMENTS_PER_LEAF);
    expect(leaf?.children[0]?.__typename).toBe('Fragment');
    for (const node of digest) {
      expect(node.text).toContain('register says');
      expect(node.tokens).toBeLessThan(600);
      expect(node.fidelity).toBeGreaterThan(0);
    }
  });

  it('makes only what is new when the log grows, and leaves every node as it was', async () => {
    const sessionId = newSession();
    let through = await append(sessionId, 8 * FRAGMENTS_PER_LEAF);
    await schedule(sessionId, through);
    await untilComplete(sessionId);
    const before = await ofSession<Digest>(sessionId, DIGEST);
    through = await append(sessionId, FRAGMENTS_PER_LEAF, through + 1);
    await schedule(sessionId, through);
    const readings = await untilComplete(sessionId);
    expect(readings.at(-1)?.status.nodes).toBe(10);
    const after = await ofSession<Digest>(sessionId, DIGEST);
    expect(after.digest.slice(0, before.digest.length)).toEqual(before.digest);
    expect(after.digest).toHaveLength(before.digest.length + 1);
  });

  it('finds by itself what it was never told of, and what the queue has lost', async () => {
    const sessionId = newSession();
    await append(sessionId, 9 * FRAGMENTS_PER_LEAF);
    await compression.stop();
    rmSync(join(folder, 'compression', 'jobs.sqlite'), { force: true });
    compression = await start();
    const readings = await untilComplete(sessionId);
    expect(readings.at(-1)?.status.nodes).toBe(10);
  });

  it('makes the same nodes again when all its files are lost', async () => {
    const sessionId = newSession();
    await append(sessionId, 9 * FRAGMENTS_PER_LEAF);
    await untilComplete(sessionId);
    const before = await ofSession<Digest>(sessionId, DIGEST);
    expect(before.digest).toHaveLength(2);
    await compression.stop();
    rmSync(join(folder, 'compression'), { recursive: true });
    compression = await start();
    await untilComplete(sessionId);
    expect(await ofSession<Digest>(sessionId, DIGEST)).toEqual(before);
  });

  it('has an empty tree for a session without a log, and its progress is complete at once', async () => {
    const sessionId = newSession();
    expect(
      await ofSession(sessionId, 'digest(budgetTokens: 64) { id } compression { nodes compressedThrough deadJobs }'),
    ).toEqual({ digest: [], compression: { nodes: 0, compressedThrough: -1, deadJobs: 0 } });
    const readings = await untilComplete(sessionId);
    expect(readings.at(-1)).toMatchObject({ complete: true, status: { nodes: 0 } });
  });

  it('answers for summaries by id in the order asked, null for what is not there', async () => {
    const sessionId = newSession();
    await append(sessionId, FRAGMENTS_PER_LEAF);
    await untilComplete(sessionId);
    const { digest } = await ofSession<Digest>(sessionId, DIGEST);
    const id = digest[0]?.id ?? '';
    const missing = `${sessionId}.s${'f'.repeat(32)}`;
    const { data } = await ask<{ summaries: unknown[]; _entities: unknown[] }>(
      `query ($ids: [ID!]!, $of: [_Any!]!) {
        summaries(ids: $ids) { id level method { name version } }
        _entities(representations: $of) { ... on Summary { id through } }
      }`,
      { ids: [missing, id, 'nonsense'], of: [id, missing].map((one) => ({ __typename: 'Summary', id: one })) },
    );
    const method = { ...METHOD };
    expect(data.summaries).toEqual([null, { id, level: 0, method }, null]);
    expect(data._entities).toEqual([{ id, through: FRAGMENTS_PER_LEAF - 1 }, null]);
  });

  it.each([
    ['an id that is none', SCHEDULE, { input: { sessionId: 'nonsense', through: 0 } }, 'INPUT_INVALID'],
    ['a position before the first', SCHEDULE, { input: { sessionId: newSession(), through: -1 } }, 'INPUT_INVALID'],
    [
      'more ids than a request may have',
      'query ($ids: [ID!]!) { summaries(ids: $ids) { id } }',
      { ids: Array.from({ length: 513 }, (_, index) => `${index}`) },
      'INPUT_INVALID',
    ],
    [
      'a budget no summary fits',
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Session { digest(budgetTokens: 63) { id } } } }',
      { of: [{ __typename: 'Session', id: newSession() }] },
      'BUDGET_EXCEEDED',
    ],
  ])('refuses %s', async (_name, query, variables, code) => {
    expect((await ask(query, variables)).errors?.[0]?.extensions.code).toBe(code);
  });

  it.each([
    ['nobody ever opened', `ses_${'f'.repeat(24)}`],
    ['is no session', 'nonsense'],
  ])('has no progress of an id that %s', async (_what, sessionId) => {
    expect(await endOf(sessionId)).toBe('SESSION_NOT_FOUND');
  });

  it('has no progress of an erased session, and tells who watches it that it is gone', async () => {
    const sessionId = newSession();
    await compression.stop();
    compression = await start('http://127.0.0.1:9/graphql');
    const watching = endOf(sessionId);
    await expect.poll(() => compression.state.progress.watchedSessions).toBe(1);
    await ask('mutation ($id: ID!) { eraseFromCompression(sessionId: $id) { jobs } }', { id: sessionId });
    expect(await watching).toBe('SESSION_NOT_FOUND');
    expect(compression.state.progress.watchedSessions).toBe(0);
    expect(await endOf(sessionId)).toBe('SESSION_NOT_FOUND');
    opened.delete(sessionId);
    await compression.stop();
    compression = await start();
    expect(await endOf(sessionId)).toBe('SESSION_NOT_FOUND');
  });

  it('tells the progress of a session it knows while the context stage is away, and says so of others', async () => {
    const sessionId = newSession();
    await append(sessionId, FRAGMENTS_PER_LEAF);
    await untilComplete(sessionId);
    await compression.stop();
    compression = await start(store.url, 'http://127.0.0.1:9/graphql');
    expect((await untilComplete(sessionId)).at(-1)).toMatchObject({ complete: true, status: { nodes: 1 } });
    expect(await endOf(newSession())).toBe('SUBGRAPH_UNAVAILABLE');
  });

  it('lets go of a watcher that goes in the middle', async () => {
    const sessionId = newSession();
    await compression.stop();
    compression = await start('http://127.0.0.1:9/graphql');
    const client = progressClient();
    const readings = progressOf(client, sessionId)[Symbol.asyncIterator]();
    const first = await readings.next();
    expect(first.value?.data?.compressionProgress.complete).toBe(false);
    expect(compression.state.progress.watchedSessions).toBe(1);
    await readings.return?.();
    await client.dispose();
    await expect.poll(() => compression.state.progress.watchedSessions, { timeout: 20_000 }).toBe(0);
  });

  it('waits for a store that is away and goes on when it is back', async () => {
    const sessionId = newSession();
    await append(sessionId, FRAGMENTS_PER_LEAF);
    await compression.stop();
    compression = await start('http://127.0.0.1:9/graphql');
    expect((await schedule(sessionId, FRAGMENTS_PER_LEAF - 1)).errors).toBeUndefined();
    expect(await ofSession(sessionId, 'compression { nodes deadJobs }')).toEqual({
      compression: { nodes: 0, deadJobs: 0 },
    });
    await compression.stop();
    compression = await start();
    expect((await untilComplete(sessionId)).at(-1)?.status.nodes).toBe(1);
  });
});
