import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, signRequest } from '@supercontext/runtime/call/sign.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STAGE } from './stage.ts';
import { type RunningStore, startStore } from './start.ts';

const KEY = 's'.repeat(32);
const SESSION = `ses_${'a'.repeat(24)}`;
let folder: string;
let store: RunningStore;

function start(): Promise<RunningStore> {
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
    embedder: 'none',
    cacheHome: '',
    embedWaitMs: 100,
    pgvectorUrl: null,
    log: createLog(STAGE, 'silent'),
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  store = await start();
});
afterEach(async () => {
  await store.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: { readonly code: string } }[];
  readonly extensions: { readonly hops: readonly { readonly name: string }[] };
}

/** The whole answer, errors beside data. */
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

async function codeOf(query: string, variables: Record<string, unknown> = {}): Promise<string | undefined> {
  return (await ask(query, variables)).errors?.[0]?.extensions.code;
}

const PUT = 'mutation ($input: PutFragmentsInput!) { putFragments(input: $input) { ids deduplicated } }';
const REPLICATE = 'mutation ($input: AnnounceFragmentsInput!) { announceFragments(input: $input) { knownThrough } }';
const SEARCH = `query ($query: String!, $first: Int!) {
  searchSession(sessionId: "${SESSION}", query: $query, first: $first) {
    indexedThrough unreadable hits { score position fragment { id text role source { kind name } } }
  }
}`;
const cursorAt = (position: number) => Buffer.from(`fragments ${SESSION}/${position}`).toString('base64url');

const session = (fields: string) =>
  `{ _entities(representations: [{ __typename: "Session", id: "${SESSION}" }]) { ... on Session { ${fields} } } }`;

function input(texts: readonly string[]) {
  const fragments = texts.map((text) => ({
    role: 'DOCUMENT',
    source: { kind: 'FILE', name: 'notes.md' },
    text,
    tokens: 5,
  }));
  return { input: { sessionId: SESSION, fragments } };
}

/** Puts and replicates; returns the ids. */
async function append(from: number, ...texts: string[]): Promise<readonly string[]> {
  const { data } = await ask<{ putFragments: { ids: string[] } }>(PUT, input(texts));
  const { ids } = data.putFragments;
  const entries = ids.map((fragmentId, at) => ({ position: from + at, fragmentId, tokens: 5 }));
  const replicated = await ask<{ announceFragments: { knownThrough: number } }>(REPLICATE, {
    input: { sessionId: SESSION, entries },
  });
  expect(replicated.data.announceFragments.knownThrough).toBe(from + texts.length - 1);
  return ids;
}

interface Found {
  readonly searchSession: {
    readonly indexedThrough: number;
    readonly unreadable: readonly string[];
    readonly hits: readonly { readonly position: number; readonly fragment: { readonly text: string } }[];
  };
}

async function find(query: string, first = 10): Promise<Found['searchSession']> {
  return (await ask<Found>(SEARCH, { query, first })).data.searchSession;
}

/** Changes bytes of a fragment in the file, as a failing disk would, with the store stopped. */
async function damage(id: string): Promise<void> {
  await store.stop();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(folder, 'store', 'fragments.sqlite'));
  const key = Buffer.from(id.slice(-32), 'hex');
  const body = database.prepare('SELECT body FROM fragments WHERE id = ?').get(key)?.body as Uint8Array;
  body[body.length - 2] = (body.at(-2) ?? 0) ^ 0x20;
  database.prepare('UPDATE fragments SET body = ? WHERE id = ?').run(body, key);
  database.close();
  store = await start();
}

describe('the store subgraph', () => {
  it('finds a fragment the moment its replication is acknowledged', async () => {
    for (let turn = 0; turn < 40; turn++) {
      await append(turn, `turn ${turn} speaks of marker${turn}`);
      const { hits, indexedThrough } = await find(`marker${turn}`);
      expect([hits[0]?.position, indexedThrough]).toEqual([turn, turn]);
    }
  });

  it('gives a fragment with all its fields, as an entity and by id', async () => {
    const [id] = await append(0, 'all about zebras');
    const fields = 'id text tokens role source { kind name } contractVersion shard { name } createdAt';
    const expected = {
      id,
      text: 'all about zebras',
      tokens: 5,
      role: 'DOCUMENT',
      source: { kind: 'FILE', name: 'notes.md' },
      contractVersion: 1,
      shard: { name: 'embedded' },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    };
    const byId = await ask<{ fragments: unknown[] }>(`query ($ids: [ID!]!) { fragments(ids: $ids) { ${fields} } }`, {
      ids: [id, `${SESSION}.${'0'.repeat(32)}`, 'nonsense'],
    });
    expect(byId.data.fragments).toEqual([expected, null, null]);
    const entity = `{ _entities(representations: [{ __typename: "Fragment", id: "${id}" }]) { ... on Fragment { ${fields} } } }`;
    expect((await ask<{ _entities: unknown[] }>(entity)).data._entities).toEqual([expected]);
  });

  it('reads 500 fragments of one request in one go', async () => {
    const texts = Array.from({ length: 500 }, (_, at) => `text number ${at}`);
    const ids = await append(0, ...texts);
    const representations = ids.map((id) => ({ __typename: 'Fragment', id }));
    const answer = await ask<{ _entities: { text: string }[] }>(
      'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Fragment { text } } }',
      { all: representations },
    );
    expect(answer.data._entities.map(({ text }) => text)).toEqual(texts);
    expect(answer.extensions.hops.filter(({ name }) => name === 'read-fragments')).toHaveLength(1);
  });

  it('lists the log page by page', async () => {
    const texts = Array.from({ length: 7 }, (_, at) => `text ${at}`);
    await append(0, ...texts);
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 4; pages++) {
      const page = await ask<{
        _entities: [
          {
            fragments: {
              edges: { position: number; node: { text: string } }[];
              pageInfo: { hasNextPage: boolean; endCursor: string };
            };
          },
        ];
      }>(
        session(
          `fragments(first: 3 ${after}) { edges { cursor position node { text } } pageInfo { hasNextPage endCursor } }`,
        ),
      );
      const { edges, pageInfo } = page.data._entities[0].fragments;
      seen.push(...edges.map(({ node }) => node.text));
      if (!pageInfo.hasNextPage) break;
      after = `after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(texts);
  });

  it('says what it holds of a session, and nothing but zeros of one it does not know', async () => {
    const storage = session(
      'storage { fragments tokens sizeBytes indexedThrough sealedSegments } search(query: "a") { score }',
    );
    expect((await ask<{ _entities: unknown[] }>(storage)).data._entities).toEqual([
      { storage: { fragments: 0, tokens: 0, sizeBytes: 0, indexedThrough: -1, sealedSegments: 0 }, search: [] },
    ]);
    await append(0, ...Array.from({ length: 20 }, (_, at) => `word${at}`));
    await expect
      .poll(async () => (await ask<{ _entities: unknown[] }>(storage)).data._entities[0])
      .toMatchObject({ storage: { fragments: 20, tokens: 100, indexedThrough: 19, sealedSegments: 1 } });
  });

  it('tells the compression stage which sessions there are and what their logs list', async () => {
    const ids = await append(0, 'one', 'two', 'three');
    const answer = await ask(
      `{ knownSessions { id knownThrough tokens } logEntries(sessionId: "${SESSION}", from: 1, first: 5) { position fragmentId tokens } }`,
    );
    expect(answer.data).toEqual({
      knownSessions: [{ id: SESSION, knownThrough: 2, tokens: 15 }],
      logEntries: [
        { position: 1, fragmentId: ids[1], tokens: 5 },
        { position: 2, fragmentId: ids[2], tokens: 5 },
      ],
    });
  });

  it('names a damaged fragment in its own place, never serves it, and serves the others', async () => {
    const ids = await append(0, 'zebra alpha', 'zebra beta', 'zebra gamma');
    await damage(ids[1] as string);
    const byId = await ask<{ fragments: unknown[] }>('query ($ids: [ID!]!) { fragments(ids: $ids) { text } }', { ids });
    expect(byId.data.fragments).toEqual([{ text: 'zebra alpha' }, null, { text: 'zebra gamma' }]);
    expect(byId.errors).toEqual([
      expect.objectContaining({
        path: ['fragments', 1],
        extensions: expect.objectContaining({ code: 'FRAGMENT_CORRUPT', details: { fragmentId: ids[1] } }),
      }),
    ]);

    const listed = await ask<{ _entities: [{ fragments: { edges: { node: unknown }[] } }] }>(
      session('fragments { edges { node { text } } }'),
    );
    expect(listed.data._entities[0].fragments.edges.map(({ node }) => node !== null)).toEqual([true, false, true]);
    expect(listed.errors?.map(({ extensions }) => extensions.code)).toEqual(['FRAGMENT_CORRUPT']);

    const found = await find('zebra');
    expect(found.unreadable).toEqual([ids[1]]);
    expect(found.hits.map(({ fragment }) => fragment.text).sort()).toEqual(['zebra alpha', 'zebra gamma']);
  });

  it('heals a damaged fragment when its content is put again', async () => {
    const [id] = await append(0, 'zebra alpha');
    await damage(id as string);
    const again = await ask<{ putFragments: unknown }>(PUT, input(['zebra alpha']));
    expect(again.data.putFragments).toEqual({ ids: [id], deduplicated: 0 });
    expect((await find('zebra')).hits).toHaveLength(1);
  });

  it('reopens its index from disk after a restart, without reading the session again', async () => {
    await append(0, ...Array.from({ length: 100 }, (_, at) => `text with word${at}`));
    await store.stop();
    store = await start();
    expect((await find('word77')).hits[0]?.position).toBe(77);
    expect(store.state.indexes.counts).toMatchObject({ fragmentsRead: 0, segmentsUnusable: 0 });
  });

  describe('beside a log that is not its copy', () => {
    interface Page {
      readonly edges: readonly { readonly position: number; readonly node: { readonly text: string } | null }[];
      readonly pageInfo: { readonly hasNextPage: boolean };
    }

    /** What the graph asks for a session of which the context stage says so much. */
    function ofLog(logLength: number, logDigest: string, fields: string): string {
      const representation = `{ __typename: "Session", id: "${SESSION}", logLength: ${logLength}, logDigest: "${logDigest}" }`;
      return `{ _entities(representations: [${representation}]) { ... on Session { ${fields} } } }`;
    }

    const page = (first: number) =>
      `fragments(first: ${first}) { edges { position node { text } } pageInfo { hasNextPage } }`;

    async function digest(through: number): Promise<string> {
      return (await store.state.fragments.digest(SESSION, through)) ?? '';
    }

    it('serves a page before the gap, and refuses one that reaches into it and a search, naming it', async () => {
      await append(0, 'zebra one', 'zebra two');
      const { data } = await ask<{ _entities: [{ fragments: Page }] }>(ofLog(4, 'f'.repeat(32), page(2)));
      expect(data._entities[0].fragments).toMatchObject({
        edges: [{ position: 0 }, { position: 1 }],
        pageInfo: { hasNextPage: true },
      });
      for (const fields of [page(3), 'search(query: "zebra") { position }']) {
        const { errors } = await ask(ofLog(4, 'f'.repeat(32), fields));
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'STORE_BEHIND', details: { from: 2, through: 3 } });
      }
      const told = await ask<{ _entities: [{ storage: object }] }>(
        ofLog(4, 'f'.repeat(32), 'storage { fragments behind { from through } }'),
      );
      expect(told.data._entities[0].storage).toEqual({ fragments: 2, behind: { from: 2, through: 3 } });
    });

    it('serves of a longer copy what the log lists, and of one that differs nothing', async () => {
      await append(0, 'zebra one', 'zebra two', 'zebra three');
      const fields = `${page(50)} search(query: "zebra") { position } storage { behind { from } }`;
      const { data } = await ask<{ _entities: [{ fragments: Page; search: readonly object[]; storage: object }] }>(
        ofLog(2, await digest(1), fields),
      );
      expect(data._entities[0].fragments).toMatchObject({
        edges: [{ position: 0 }, { position: 1 }],
        pageInfo: { hasNextPage: false },
      });
      expect(data._entities[0].search).toHaveLength(2);
      expect(data._entities[0].storage).toEqual({ behind: null });
      expect(await codeOf(ofLog(3, 'f'.repeat(32), page(1)))).toBe('STORE_BEHIND');
      expect(await codeOf(ofLog(3, 'f'.repeat(32), 'search(query: "zebra") { position }'))).toBe('STORE_BEHIND');
    });

    it('lists a missing fragment with its code, finds the others, and finds it once it is put', async () => {
      const [lost] = await append(0, 'zebra lost');
      await store.stop();
      rmSync(join(folder, 'store', 'fragments.sqlite'));
      rmSync(join(folder, 'store', 'segments.sqlite'));
      store = await start();
      const other = await ask<{ putFragments: { ids: [string] } }>(PUT, input(['zebra kept']));
      const ids = [lost, ...other.data.putFragments.ids];
      const entries = ids.map((fragmentId, position) => ({ position, fragmentId, tokens: 5 }));
      expect(await codeOf(REPLICATE, { input: { sessionId: SESSION, entries } })).toBeUndefined();
      const listed = await ask<{ _entities: [{ fragments: Page }] }>(session(page(50)));
      expect(listed.data._entities[0].fragments.edges).toEqual([
        { position: 0, node: null },
        { position: 1, node: { text: 'zebra kept' } },
      ]);
      expect(listed.errors?.map(({ extensions }) => extensions.code)).toEqual(['FRAGMENT_MISSING']);
      const state = `{ searchSession(sessionId: "${SESSION}", query: "zebra", first: 5) {
        unsearchable unsearchableCount hits { position } } }`;
      expect((await ask<{ searchSession: object }>(state)).data.searchSession).toEqual({
        unsearchable: [0],
        unsearchableCount: 1,
        hits: [{ position: 1 }],
      });
      await ask(PUT, input(['zebra lost']));
      expect((await ask<{ searchSession: { hits: object[] } }>(state)).data.searchSession).toMatchObject({
        unsearchableCount: 0,
      });
      expect((await find('lost')).hits[0]?.position).toBe(0);
    });

    it('finds nothing that was replaced, also after a restart', async () => {
      await append(0, ...Array.from({ length: 40 }, (_, at) => `discarded${at} zebra`));
      const { data } = await ask<{ putFragments: { ids: string[] } }>(
        PUT,
        input(Array.from({ length: 40 }, (_, at) => `current${at} zebra`)),
      );
      const entries = data.putFragments.ids
        .slice(20)
        .map((fragmentId, at) => ({ position: 20 + at, fragmentId, tokens: 5 }));
      const replaces = { from: 20, digest: await digest(39) };
      expect(await codeOf(REPLICATE, { input: { sessionId: SESSION, entries, replaces } })).toBeUndefined();
      for (const life of ['before', 'after']) {
        if (life === 'after') {
          await store.stop();
          store = await start();
        }
        expect((await find('current30')).hits[0]?.position).toBe(30);
        expect((await find('discarded10')).hits[0]?.position).toBe(10);
        expect((await find('discarded30')).hits.filter(({ fragment }) => /^discarded[23]/.test(fragment.text))).toEqual(
          [],
        );
      }
    });
  });

  it('finds fragments by the name of what they are from', async () => {
    await append(0, 'nothing of note');
    expect((await find('notes.md')).hits).toHaveLength(1);
  });

  it('lists a fragment that stands twice in the log once in an answer', async () => {
    await append(0, 'zebra', 'other', 'zebra');
    expect((await find('zebra')).hits.filter(({ fragment }) => fragment.text === 'zebra')).toHaveLength(1);
  });

  it('goes on to the next fragments where the first places hold the same one', async () => {
    await append(0, 'zebra', 'zebra', 'a zebra that has company', 'other');
    expect((await find('zebra', 2)).hits.map(({ fragment }) => fragment.text)).toEqual([
      'zebra',
      'a zebra that has company',
    ]);
  });

  it.each([
    ['more than 512 ids', `{ fragments(ids: [${`"x",`.repeat(513)}]) { id } }`, 'INPUT_INVALID'],
    ['first: 0', session('search(query: "a", first: 0) { score }'), 'INPUT_INVALID'],
    ['first: 201', session('search(query: "a", first: 201) { score }'), 'INPUT_INVALID'],
    ['a page of 513', session('fragments(first: 513) { edges { cursor } }'), 'INPUT_INVALID'],
    ['a cursor of another list', session('fragments(after: "bm9uc2Vuc2U") { edges { cursor } }'), 'CURSOR_UNKNOWN'],
    [
      'a position that was never reached',
      session(`fragments(after: "${cursorAt(9)}") { edges { cursor } }`),
      'CURSOR_UNKNOWN',
    ],
    ['no session id', '{ logEntries(sessionId: "x", from: 0, first: 1) { position } }', 'INPUT_INVALID'],
    [
      'a negative position',
      `{ logEntries(sessionId: "${SESSION}", from: -1, first: 1) { position } }`,
      'INPUT_INVALID',
    ],
    ['1 001 sessions', '{ knownSessions(first: 1001) { id } }', 'INPUT_INVALID'],
  ])('refuses %s with a code of the contract', async (_, query, code) => {
    expect(await codeOf(query)).toBe(code);
  });

  it.each([
    ['an empty text', { text: '' }, 'INPUT_INVALID'],
    ['NUL', { text: 'a\0b' }, 'TEXT_INVALID'],
    ['a lone surrogate', { text: 'a\ud800b' }, 'TEXT_INVALID'],
    ['a name without end', { source: { kind: 'FILE', name: 'n'.repeat(1_025) } }, 'INPUT_INVALID'],
    ['negative tokens', { tokens: -1 }, 'INPUT_INVALID'],
  ])('refuses a fragment with %s and stores nothing of the batch', async (_, changes, code) => {
    const { input: good } = input(['good text', 'to be changed']);
    Object.assign(good.fragments[1] ?? {}, changes);
    expect(await codeOf(PUT, { input: good })).toBe(code);
    const again = await ask<{ putFragments: { deduplicated: number } }>(PUT, input(['good text']));
    expect(again.data.putFragments.deduplicated).toBe(0);
  });

  it('refuses replications that skip positions or name other sessions', async () => {
    const [id] = await append(0, 'one');
    const replicate = (entries: readonly unknown[]) => codeOf(REPLICATE, { input: { sessionId: SESSION, entries } });
    const entry = (position: number, fragmentId = id) => ({ position, fragmentId, tokens: 1 });
    expect(await replicate([entry(1), entry(3)])).toBe('INPUT_INVALID');
    expect(await replicate([entry(-1)])).toBe('INPUT_INVALID');
    expect(await replicate([entry(1, `ses_${'b'.repeat(24)}.${'0'.repeat(32)}`)])).toBe('INPUT_INVALID');
    expect(await replicate([entry(1)])).toBeUndefined();
  });

  it('refuses to start on files that another process holds', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });

  it('answers nobody without a signature', async () => {
    const response = await fetch(store.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [CONTRACT_HEADER]: '1' },
      body: JSON.stringify({ query: '{ knownSessions { id } }' }),
    });
    expect(response.status).toBe(401);
  });
});
