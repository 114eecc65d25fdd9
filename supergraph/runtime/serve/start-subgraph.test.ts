import { CONTRACT_HEADER, ContractError } from '@supercontext/contract';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { subgraphClient } from '../call/call-subgraph.ts';
import { SIGNATURE_HEADER, SOCKET_BODY, signRequest } from '../call/sign.ts';
import { createLog } from '../process/log.ts';
import type { StageContext } from '../stage.ts';
import { currentTrace, hop, inTrace, openTrace } from '../trace/hops.ts';
import { type RunningSubgraph, startSubgraph } from './start-subgraph.ts';

const KEY = 'k'.repeat(32);
const stage = { name: 'echo', version: '1.2.3' };
const typeDefs = /* GraphQL */ `
  type Query { echo(text: String!): String!  refuse: String!  crash: String!  slow: String! }
  type Subscription { count(to: Int!): Int!  breakAfter(to: Int!): Int!  idle: Int! }
`;

async function* countTo(to: number, failure?: Error): AsyncGenerator<number> {
  for (let value = 1; value <= to; value++) yield value;
  if (failure !== undefined) throw failure;
}

const resolvers = {
  Query: {
    echo: (_: unknown, { text }: { text: string }) =>
      hop('echo-text', (note) => {
        note({ sizeBytes: text.length });
        return text;
      }),
    refuse: () => {
      throw new ContractError('SESSION_NOT_FOUND', 'no such session', { sessionId: 'ses_x' });
    },
    crash: () => {
      throw new TypeError('secret detail');
    },
    slow: () => new Promise((resolve) => setTimeout(resolve, 2_000, 'late')),
  },
  Subscription: {
    idle: {
      subscribe: async function* (_: unknown, __: unknown, { signal }: StageContext) {
        yield 0;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended += 1;
      },
      resolve: (value: number) => value,
    },
    count: { subscribe: (_: unknown, { to }: { to: number }) => countTo(to), resolve: (value: number) => value },
    breakAfter: {
      subscribe: (_: unknown, { to }: { to: number }) => countTo(to, new ContractError('MODEL_FAILED', 'broke off')),
      resolve: (value: number) => value,
    },
  },
};

let subgraph: RunningSubgraph;
let ready = true;
let isBroken = false;
let ended = 0;

beforeAll(async () => {
  subgraph = await startSubgraph({
    stage,
    typeDefs,
    resolvers,
    host: '127.0.0.1',
    port: 0,
    signingKey: KEY,
    context: (base) => {
      if (isBroken) throw new TypeError('secret detail');
      return base;
    },
    ready: async () => {
      if (!ready) throw new Error('the model is loading');
    },
    maximumBodyBytes: 4_096,
    log: createLog(stage, 'silent'),
  });
});
afterAll(() => subgraph.stop());

function caller(signingKey: string | null = KEY, deadlineMs = 5_000) {
  return subgraphClient({
    caller: { name: 'test', version: '1' },
    name: 'echo',
    url: subgraph.url,
    signingKey,
    deadlineMs,
  });
}

function post(body: string, headers: Record<string, string>): Promise<Response> {
  return fetch(subgraph.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

describe('a subgraph over HTTP', () => {
  it('answers a signed call and hands its hops back to the caller', async () => {
    const trace = openTrace({ name: 'test', version: '1' });
    const data = await inTrace(trace, () => caller().call<{ echo: string }, object>('{ echo(text: "hi") }', {}));
    expect(data.echo).toBe('hi');
    expect(trace.hops).toMatchObject([{ stage: 'echo', version: '1.2.3', name: 'echo-text', sizeBytes: 2 }]);
  });

  it('refuses whoever does not sign, or signs another body', async () => {
    await expect(caller(null).call('{ echo(text: "hi") }', {})).rejects.toMatchObject({ code: 'REQUEST_UNSIGNED' });
    await expect(caller('x'.repeat(32)).call('{ echo(text: "hi") }', {})).rejects.toMatchObject({
      code: 'REQUEST_UNSIGNED',
    });
    const response = await post('{"query":"{__typename}"}', {
      [CONTRACT_HEADER]: '1',
      [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body: '{"query":"{ crash }"}' }),
    });
    expect(response.status).toBe(401);
  });

  it('refuses an old signature', async () => {
    const body = '{"query":"{__typename}"}';
    const headers = {
      [CONTRACT_HEADER]: '1',
      [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body, nowMs: Date.now() - 120_000 }),
    };
    expect((await post(body, headers)).status).toBe(401);
  });

  it('refuses a signature for another stage, and one it has taken before', async () => {
    const body = '{"query":"{ __typename }"}';
    const ask = (signature: string) => post(body, { [CONTRACT_HEADER]: '1', [SIGNATURE_HEADER]: signature });
    expect((await ask(signRequest(KEY, { stage: 'other', body }))).status).toBe(401);
    const signature = signRequest(KEY, { stage: 'echo', body });
    expect((await ask(signature)).status).toBe(200);
    const again = await ask(signature);
    expect(again.status).toBe(401);
    expect(await again.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('replayed'), extensions: { code: 'REQUEST_UNSIGNED' } }],
    });
  });

  it('answers a path or method it does not have with a typed error that does not say the path again', async () => {
    const signed = { [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body: '' }) };
    const nothing = await fetch(new URL('/secret-path', subgraph.url));
    expect(nothing.status).toBe(404);
    expect(await nothing.text()).not.toContain('secret-path');
    const get = await fetch(subgraph.url);
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
    expect(await get.json()).toMatchObject({ errors: [{ extensions: { code: 'INPUT_INVALID' } }] });
    expect((await fetch(new URL('/health', subgraph.url), { method: 'POST', headers: signed })).status).toBe(405);
  });

  it.each([undefined, '0', '3', 'one', '1e0'])(
    'refuses contract version %s with the range it speaks',
    async (version) => {
      const body = '{"query":"{__typename}"}';
      const headers = {
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body }),
        ...(version === undefined ? {} : { [CONTRACT_HEADER]: version }),
      };
      const response = await post(body, headers);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'CONTRACT_VERSION_UNKNOWN', details: { from: 1, through: 2 } } }],
      });
    },
  );

  it('hands on contract errors with code and details, and masks faults of its own', async () => {
    await expect(caller().call('{ refuse }', {})).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      details: { sessionId: 'ses_x' },
    });
    const failure = await caller()
      .call('{ crash }', {})
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'INTERNAL' });
    expect(String(failure)).not.toContain('secret');
  });

  it('answers the same whether it meets a document for the first or the second time', async () => {
    const ask = (body: object) => {
      const text = JSON.stringify(body);
      return post(text, {
        [CONTRACT_HEADER]: '1',
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body: text }),
      });
    };
    const bodies = [
      { query: 'query ($text: String!) { echo(text: $text) }', variables: { text: 'hi' } },
      { query: 'query ($text: String!) { echo(text: $text) }', variables: { text: 7 } },
      { query: 'query ($text: String!) { echo(text: $text) }' },
      { query: '{ refuse }' },
      { query: '{ unknown }' },
      { query: '{ echo' },
      { query: 'query One { __typename } query Two { echo(text: "hi") }', operationName: 'Two' },
      { query: 'query One { __typename }', operationName: 'Two' },
      { query: 7 },
    ];
    const expected = [
      [200, undefined],
      [400, 'BAD_USER_INPUT'],
      [400, 'BAD_USER_INPUT'],
      [200, 'SESSION_NOT_FOUND'],
      [400, 'GRAPHQL_VALIDATION_FAILED'],
      [400, 'GRAPHQL_PARSE_FAILED'],
      [200, undefined],
      [400, 'OPERATION_RESOLUTION_FAILURE'],
      [400, 'BAD_REQUEST'],
    ];
    for (let time = 0; time < 2; time++) {
      for (const [at, body] of bodies.entries()) {
        const response = await ask(body);
        const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
        expect([response.status, errors?.[0]?.extensions.code], JSON.stringify(body)).toEqual(expected[at]);
        expect(response.headers.get(CONTRACT_HEADER)).toBe('2');
      }
    }
  });

  it('masks a fault outside of its resolvers, too', async () => {
    const body = '{"query":"{ __typename }"}';
    isBroken = true;
    const response = await post(body, {
      [CONTRACT_HEADER]: '1',
      [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body }),
    });
    isBroken = false;
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(text).not.toContain('secret');
  });

  it('ends a call when its signal aborts, with the reason, before it is sent or while it waits', async () => {
    const reason = new ContractError('CANCELLED', 'the caller has gone');
    const controller = new AbortController();
    const slow = caller().call('{ slow }', {}, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    const start = performance.now();
    await expect(slow).rejects.toBe(reason);
    expect(performance.now() - start).toBeLessThan(1_000);
    await expect(caller().call('{ slow }', {}, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('gives up at the deadline with a typed error', async () => {
    await expect(caller(KEY, 100).call('{ slow }', {})).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('refuses bodies over its limit and bodies that are not JSON', async () => {
    const large = JSON.stringify({ query: `{ echo(text: "${'x'.repeat(5_000)}") }` });
    const signed = (body: string) => ({
      [CONTRACT_HEADER]: '1',
      [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body }),
    });
    expect((await post(large, signed(large))).status).toBe(413);
    const response = await post('{', signed('{'));
    expect(response.status).toBe(400);
  });

  it('says when it is not ready, and why', async () => {
    const url = new URL('/ready', subgraph.url);
    expect((await fetch(url)).status).toBe(200);
    ready = false;
    const response = await fetch(url);
    ready = true;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ reason: 'the model is loading' });
  });

  it('is unreachable with a typed error once nobody listens', async () => {
    const client = subgraphClient({ caller: stage, name: 'gone', url: 'http://127.0.0.1:9/graphql', signingKey: KEY });
    await expect(client.call('{ __typename }', {})).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
  });
});

describe('a subgraph over graphql-ws', () => {
  function events(query: string, parameters?: Record<string, string>): Promise<unknown[]> {
    const client = createClient({
      url: subgraph.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: parameters ?? {
        [CONTRACT_HEADER]: '1',
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body: SOCKET_BODY }),
      },
    });
    const seen: unknown[] = [];
    return new Promise((resolve, reject) => {
      client.subscribe(
        { query },
        {
          next: (value) => seen.push(value),
          error: reject,
          complete: () => resolve(seen),
        },
      );
    });
  }

  it('streams in order to the end', async () => {
    expect(await events('subscription { count(to: 3) }')).toEqual([1, 2, 3].map((count) => ({ data: { count } })));
  });

  it('ends a stream that breaks with the typed error', async () => {
    await expect(events('subscription { breakAfter(to: 2) }')).rejects.toMatchObject([
      { extensions: { code: 'MODEL_FAILED', retryable: true } },
    ]);
  });

  it('refuses a connection that is not signed or speaks no known version', async () => {
    await expect(events('subscription { count(to: 1) }', { [CONTRACT_HEADER]: '1' })).rejects.toMatchObject({
      code: 4403,
      reason: 'REQUEST_UNSIGNED',
    });
    await expect(
      events('subscription { count(to: 1) }', {
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body: SOCKET_BODY }),
      }),
    ).rejects.toMatchObject({ code: 4403, reason: 'CONTRACT_VERSION_UNKNOWN' });
  });
});

describe('the signature of a connection', () => {
  it('opens one connection and no second', async () => {
    const signature = signRequest(KEY, { stage: 'echo', body: SOCKET_BODY });
    const open = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(subgraph.url.replace('http', 'ws'), 'graphql-transport-ws');
        const payload = { [CONTRACT_HEADER]: '1', [SIGNATURE_HEADER]: signature };
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
        socket.on('message', (data) => resolve(String(data)));
        socket.on('close', (code, reason) => resolve(`${code} ${reason}`));
        socket.on('error', reject);
      });
    expect(await open()).toContain('connection_ack');
    expect(await open()).toBe('4403 REQUEST_UNSIGNED');
  });
});

describe('a reader that leaves while the stream is idle', () => {
  it('ends the stream at the stage', async () => {
    const client = createClient({
      url: subgraph.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazyCloseTimeout: 60_000,
      connectionParams: {
        [CONTRACT_HEADER]: '1',
        [SIGNATURE_HEADER]: signRequest(KEY, { stage: 'echo', body: SOCKET_BODY }),
      },
    });
    for await (const _event of client.iterate({ query: 'subscription { idle }' })) break;
    await expect.poll(() => ended).toBe(1);
    await client.dispose();
  });
});

describe('hop', () => {
  it('measures nothing outside a trace', async () => {
    expect(await hop('alone', () => currentTrace())).toBeUndefined();
  });

  it('keeps the hop of work that failed', async () => {
    const trace = openTrace(stage);
    await expect(inTrace(trace, () => hop('fail', () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    expect(trace.hops).toMatchObject([{ name: 'fail' }]);
  });
});
