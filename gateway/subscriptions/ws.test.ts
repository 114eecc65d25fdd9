import { createHash } from 'node:crypto';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { countTo, openClient, read, sequences, until } from '../fixtures/reader.ts';
import { newActivity, startLibrary, startStream } from '../fixtures/subgraphs.ts';

const activity = newActivity();
let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;
let client: Client;

beforeAll(async () => {
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway({ stream: stream.url, library: library.url }, { maxSubscriptions: 4 });
  client = openClient(gateway.url);
});
afterAll(async () => {
  await client.dispose();
  await gateway.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

describe('a federated subscription', () => {
  it('delivers every event in order and then completes', async () => {
    const { results, ended } = read(client, { query: 'subscription { plain(to: 500) { sequence text } }' });
    expect(await ended).toBe('completed');
    expect(sequences(results)).toEqual(countTo(500));
  });

  it('resolves entities of other subgraphs in the events that have them, and only there', async () => {
    activity.booksResolved = 0;
    const query =
      'subscription ($to: Int!) { events(to: $to) { __typename sequence ... on Delta { text } ... on Cited { book { id title } } } }';
    const { results, ended } = read(client, { query, variables: { to: 50 } });
    expect(await ended).toBe('completed');
    expect(sequences(results)).toEqual(countTo(50));
    expect(results[0]?.data?.events).toEqual({
      __typename: 'Cited',
      sequence: 0,
      book: { id: 'b0', title: 'Title of b0' },
    });
    expect(results[1]?.data?.events).toEqual({ __typename: 'Delta', sequence: 1, text: 't1 ' });
    expect(results[49]?.data?.events).toMatchObject({ book: { title: 'Title of b49' } });
    expect(activity.booksResolved).toBe(2);
  });

  it('gives the errors of an entity with path, code and subgraph, and goes on', async () => {
    const query = 'subscription { plain(to: 3) { sequence book { title broken } } }';
    const { results, ended } = read(client, { query });
    expect(await ended).toBe('completed');
    expect(results[0]).toMatchObject({
      data: { plain: { sequence: 0, book: { title: 'Title of b0', broken: null } } },
      errors: [{ path: ['plain', 'book', 'broken'], extensions: { code: 'FRAGMENT_CORRUPT', serviceName: 'library' } }],
    });
    expect(results[1]).toEqual({ data: { plain: { sequence: 1, book: null } } });
  });

  it('evaluates @include with the default of its variable', async () => {
    const query = 'subscription ($t: Boolean = false) { plain(to: 2) { sequence book @include(if: $t) { title } } }';
    const without = read(client, { query });
    await without.ended;
    expect(without.results[0]?.data).toEqual({ plain: { sequence: 0 } });
    const withBook = read(client, { query, variables: { t: true } });
    await withBook.ended;
    expect(withBook.results[0]?.data).toEqual({ plain: { sequence: 0, book: { title: 'Title of b0' } } });
  });

  it('ends with the error the subgraph ends it with', async () => {
    const { results, ended } = read(client, { query: 'subscription { plain(to: 9, failAt: 3) { sequence } }' });
    expect(await ended).toMatchObject([
      { message: 'the engine stopped', extensions: { code: 'MODEL_FAILED', serviceName: 'stream' } },
    ]);
    expect(sequences(results)).toEqual([0, 1, 2]);
  });

  it.each(['unsubscribes', 'cuts the socket'])(
    'is cancelled at the subgraph when its reader %s, even while nothing happens',
    async (how) => {
      let socket: WebSocket | undefined;
      const own = openClient(gateway.url, {
        on: {
          connected: (opened) => {
            socket = opened as WebSocket;
          },
        },
      });
      const reading = read(own, { query: 'subscription { idle { text } }' });
      await until(() => activity.active === 1, 'the stream begins');
      if (how === 'unsubscribes') reading.stop();
      else socket?.terminate();
      await until(() => activity.active === 0, 'the stream ends at the subgraph');
      await own.dispose();
    },
  );
});

describe('a refused operation', () => {
  it.each([
    ['a syntax error', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['two root fields', 'subscription { a: idle { text } b: idle { text } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a conditional root field',
      'subscription ($a: Boolean!) { idle @include(if: $a) { text } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['an introspective root', 'subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'subscription ($to: Int!) { plain(to: $to) { text } }', 'BAD_USER_INPUT'],
  ])('with %s gets a typed error, and other streams of the socket go on', async (_what, query, code) => {
    const other = read(client, { query: 'subscription { plain(to: 30, everyMs: 2) { sequence } }' });
    await other.have(1);
    const ending = await read(client, { query, variables: {} }).ended;
    expect(ending).toMatchObject([{ extensions: { code, retryable: false, remedy: expect.any(String) } }]);
    expect(await other.ended).toBe('completed');
    expect(sequences(other.results)).toEqual(countTo(30));
  });

  it('is refused when it is longer than its subgraph takes, and other streams of the subgraph go on', async () => {
    const [plain, resumable] = ['plain', 'events'].map((field) =>
      read(client, { query: `subscription { ${field}(to: 60, everyMs: 5) { sequence } }` }),
    );
    await Promise.all([plain?.have(1), resumable?.have(1)]);
    const before = activity.started;
    const own = openClient(gateway.url);
    const large = 'x'.repeat(2 * 1024 * 1024);
    const keyed = 'subscription ($key: String!) { begin(input: { to: 1, key: $key }) { sequence } }';
    const resumed = 'subscription ($after: String!) { resume(after: $after) { sequence } }';
    for (const payload of [
      { query: keyed, variables: { key: large } },
      { query: resumed, variables: { after: large } },
      { query: resumed, variables: { after: '\u0001'.repeat(200 * 1024) } },
    ]) {
      expect(await read(own, payload).ended).toMatchObject([
        { extensions: { code: 'REQUEST_TOO_LARGE', retryable: false, serviceName: 'stream' } },
      ]);
    }
    for (const reading of [plain, resumable]) {
      expect(await reading?.ended).toBe('completed');
      expect(sequences(reading?.results ?? [])).toEqual(countTo(60));
    }
    expect(activity.started).toBe(before);
    await own.dispose();
  });

  it('is refused when too many are open on its socket', async () => {
    const own = openClient(gateway.url);
    const open = countTo(4).map(() => read(own, { query: 'subscription { idle { text } }' }));
    const fifth = await read(own, { query: 'subscription { idle { text } }' }).ended;
    expect(fifth).toMatchObject([
      { extensions: { code: 'SERVER_BUSY', retryable: true, retryAfterMs: 1_000, details: { maximum: 4 } } },
    ]);
    open[0]?.stop();
    await until(() => activity.active === 3, 'one stream ends');
    expect(await read(own, { query: 'subscription { plain(to: 1) { sequence } }' }).ended).toBe('completed');
    for (const reading of open) reading.stop();
    await own.dispose();
    await until(() => activity.active === 0, 'all streams end');
  });

  it('names the contract versions spoken when it asks for another', async () => {
    const own = openClient(gateway.url, { connectionParams: { 'context-contract': '7' } });
    const ending = await read(own, { query: 'subscription { idle { text } }' }).ended;
    expect(ending).toMatchObject([{ extensions: { code: 'CONTRACT_VERSION_UNKNOWN', details: { from: 1 } } }]);
    await own.dispose();
  });

  it('comes from a page of another site: the socket is not opened', async () => {
    const socket = new WebSocket(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws', {
      origin: 'https://evil.test',
    });
    const status = await new Promise((resolve) =>
      socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode)),
    );
    expect(status).toBe(403);
    socket.on('error', () => undefined);
    socket.terminate();
  });
});

describe('a query or mutation over the socket', () => {
  it('is answered as over HTTP, with its steps', async () => {
    const reading = read(client, { query: 'mutation { bump }' });
    expect(await reading.ended).toBe('completed');
    expect(reading.results[0]?.data).toEqual({ bump: activity.bumps });
    expect(reading.results[0]?.extensions?.hops).toMatchObject([{ stage: 'gateway', name: 'plan-operation' }]);
  });

  it('joins subgraphs and keeps typed errors', async () => {
    const reading = read(client, { query: '{ run(id: "1") { book { title broken } } }' });
    await reading.ended;
    expect(reading.results[0]).toMatchObject({
      data: { run: { book: { title: 'Title of b1', broken: null } } },
      errors: [{ extensions: { code: 'FRAGMENT_CORRUPT' } }],
    });
  });

  it('may name its document by hash alone once the gateway knows it', async () => {
    const query = 'subscription ($to: Int!) { plain(to: $to) { sequence } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const byHash = { query: '', variables: { to: 2 }, extensions };
    expect(await read(client, byHash).ended).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
    await read(client, { query, variables: { to: 1 }, extensions }).ended;
    const known = read(client, byHash);
    expect(await known.ended).toBe('completed');
    expect(sequences(known.results)).toEqual([0, 1]);
    const forged = { persistedQuery: { version: 1, sha256Hash: 'f'.repeat(64) } };
    expect(await read(client, { query, extensions: forged }).ended).toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ]);
  });

  it('needs no query at all in a message that names its document by hash', async () => {
    const query = '{ run(id: "3") { status } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    await read(client, { query, extensions }).ended;
    const socket = new WebSocket(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    const messages: { type: string; payload?: unknown }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    await until(() => messages.length === 1, 'the acknowledgement');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { extensions } }));
    await until(() => messages.length === 3, 'the answer');
    expect(messages[1]).toMatchObject({ type: 'next', payload: { data: { run: { status: 'DONE' } } } });
    socket.terminate();
  });
});
