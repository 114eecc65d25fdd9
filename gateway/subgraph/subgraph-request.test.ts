import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CalleeClock } from '@supercontext/runtime/call/callee-clock.ts';
import { Deadlines } from '@supercontext/runtime/call/deadlines.ts';
import type { GraphQLError } from 'graphql';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { openRequestContext, type RequestContext } from '../request-context.ts';
import { type SubgraphPolicy, SubgraphRequest } from './subgraph-request.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number, body: string) => void;

let server: Server | undefined;
let agent: Agent;
let received = 0;
afterEach(async () => {
  await agent.destroy();
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

const POLICY: SubgraphPolicy = {
  timeoutMs: 2_000,
  retries: 2,
  retryBaseMs: 1,
  breaker: { failureThreshold: 100, openMs: 60_000 },
};

async function subgraph(answer: Answer, policy: Partial<SubgraphPolicy> = {}): Promise<SubgraphRequest> {
  received = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => answer(request, response, ++received, body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  agent = new Agent({ connections: 8 });
  return new SubgraphRequest({
    name: 'any',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    dispatcher: agent,
    deadlines: new Deadlines(),
    policy: { ...POLICY, ...policy },
    clock: new CalleeClock('k'.repeat(32), 'any'),
    headers: (context) => ['x-header', context?.forwarded.authorization ?? 'sent'],
  });
}

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const good: Answer = (_request, response) => json(response, { data: { a: 1 } });

type Options = Parameters<SubgraphRequest['process']>[0];
function ask(from: SubgraphRequest, query = 'query { a }', context: RequestContext = openRequestContext(10_000)) {
  return from.call({ request: { query }, incomingRequestContext: {}, context } as unknown as Options);
}
async function failure(asked: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await asked.then(
    () => new Error('it was answered'),
    (reason: GraphQLError) => reason,
  );
  return 'extensions' in error ? error.extensions : { message: error.message };
}

describe('a call of a subgraph', () => {
  it('carries the headers of its rule and gives the answer back', async () => {
    const from = await subgraph((request, response) =>
      json(response, { data: { header: request.headers['x-header'] } }),
    );
    expect((await ask(from)).data).toEqual({ header: 'sent' });
  });

  it.each([502, 503, 504])('that is a query is tried again after status %i', async (status) => {
    const from = await subgraph((request, response, count) => {
      if (count < 3) response.writeHead(status).end('busy');
      else good(request, response, count, '');
    });
    expect((await ask(from)).data).toEqual({ a: 1 });
    expect(received).toBe(3);
  });

  it('that is a query is tried again when the connection breaks', async () => {
    const from = await subgraph((request, response, count) => {
      if (count === 1) request.socket.destroy();
      else good(request, response, count, '');
    });
    expect((await ask(from)).data).toEqual({ a: 1 });
  });

  it('that is a mutation is sent once only, whatever happens', async () => {
    const from = await subgraph((request) => request.socket.destroy());
    expect(await failure(ask(from, 'mutation { a }'))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(received).toBe(1);
  });

  it('ends at its deadline, tries included', async () => {
    const from = await subgraph(() => undefined, { timeoutMs: 100 });
    const start = performance.now();
    expect(await failure(ask(from))).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { serviceName: 'any' } });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(received).toBe(1);
  });

  it("ends at the operation's own deadline if that is nearer", async () => {
    const from = await subgraph(() => undefined);
    expect(await failure(ask(from, 'query { a }', openRequestContext(80)))).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  it('passes on a typed refusal whatever its status', async () => {
    const errors = [{ message: 'no', extensions: { code: 'CONTRACT_VERSION_UNKNOWN' } }];
    const from = await subgraph((_request, response) => json(response, { errors }, 400));
    expect((await ask(from)).errors).toEqual(errors);
  });

  it.each([
    [
      'a page of HTML',
      (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    ],
    [
      'broken JSON',
      (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"da'),
    ],
    ['JSON of another kind', (response: ServerResponse) => json(response, [1])],
    ['an empty 500', (response: ServerResponse) => response.writeHead(500).end()],
  ])('that gets %s is SUBGRAPH_UNAVAILABLE', async (_what, answer) => {
    const from = await subgraph((_request, response) => {
      answer(response);
    });
    expect(await failure(ask(from))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryable: true });
  });

  it('merges identical queries of the same rights, never those of others, never mutations', async () => {
    const from = await subgraph((request, response, count) => good(request, response, count, ''));
    const contexts = ['Bearer a', 'Bearer a', 'Bearer b'].map((authorization) =>
      openRequestContext(10_000, { authorization }),
    );
    await Promise.all(contexts.map((context) => ask(from, 'query { a }', context)));
    expect(received).toBe(2);
    await Promise.all([ask(from, 'mutation { a }'), ask(from, 'mutation { a }')]);
    expect(received).toBe(4);
  });

  it('gives merged callers answers of their own', async () => {
    const from = await subgraph((_request, response) => json(response, { data: { list: [1] } }));
    const [one, two] = await Promise.all([ask(from), ask(from)]);
    expect(one.data).toEqual(two.data);
    expect(one.data).not.toBe(two.data);
  });
});

describe('a subgraph that fails again and again', () => {
  it('is left alone for a while, then asked again', async () => {
    let isDown = true;
    const from = await subgraph(
      (request, response, count) => (isDown ? request.socket.destroy() : good(request, response, count, '')),
      { retries: 0, breaker: { failureThreshold: 3, openMs: 100 } },
    );
    for (let i = 0; i < 3; i++) await failure(ask(from));
    expect(await failure(ask(from))).toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      details: { retryAfterMs: expect.any(Number) },
    });
    expect(received).toBe(3);
    isDown = false;
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await ask(from)).data).toEqual({ a: 1 });
  });
});

describe('a call that never left', () => {
  const once = { retries: 0, breaker: { failureThreshold: 1, openMs: 10 } };
  const unsendable = (): RequestContext => openRequestContextWith('a\nb');
  const openRequestContextWith = (authorization: string): RequestContext => ({
    ...openRequestContext(10_000),
    forwarded: { authorization },
  });

  it.each([
    ['since it cannot be sent', unsendable, 'INTERNAL'],
    ['since its deadline had passed', () => openRequestContext(-1), 'DEADLINE_EXCEEDED'],
  ])('%s does not count against the subgraph', async (_why, context, code) => {
    const from = await subgraph(good, once);
    for (let call = 0; call < 5; call++)
      expect(await failure(ask(from, 'query { a }', context()))).toMatchObject({ code });
    expect(received).toBe(0);
    expect((await ask(from)).data).toEqual({ a: 1 });
  });

  it('leaves the next one to find out whether the subgraph is back', async () => {
    let isDown = true;
    const from = await subgraph(
      (request, response, count) => (isDown ? request.socket.destroy() : good(request, response, count, '')),
      once,
    );
    await failure(ask(from));
    isDown = false;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await failure(ask(from, 'query { a }', unsendable()))).toMatchObject({ code: 'INTERNAL' });
    expect((await ask(from)).data).toEqual({ a: 1 });
  });
});

describe('reachability', () => {
  it('is whether GraphQL answers, be it with a refusal', async () => {
    const from = await subgraph((_request, response) => json(response, { errors: [{ message: 'no' }] }, 401));
    expect(await from.isReachable(1_000)).toBe(true);
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    expect(await from.isReachable(200)).toBe(false);
  });
});
