import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SOCKET_BOUNDS } from '../serve/socket-bounds.ts';
import { decodeHops, encodeHops, HOPS_HEADER } from '../trace/hops.ts';
import { Deadlines } from './deadlines.ts';
import { DeadlineExpired, type Exchange, type ExchangeOptions, exchange, Unsendable } from './exchange.ts';

const CONNECTIONS = 2;

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let agent: Agent;
let origin: string;

beforeEach(async () => {
  answer = (_request, response) => response.end('{}');
  server = createServer({ maxHeaderSize: SOCKET_BOUNDS.maximumHeaderBytes }, (request, response) => {
    request.resume();
    request.on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  agent = new Agent({ connections: CONNECTIONS });
});
afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(options: Partial<ExchangeOptions> = {}): Promise<Exchange> {
  return exchange({
    ...{ dispatcher: agent, deadlines: new Deadlines(), origin, path: '/graphql', headers: [], body: '{}' },
    deadlineAtMs: performance.now() + 2_000,
    answerBudget: { bytesLeft: 1_000_000 },
    ...options,
  });
}

it.each([
  ['a line end', { headers: ['authorization', 'a\nb'] }],
  ['NUL', { headers: ['authorization', 'a\0b'] }],
  ['letters beyond a byte', { headers: ['authorization', 'ключ'] }],
  ['half a surrogate pair', { headers: ['any', '\ud800'] }],
])('does not send a request with %s, and others go on', async (_what, options) => {
  let received = 0;
  answer = (_request, response) => {
    received += 1;
    response.end('{}');
  };
  for (let call = 0; call < 4 * CONNECTIONS; call++) {
    await expect(send({ ...options, deadlineAtMs: performance.now() + 200 })).rejects.toThrow(Unsendable);
  }
  expect(received).toBe(0);
  const answers = await Promise.all(Array.from({ length: 4 * CONNECTIONS }, () => send()));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
});

it.each([
  ['a name that is none', { headers: ['a b', 'c'] }],
  ['a header that is not for callers', { headers: ['transfer-encoding', 'chunked'] }],
  ['a path that is none', { path: 'graphql' }],
  ['a path with blanks', { path: '/a b' }],
])('says that a request with %s cannot be sent, whoever finds that out', async (_what, options) => {
  await expect(send(options)).rejects.toThrow(Unsendable);
});

it('sends what a header can have as it is', async () => {
  answer = (request, response) => response.end(request.headers.authorization);
  const value = 'Bearer \t~! \u00e9\u00ff';
  expect((await send({ headers: ['authorization', value] })).text).toBe(value);
});

it('says whether a request had begun to leave when its deadline passed', async () => {
  answer = () => {};
  const soon = () => ({ deadlineAtMs: performance.now() + 100 });
  const expired = async (sent: Promise<unknown>): Promise<boolean> => {
    const error = await sent.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlineExpired);
    return (error as DeadlineExpired).hadLeft;
  };
  expect(await expired(send({ deadlineAtMs: performance.now() - 1 }))).toBe(false);
  const left = Array.from({ length: CONNECTIONS }, () => expired(send(soon())));
  const waiting = expired(send({ deadlineAtMs: performance.now() + 50 }));
  expect(await waiting).toBe(false);
  expect(await Promise.all(left)).toEqual(left.map(() => true));
});

it('carries hops of any text in a header that fits beside the longest value a caller may send along', async () => {
  answer = (request, response) => response.end(request.headers[HOPS_HEADER]);
  const hop = { stage: 'store', version: '1', name: 'zählen\n\u007f 数', startedAtMs: 1.5, durationMs: 2 };
  const few = (await send({ headers: [HOPS_HEADER, encodeHops([hop, hop])] })).text;
  expect(decodeHops(few)).toEqual([hop, hop]);
  const many = encodeHops(Array.from({ length: 64 }, () => ({ ...hop, shard: 'x'.repeat(400) })));
  const { status, text } = await send({ headers: [HOPS_HEADER, many, 'authorization', 'a'.repeat(8 * 1024)] });
  expect(status).toBe(200);
  expect(decodeHops(text).length).toBeGreaterThan(5);
});
