import type { AddressInfo } from 'node:net';
import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '@supercontext/runtime/call/sign.ts';
import { MAXIMUM_STAGE_MESSAGE_BYTES } from '@supercontext/runtime/serve/socket-bounds.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { newActivity, SIGNING_KEY, startStream } from '../fixtures/subgraphs.ts';
import { type StreamEvent, SubgraphStreams } from './open.ts';

interface Told {
  readonly events: StreamEvent[];
  readonly ended: Promise<string>;
}

let server: WebSocketServer | undefined;
let streams: SubgraphStreams | undefined;
afterEach(async () => {
  await streams?.dispose();
  for (const socket of server?.clients ?? []) socket.terminate();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** A subgraph that answers each subscribe message as `answer` says. */
async function subgraph(
  answer: (socket: WebSocket, id: string, query: string) => void,
  options: { autoPong?: boolean; maximumBytes?: number } = {},
): Promise<string> {
  server = new WebSocketServer({
    ...{ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' },
    ...(options.maximumBytes === undefined ? {} : { maxPayload: options.maximumBytes }),
  });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (message.type === 'ping' && options.autoPong !== false) socket.send('{"type":"pong"}');
      if (message.type === 'subscribe') answer(socket, message.id, message.payload.query);
    });
  });
  await new Promise((resolve) => server?.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function subscribe(from: SubgraphStreams, query = 'subscription { any }'): Told & { readonly cancel: () => void } {
  const events: StreamEvent[] = [];
  let cancel = (): void => undefined;
  const ended = new Promise<string>((resolve) => {
    cancel = from.subscribe(
      { query },
      {
        next: (event) => events.push(event),
        errors: (errors) =>
          resolve(`errors ${errors.map(({ message, extensions }) => extensions?.code ?? message).join()}`),
        completed: () => resolve('completed'),
        lost: (reason, opened) => resolve(`lost ${opened} ${reason}`),
      },
    );
  });
  return { events, ended, cancel };
}

const open = (url: string, keepAliveMs = 60_000): SubgraphStreams => {
  streams = new SubgraphStreams({ url, keepAliveMs, connectionParams: () => ({}) });
  return streams;
};
const next = (id: string): string => JSON.stringify({ id, type: 'next', payload: { data: { any: 1 } } });

it.each([1000, 1001, 1012, 4400, 4500])(
  'tells every stream that it is lost, not complete, when the subgraph closes with %i',
  async (code) => {
    let subscribed = 0;
    const url = await subgraph((socket, id) => {
      socket.send(next(id));
      if (++subscribed === 2) socket.close(code, 'bye');
    });
    const shared = open(url);
    const told = [subscribe(shared), subscribe(shared)];
    expect(await Promise.all(told.map(({ ended }) => ended))).toEqual(
      Array(2).fill(`lost true closed with ${code}: bye`),
    );
    expect(told.map(({ events }) => events.length)).toEqual([1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Started over, it would have been subscribed to again.
    expect(subscribed).toBe(2);
  },
);

it('gives up a connection on which nothing answers any more', async () => {
  const url = await subgraph((socket, id) => socket.send(next(id)), { autoPong: false });
  const { ended, events } = subscribe(open(url, 50));
  expect(await ended).toMatch(/^lost true/);
  expect(events).toHaveLength(1);
});

it('says that a subgraph was never reached', async () => {
  const url = await subgraph(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  expect(await subscribe(open(url)).ended).toMatch(/^lost false /);
});

it('passes on the errors and the end that the subgraph sends', async () => {
  const url = await subgraph((socket, id) => {
    if (id === '1') socket.send(JSON.stringify({ id, type: 'error', payload: [{ message: 'refused' }] }));
    else socket.send(JSON.stringify({ id, type: 'complete' }));
  });
  const shared = open(url);
  expect(await subscribe(shared).ended).toBe('errors refused');
  expect(await subscribe(shared).ended).toBe('completed');
});

it('can be opened again at once by a stream that has just been lost', async () => {
  let connections = 0;
  const url = await subgraph((socket, id) => {
    if (connections === 1) socket.terminate();
    else socket.send(JSON.stringify({ id, type: 'complete' }));
  });
  server?.on('connection', () => connections++);
  const shared = open(url);
  const ended = await new Promise((resolve) => {
    const sink = { next: () => undefined, errors: resolve, completed: () => resolve('completed') };
    shared.subscribe(
      { query: '' },
      { ...sink, lost: () => shared.subscribe({ query: '' }, { ...sink, lost: resolve }) },
    );
  });
  expect(ended).toBe('completed');
});

describe('an operation that is too long for the subgraph', () => {
  const long = (characters: number): string => `subscription { any } #${'x'.repeat(characters)}`;
  const opened = (told: Told): Promise<void> => vi.waitFor(() => expect(told.events).toHaveLength(1));

  it('is refused before it is sent, and nobody else notices', async () => {
    let received = 0;
    const url = await subgraph((socket, id) => {
      received += 1;
      socket.send(next(id));
    });
    const shared = open(url);
    const other = subscribe(shared);
    await opened(other);
    for (const characters of [MAXIMUM_STAGE_MESSAGE_BYTES, 2 * MAXIMUM_STAGE_MESSAGE_BYTES]) {
      expect(await subscribe(shared, long(characters)).ended).toBe('errors REQUEST_TOO_LARGE');
    }
    // Half as many characters, each of two bytes.
    expect(await subscribe(shared, 'é'.repeat(MAXIMUM_STAGE_MESSAGE_BYTES / 2)).ended).toBe('errors REQUEST_TOO_LARGE');
    await opened(subscribe(shared));
    expect([received, shared.size]).toEqual([2, 2]);
  });

  it('is exactly one of more bytes than a stage takes', async () => {
    const stage = await startStream(newActivity());
    const parameters = {
      [CONTRACT_HEADER]: '1',
      [SIGNATURE_HEADER]: signRequest(SIGNING_KEY, { stage: 'stream', body: SOCKET_BODY }),
    };
    streams = new SubgraphStreams({
      ...{ url: stage.url.replace('http', 'ws'), keepAliveMs: 60_000, connectionParams: () => parameters },
    });
    const empty = Buffer.byteLength(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '' } }));
    const longest = `subscription { plain(to: 1) { sequence } } #`.padEnd(
      MAXIMUM_STAGE_MESSAGE_BYTES - empty - 15,
      'x',
    );
    expect(await subscribe(streams, longest).ended).toBe('completed');
    expect(await subscribe(streams, `${longest}x`).ended).toBe('errors REQUEST_TOO_LARGE');
    await streams.dispose();
    await stage.stop();
  });

  describe('though the gateway did not know', () => {
    const known = { maximumBytes: 1_000 };
    const isSmall = (socket: WebSocket, id: string, query: string): void => {
      if (query.includes('answered')) socket.send(next(id));
    };

    it('is the one that is refused: all others are told that their connection broke', async () => {
      const shared = open(await subgraph(isSmall, known));
      const answered = subscribe(shared, `${long(700)} answered`);
      await opened(answered);
      const idle = subscribe(shared, long(600));
      const tooLong = subscribe(shared, long(2_000));
      const behind = subscribe(shared);
      expect(await tooLong.ended).toBe('errors REQUEST_TOO_LARGE');
      for (const { ended } of [answered, idle, behind]) expect(await ended).toMatch(/^lost true closed with 1009/);
    });

    it('is nobody who is still there once its sender has left', async () => {
      const shared = open(await subgraph(isSmall, known));
      const answered = subscribe(shared, 'answered');
      await opened(answered);
      const idle = subscribe(shared, long(600));
      const tooLong = subscribe(shared, long(2_000));
      setImmediate(() => tooLong.cancel());
      for (const { ended } of [answered, idle]) expect(await ended).toMatch(/^lost true closed with 1009/);
    });
  });
});
