import { createHash } from 'node:crypto';
import { on, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type GraphQLAnswer, post, startTestGateway, type TestGateway } from './fixtures/gateway.ts';
import { newActivity, startLibrary } from './fixtures/subgraphs.ts';

const BOOKS = 'query Books($first: Int!) { books(first: $first) { title } }';
const BOOKS_ID = createHash('md5').update(BOOKS).digest('hex');
const BUMP = 'mutation { bump }';
const TYPE_NAME = 'query { __typename }';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const variables = { first: 1 };
const data = { books: [{ title: 'Title of b0' }] };

let folder: string;
let library: RunningSubgraph;
let gateway: TestGateway;

beforeAll(async () => {
  library = await startLibrary(newActivity());
  folder = await mkdtemp(join(tmpdir(), 'document-ids-'));
  const documentsPath = join(folder, 'documents.json');
  // As relay-compiler writes it.
  await writeFile(documentsPath, JSON.stringify({ [BOOKS_ID]: BOOKS, [sha256(BUMP)]: BUMP }));
  gateway = await startTestGateway({ library: library.url }, { documentsPath });
});
afterAll(async () => {
  await gateway.stop();
  await library.stop();
  await rm(folder, { recursive: true });
});

describe('a document is known by an id of the manifest', () => {
  it.each(['documentId', 'doc_id'])('that a POST names as %s', async (name) => {
    const { status, answer } = await post(gateway.url, { [name]: BOOKS_ID, variables });
    expect([status, answer.data]).toEqual([200, data]);
  });

  it.each(['documentId', 'doc_id'])('that a GET names as %s', async (name) => {
    const search = new URLSearchParams({ [name]: BOOKS_ID, variables: JSON.stringify(variables) });
    const response = await fetch(`${gateway.url}?${search}`, { headers: { accept: 'text/html, */*' } });
    expect(((await response.json()) as GraphQLAnswer).data).toEqual(data);
  });

  it.each([{ documentId: BOOKS_ID }, { doc_id: BOOKS_ID }, { documentId: BOOKS_ID, query: '' }])(
    'that a message over WebSocket names as %j',
    async (named) => {
      const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
      const messages = on(socket, 'message');
      const next = async () => JSON.parse(String((await messages.next()).value?.[0]));
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      expect(await next()).toEqual({ type: 'connection_ack' });
      socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { ...named, variables } }));
      expect(await next()).toMatchObject({ id: 'a', type: 'next', payload: { data } });
      socket.terminate();
    },
  );

  it('and a mutation among them is none by GET', async () => {
    expect((await fetch(`${gateway.url}?documentId=sha256:${sha256(BUMP)}`)).status).toBe(405);
  });
});

describe('a document is known by its SHA-256', () => {
  it('once it was sent along, with and without the prefix, and by its hash in the extensions', async () => {
    const documentId = `sha256:${sha256(TYPE_NAME)}`;
    const unknown = await post(gateway.url, { documentId });
    expect([unknown.status, unknown.answer.errors?.[0]?.extensions.code]).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND']);
    expect((await post(gateway.url, { documentId, query: TYPE_NAME })).status).toBe(200);
    const persistedQuery = { version: 1, sha256Hash: sha256(TYPE_NAME) };
    for (const named of [
      { documentId },
      { documentId: sha256(TYPE_NAME) },
      { extensions: { persistedQuery } },
      { documentId, extensions: { persistedQuery } },
    ]) {
      expect((await post(gateway.url, named)).answer.data, JSON.stringify(named)).toEqual({ __typename: 'Query' });
    }
  });
});

describe('a document is refused', () => {
  it.each<[string, object]>([
    ['whose id is that of another one', { documentId: BOOKS_ID, query: TYPE_NAME }],
    ['whose id nobody knows', { documentId: 'nobody', query: TYPE_NAME }],
    [
      'that hash and id name differently',
      { documentId: BOOKS_ID, extensions: { persistedQuery: { sha256Hash: 'f0' } } },
    ],
    ['whose id is no text', { documentId: 7 }],
    ['whose id is empty', { documentId: '' }],
  ])('%s', async (_, body) => {
    const { status, answer } = await post(gateway.url, body);
    expect([status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });
});
