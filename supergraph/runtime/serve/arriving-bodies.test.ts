import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpServer } from './http-server.ts';
import { SOCKET_BOUNDS } from './socket-bounds.ts';

const MiB = 1024 * 1024;
const ROOM = 3 * MiB;

let server: FastifyInstance;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = httpServer({
    bodyLimitBytes: 8 * MiB,
    closes: 'all',
    intake: {
      path: '/graphql',
      bounds: { ...SOCKET_BOUNDS, maximumBodiesBytes: ROOM },
      admit: () => {},
      open: () => {},
      fault: (error) => expect.unreachable(String(error)),
    },
    methods: {},
    report: (error) => expect.unreachable(String(error)),
  });
  server.post('/', (request) => ({ length: JSON.stringify(request.body).length }));
  await server.listen({ port: 0, host: '127.0.0.1' });
  port = (server.server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** Sends the head of a request and the first `bytes` of its body, and no more. */
async function begin(bytes: number, head = `content-length: ${4 * MiB}`): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  const isChunked = head.startsWith('transfer-encoding');
  const body = 'x'.repeat(bytes);
  socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${head}\r\n\r\n`);
  if (bytes > 0) socket.write(isChunked ? `${bytes.toString(16)}\r\n${body}\r\n` : body);
  await sleep(100);
  return socket;
}

async function post(bytes: number): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify('x'.repeat(bytes)),
  });
  return { status: response.status, text: await response.text() };
}

describe('large bodies', () => {
  it.each(['content-length: 4194304', 'transfer-encoding: chunked'])(
    'take nobody room by what they announce: %s',
    async (head) => {
      for (let at = 0; at < 20; at++) await begin(0, head);
      expect((await post(2 * MiB)).status).toBe(200);
    },
  );

  it.each(['content-length: 4194304', 'transfer-encoding: chunked'])(
    'have room for so many bytes together, and what is more is busy until they have gone: %s',
    async (head) => {
      const holding = [await begin(MiB, head), await begin(MiB, head)];
      const refused = await post(2 * MiB);
      expect(refused.status).toBe(503);
      expect(refused.text).toContain('SERVER_BUSY');
      expect((await post(100)).status).toBe(200);
      for (const socket of holding) socket.destroy();
      await sleep(100);
      expect((await post(2 * MiB)).status).toBe(200);
    },
  );

  it('give their room back with each answer', async () => {
    for (let times = 0; times < 10; times++) expect((await post(2 * MiB)).text).toBe(`{"length":${2 * MiB + 2}}`);
  });

  it('are refused as before when they are longer than one may be, or than they said', async () => {
    expect((await post(9 * MiB)).text).toContain('REQUEST_TOO_LARGE');
    const socket = await begin(200_000, 'content-length: 200000');
    const answer = new Promise((resolve) => socket.once('data', (data) => resolve(String(data))));
    expect(await answer).toMatch(/^HTTP\/1.1 400 /);
  });
});
