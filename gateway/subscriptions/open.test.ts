import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
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
  answer: (socket: WebSocket, id: string) => void,
  options: { autoPong?: boolean } = {},
): Promise<string> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (message.type === 'ping' && options.autoPong !== false) socket.send('{"type":"pong"}');
      if (message.type === 'subscribe') answer(socket, message.id);
    });
  });
  await new Promise((resolve) => server?.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function subscribe(from: SubgraphStreams): Told {
  const events: StreamEvent[] = [];
  const ended = new Promise<string>((resolve) => {
    from.subscribe(
      { query: 'subscription { any }' },
      {
        next: (event) => events.push(event),
        errors: (errors) => resolve(`errors ${errors.map(({ message }) => message).join()}`),
        completed: () => resolve('completed'),
        lost: (reason, opened) => resolve(`lost ${opened} ${reason}`),
      },
    );
  });
  return { events, ended };
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
