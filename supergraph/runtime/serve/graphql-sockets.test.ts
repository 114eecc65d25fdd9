import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type GraphQLSockets, serveGraphQLSockets } from './graphql-sockets.ts';
import { FRONT_DOOR_JSON } from './json-bounds.ts';
import { SOCKET_BOUNDS } from './socket-bounds.ts';

const KiB = 1024;
const BOUNDS = { ...SOCKET_BOUNDS, maximumBodiesBytes: 512 * KiB, requestTimeoutMs: 600, lookMs: 50 };

let server: Server;
let sockets: GraphQLSockets;
let url: string;

beforeEach(async () => {
  sockets = serveGraphQLSockets(
    { schema: buildSchema('type Query { any: Int }') },
    {
      ...{ bounds: BOUNDS, maximumMessageBytes: 1024 * KiB, json: FRONT_DOOR_JSON, keepAliveMs: 60_000 },
      report: (error) => {
        throw error;
      },
    },
  );
  server = createServer();
  server.on('upgrade', (request, socket, head) => sockets.open(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
afterEach(async () => {
  await sockets.stop();
  await new Promise((resolve) => server.close(resolve));
});

interface Opened {
  readonly socket: WebSocket;
  /** The code it is closed with. */
  readonly closed: Promise<number>;
  answer(text: string): Promise<string>;
}

async function open(): Promise<Opened> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  socket.on('error', () => {});
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  const answer = async (text: string): Promise<string> => {
    socket.send(text);
    return String((await once(socket, 'message'))[0]);
  };
  return { socket, closed, answer };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('closes a socket whose message goes over the bound in spite of pings within it, and answers others', async () => {
  const other = await open();
  const { socket, closed } = await open();
  const send = async (): Promise<void> => {
    for (let at = 0; at < 20 && socket.readyState === WebSocket.OPEN; at++) {
      socket.send(Buffer.alloc(40 * KiB, ' '), { fin: false, binary: false });
      socket.ping('within');
      await pause(5);
    }
  };
  await send();
  // One that is cut while it sends may see no close frame.
  expect([1_013, 1_006]).toContain(await closed);
  expect(await other.answer('{"type":"ping"}')).toBe('{"type":"pong"}');
});

it('closes a socket whose message does not end in time, and keeps one that says much in short messages', async () => {
  const slow = await open();
  const other = await open();
  slow.socket.send('{', { fin: false });
  const pings = setInterval(() => slow.socket.ping(), 20);
  const startMs = performance.now();
  let isClosed = false;
  void slow.closed.then(() => {
    isClosed = true;
  });
  while (!isClosed) expect(await other.answer('{"type":"ping"}')).toBe('{"type":"pong"}');
  clearInterval(pings);
  expect(await slow.closed).toBe(4_408);
  expect(performance.now() - startMs).toBeGreaterThan(BOUNDS.requestTimeoutMs);
  expect(performance.now() - startMs).toBeLessThan(BOUNDS.requestTimeoutMs + 2_000);
});

it('takes a message in fragments with pings between them', async () => {
  const { socket, answer } = await open();
  socket.send('{"type":', { fin: false });
  socket.ping();
  await pause(50);
  expect(await answer('"ping"}')).toBe('{"type":"pong"}');
});
