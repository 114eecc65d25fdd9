import { readFile, writeFile } from 'node:fs/promises';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { GatewayConfig } from '../config.ts';
import { RESUME_DEFAULTS } from '../config.ts';
import { type CuttingProxy, startCuttingProxy } from '../fixtures/cutting-proxy.ts';
import { composeFixture, startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { countTo, openClient, type Result, read, sequences, until } from '../fixtures/reader.ts';
import { type Activity, LIBRARY_SDL, newActivity, startLibrary, startStream } from '../fixtures/subgraphs.ts';

const QUICK = {
  bufferEvents: 64,
  slowReaderMs: 10_000,
  ...RESUME_DEFAULTS,
  resumeBackoff: { firstMs: 10, longestMs: 2_000 },
};

let activity: Activity;
let stream: RunningSubgraph;
let library: RunningSubgraph;
let proxy: CuttingProxy;
let gateway: TestGateway;

beforeEach(async () => {
  activity = newActivity();
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  proxy = await startCuttingProxy(stream.url);
});
afterEach(async () => {
  await gateway.stop();
  await proxy.stop();
  await Promise.all([stream.stop(), library.stop()]);
});

async function start(overrides: Partial<GatewayConfig> = {}): Promise<void> {
  gateway = await startTestGateway({ stream: proxy.url, library: library.url }, { stream: QUICK, ...overrides });
}

describe('a broken upstream', () => {
  it.each([
    ['the cursor is selected', '{ cursor sequence }'],
    ['the cursor is selected under another name', '{ at: cursor sequence }'],
    ['the cursor is not selected', '{ sequence }'],
  ])('is continued without loss or repetition when %s', async (_when, selection) => {
    await start();
    const client = openClient(gateway.url);
    const reading = read(client, {
      query: `subscription ($n: Int!) { it: events(to: $n, everyMs: 1) ${selection} }`,
      variables: { n: 200 },
    });
    for (let have = 20; have <= 140; have += 40) {
      await reading.have(have);
      expect(proxy.cut()).toBeGreaterThan(0);
    }
    expect(await reading.ended).toBe('completed');
    expect(sequences(reading.results)).toEqual(countTo(200));
    expect(Object.keys(reading.results[0]?.data?.it ?? {})).toEqual(
      selection.match(/(?<=[{ ])(?!cursor )\w+(?=[ :])|cursor(?= s)(?<!: cursor)/g),
    );
    await client.dispose();
  });

  it('is continued where a client uses names that mean something else to a plan', async () => {
    await start();
    const client = openClient(gateway.url);
    const reading = read(client, {
      query: 'subscription { __typename: events(to: 100, everyMs: 2) { id: cursor sequence } }',
    });
    await reading.have(10);
    expect(proxy.cut()).toBeGreaterThan(0);
    expect(await reading.ended).toBe('completed');
    expect(sequences(reading.results)).toEqual(countTo(100));
    expect(reading.results[99]?.data).toEqual({ __typename: { id: expect.stringMatching(/:99$/), sequence: 99 } });
    await client.dispose();
  });

  it('of a stream that began with an effect is continued through the field that has none', async () => {
    await start();
    const client = openClient(gateway.url);
    const query = 'subscription { start(to: 100, everyMs: 2) { sequence ... on Cited { book { title } } } }';
    const reading = read(client, { query });
    await reading.have(10);
    proxy.cut();
    expect(await reading.ended).toBe('completed');
    expect(sequences(reading.results)).toEqual(countTo(100));
    expect(reading.results[99]?.data?.start).toEqual({ sequence: 99, book: { title: 'Title of b99' } });
    await client.dispose();
  });

  it('ends a stream that cannot be resumed with a typed error, after all that had come', async () => {
    await start();
    const client = openClient(gateway.url);
    const reading = read(client, { query: 'subscription { plain(to: 1000, everyMs: 2) { sequence } }' });
    await reading.have(5);
    proxy.cut();
    expect(await reading.ended).toMatchObject([
      {
        extensions: {
          code: 'SUBGRAPH_CONNECTION_LOST',
          retryable: true,
          details: { serviceName: 'stream', cursor: null },
        },
      },
    ]);
    expect(sequences(reading.results)).toEqual(countTo(reading.results.length));
    await client.dispose();
  });

  it('is given up after the tries allowed, with the cursor to go on after', async () => {
    await start({ stream: { ...QUICK, resumeTries: 3 } });
    const client = openClient(gateway.url);
    const reading = read(client, { query: 'subscription { events(to: 1000, everyMs: 2) { cursor sequence } }' });
    await reading.have(5);
    await proxy.stop();
    const ending = await reading.ended;
    const last = reading.results.at(-1)?.data?.events;
    expect(ending).toMatchObject([
      { extensions: { code: 'SUBGRAPH_CONNECTION_LOST', details: { cursor: last?.cursor } } },
    ]);
    await client.dispose();
  });

  it('that was never there is SUBGRAPH_UNAVAILABLE', async () => {
    await proxy.stop();
    await start();
    const client = openClient(gateway.url);
    expect(await read(client, { query: 'subscription { plain(to: 1) { sequence } }' }).ended).toMatchObject([
      { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
    ]);
    await client.dispose();
  });

  it('whose process is started again is continued', async () => {
    await start();
    const client = openClient(gateway.url);
    const reading = read(client, { query: 'subscription { events(to: 100, everyMs: 3) { sequence } }' });
    await reading.have(10);
    await stream.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    stream = await startStream(activity, stream.port);
    expect(await reading.ended).toBe('completed');
    expect(sequences(reading.results)).toEqual(countTo(100));
    await client.dispose();
  });
});

/** Opens a stream whose reader takes nothing until it is told to; padding fills the buffers of the sockets in between. */
async function openSlowReader(query: string): Promise<{ socket: WebSocket; results: Result[]; ends: unknown[] }> {
  const socket = new WebSocket(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  const results: Result[] = [];
  const ends: unknown[] = [];
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data));
    if (type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    if (type === 'next') {
      if (results.push(payload) === 1) socket.pause();
    }
    if (type === 'error' || type === 'complete') ends.push(payload ?? type);
  });
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  await until(() => results.length > 0, 'the first event');
  return { socket, results, ends };
}

describe('a reader that is behind', () => {
  const events = 20_000;
  const wide = { bufferEvents: 1_024 };

  it('makes a resumable stream pause and gets every event once it reads on', async () => {
    await start({ stream: { ...QUICK, ...wide } });
    const { socket, results, ends } = await openSlowReader(
      `subscription { events(to: ${events}, padding: 1000) { __typename sequence ... on Delta { text } } }`,
    );
    await until(() => activity.active === 0 && activity.started > 0, 'the stream pauses at the subgraph');
    expect(results.length).toBeLessThan(events);
    socket.resume();
    await until(() => ends.length > 0, 'the end', 25_000);
    expect(ends).toEqual(['complete']);
    expect(sequences(results)).toEqual(countTo(events));
    // Once on the shared connection and once on its own, where it had to wait for the reader.
    expect(activity.started).toBe(2);
    socket.terminate();
  });

  it('that takes nothing for too long loses its stream, with the cursor to go on after', async () => {
    await start({ stream: { ...QUICK, slowReaderMs: 200 } });
    const { socket, results, ends } = await openSlowReader(
      `subscription { events(to: ${events}, padding: 1000) { cursor sequence ... on Delta { text } } }`,
    );
    await until(() => activity.active === 0 && activity.started > 0, 'the stream pauses at the subgraph');
    await new Promise((resolve) => setTimeout(resolve, 400));
    socket.resume();
    await until(() => ends.length > 0, 'the end');
    expect(sequences(results)).toEqual(countTo(results.length));
    expect(ends).toMatchObject([
      [{ extensions: { code: 'SLOW_CONSUMER', details: { cursor: results.at(-1)?.data?.events?.cursor } } }],
    ]);
    socket.terminate();
  });

  it('loses a stream that cannot be resumed, and others of the subgraph go on', async () => {
    await start();
    const client = openClient(gateway.url);
    const other = read(client, { query: 'subscription { plain(to: 100, everyMs: 5) { sequence } }' });
    const { socket, results, ends } = await openSlowReader(
      `subscription { plain(to: ${events}, padding: 1000) { sequence text } }`,
    );
    await until(() => activity.active === 1, 'the stream ends at the subgraph', 20_000);
    socket.resume();
    await until(() => ends.length > 0, 'the end');
    expect(ends).toMatchObject([[{ extensions: { code: 'SLOW_CONSUMER' } }]]);
    expect(sequences(results)).toEqual(countTo(results.length));
    expect(await other.ended).toBe('completed');
    expect(sequences(other.results)).toEqual(countTo(100));
    socket.terminate();
    await client.dispose();
  });
});

describe('a change of the supergraph', () => {
  it('is taken by new operations while a running stream keeps its plan', async () => {
    await start();
    const client = openClient(gateway.url);
    const running = read(client, {
      query: 'subscription { events(to: 150, everyMs: 3) { sequence ... on Cited { book { title } } } }',
    });
    await running.have(5);
    await writeFile(
      gateway.supergraphPath,
      composeFixture(LIBRARY_SDL.replace('broken: String', 'broken: String pages: Int')),
    );
    const asks = { query: '{ books(first: 1) { pages } }' };
    const deadline = Date.now() + 5_000;
    let code: unknown = 'GRAPHQL_VALIDATION_FAILED';
    while (code === 'GRAPHQL_VALIDATION_FAILED' && Date.now() < deadline) {
      const reading = read(client, asks);
      await reading.ended;
      code = reading.results[0]?.errors?.[0]?.extensions?.code;
    }
    // Valid for the gateway now; the subgraph itself does not know the field.
    expect(code).not.toBe('GRAPHQL_VALIDATION_FAILED');
    expect(await running.ended).toBe('completed');
    expect(sequences(running.results)).toEqual(countTo(150));
    expect(running.results[149]?.data?.events).toEqual({ sequence: 149, book: { title: 'Title of b149' } });
    await client.dispose();
  });

  it('that is broken is refused: the old supergraph serves on, and the next good one is taken', async () => {
    await start();
    const client = openClient(gateway.url);
    const good = await readFile(gateway.supergraphPath, 'utf8');
    await writeFile(gateway.supergraphPath, good.slice(0, good.length / 2));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const reading = read(client, { query: '{ books(first: 1) { title } }' });
    await reading.ended;
    expect(reading.results[0]?.data).toEqual({ books: [{ title: 'Title of b0' }] });
    await client.dispose();
  });
});
