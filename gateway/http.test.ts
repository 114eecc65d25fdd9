import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { CONTRACT_HEADER } from '@supercontext/contract';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, startTestGateway, type TestGateway } from './fixtures/gateway.ts';
import { newActivity, startLibrary, startStream } from './fixtures/subgraphs.ts';

const activity = newActivity();
let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway(
    { stream: stream.url, library: library.url },
    {
      bodyLimitBytes: 64 * 1024,
      limits: { maxDocumentBytes: 10_000, maxDepth: 4, maxAliases: 5, maxFields: 50, maxTokens: 200, maxCost: 500 },
    },
  );
  await mkdir(join(gateway.folder, 'console', 'assets'), { recursive: true });
  await writeFile(join(gateway.folder, 'console', 'index.html'), '<p>the console</p>');
  await writeFile(join(gateway.folder, 'console', 'assets', 'index-Ab12Cd34.js'), 'export {};');
  await writeFile(join(gateway.folder, 'secret.json'), '{}');
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

const origin = (): string => new URL(gateway.url).origin;

describe('a query', () => {
  it('joins two subgraphs and sends each distinct entity once', async () => {
    activity.booksResolved = 0;
    const { status, answer } = await post(gateway.url, { query: '{ run(id: "7") { status books { title } } }' });
    expect(status).toBe(200);
    expect(answer.data).toEqual({
      run: { status: 'DONE', books: ['Title of b1', 'Title of b1', 'Title of b2'].map((title) => ({ title })) },
    });
    expect(activity.booksResolved).toBe(2);
  });

  it('tells the steps it took and continues the trace of the caller', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { answer } = await post(gateway.url, { query: '{ run(id: "1") { id } }' }, { traceparent });
    const plan = answer.extensions?.hops?.filter(({ stage }) => stage === 'gateway');
    expect(plan).toHaveLength(1);
    expect(plan?.[0]).toMatchObject({ name: 'plan-operation', durationMs: expect.any(Number) });
  });

  it('or a mutation is run once', async () => {
    const before = activity.bumps;
    const { answer } = await post(gateway.url, { query: 'mutation { bump }' });
    expect(answer.data).toEqual({ bump: before + 1 });
    expect(activity.bumps).toBe(before + 1);
  });

  it('keeps the code and the path of an error of a subgraph', async () => {
    const { answer } = await post(gateway.url, { query: '{ run(id: "1") { book { title broken } } }' });
    expect(answer.data).toEqual({ run: { book: { title: 'Title of b1', broken: null } } });
    expect(answer.errors?.[0]).toMatchObject({
      path: ['run', 'book', 'broken'],
      extensions: { code: 'FRAGMENT_CORRUPT', retryable: false, serviceName: 'library' },
    });
    expect(JSON.stringify(answer)).not.toContain('stacktrace');
  });

  it('is known by its hash after it was sent once', async () => {
    const query = '{ books(first: 2) { title } }';
    const { createHash } = await import('node:crypto');
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };
    const unknown = await post(gateway.url, { extensions: { persistedQuery } });
    expect(unknown.answer.errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    await post(gateway.url, { query, extensions: { persistedQuery } });
    const known = await post(gateway.url, { extensions: { persistedQuery } });
    expect(known.answer.data).toEqual({ books: [{ title: 'Title of b0' }, { title: 'Title of b1' }] });
  });
});

describe('a refusal', () => {
  it.each([
    ['a syntax error', { query: '{ run(' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a wrong variable',
      { query: 'query ($id: ID!) { run(id: $id) { id } }', variables: { id: { a: 1 } } },
      400,
      'BAD_USER_INPUT',
    ],
    ['a subscription over POST', { query: 'subscription { idle { text } }' }, 400, 'BAD_REQUEST'],
    ['depth', { query: '{ __schema { types { fields { type { ofType { name } } } } } }' }, 400, 'REQUEST_TOO_COMPLEX'],
    ['aliases', { query: `{ ${'abcdef'.replace(/./g, '$&: __typename ')} }` }, 400, 'REQUEST_TOO_COMPLEX'],
    ['tokens', { query: `{ ${'__typename '.repeat(300)} }` }, 400, 'REQUEST_TOO_COMPLEX'],
    ['brackets', { query: `{ run(id: ${'['.repeat(150)}${']'.repeat(150)}) { id } }` }, 400, 'REQUEST_TOO_COMPLEX'],
    [
      'fields',
      {
        query:
          '{ ...F } fragment F on Query { ...G ...G ...G ...G } fragment G on Query { ...H ...H ...H ...H } fragment H on Query { ...I ...I ...I ...I } fragment I on Query { __typename }',
      },
      400,
      'REQUEST_TOO_COMPLEX',
    ],
    ['bytes', { query: `{ __typename } #${' '.repeat(10_000)}` }, 400, 'REQUEST_TOO_COMPLEX'],
    [
      'cost',
      { query: `{ ${'abcde'.replace(/./g, '$&: runs(count: 1) { books { title } } ')} }` },
      400,
      'REQUEST_TOO_COMPLEX',
    ],
    ['no body', {}, 400, 'BAD_REQUEST'],
  ])('of %s is typed', async (_what, body, status, code) => {
    const { status: got, answer } = await post(gateway.url, body);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, retryable: false, remedy: expect.any(String) });
    expect(got).toBe(status);
  });

  it('of a contract version nobody speaks names the range', async () => {
    const { status, answer } = await post(gateway.url, { query: '{ __typename }' }, { [CONTRACT_HEADER]: '99' });
    expect(status).toBe(400);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'CONTRACT_VERSION_UNKNOWN', details: { through: 2 } });
  });

  it('of a body that is too large is typed, and the gateway goes on', async () => {
    const { status, answer } = await post(gateway.url, { query: `# ${'x'.repeat(80_000)}\n{ __typename }` });
    expect(status).toBe(413);
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      details: { maximumBytes: 64 * 1024 },
    });
    expect((await post(gateway.url, { query: '{ __typename }' })).status).toBe(200);
  });

  it.each([
    ['text/plain', '{"query":"{__typename}"}', 415],
    ['application/x-www-form-urlencoded', 'query={__typename}', 415],
    ['application/json', '{"query":', 400],
  ])('of content type %s is a 4xx, as a page of another site could send it', async (contentType, body, status) => {
    const response = await fetch(gateway.url, { method: 'POST', headers: { 'content-type': contentType }, body });
    expect(response.status).toBe(status);
    if (status !== 415) return;
    expect(response.headers.get('accept')).toBe('application/json');
    expect(await response.text()).toContain('application/json');
  });
});

describe('the other routes', () => {
  it('say that the process lives and whether the subgraphs answer', async () => {
    expect((await fetch(`${origin()}/health`)).status).toBe(200);
    expect(await (await fetch(`${origin()}/ready`)).json()).toMatchObject({ status: 'ready', stage: 'gateway' });
  });

  it('show a browser the Sandbox and GraphiQL with its assets inlined', async () => {
    const sandbox = await fetch(gateway.url, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(sandbox.headers.get('content-type')).toContain('text/html');
    expect(await sandbox.text()).toContain('initialSubscriptionEndpoint');
    const graphiql = await (await fetch(`${origin()}/graphiql`)).text();
    expect(graphiql).toContain('YogaGraphiQL');
    expect(graphiql).not.toMatch(/<script[^>]+src=/);
  });

  it('answer a query by GET, but no mutation, and no page of another site', async () => {
    const get = (search: string, headers: Record<string, string> = {}) =>
      fetch(`${gateway.url}?${search}`, { headers });
    expect(await (await get('query={__typename}')).json()).toMatchObject({ data: { __typename: 'Query' } });
    const asked = new URLSearchParams({ query: 'query A($n:Int!){books(first:$n){title}}', variables: '{"n":1}' });
    expect(await (await get(`${asked}&operationName=`)).json()).toMatchObject({ data: { books: [{}] } });
    expect((await get(`${asked}&extensions={`)).status).toBe(400);
    const before = activity.bumps;
    const mutation = await get('query=mutation{bump}');
    expect([mutation.status, mutation.headers.get('allow'), activity.bumps]).toEqual([405, 'POST', before]);
    for (const foreign of [
      { origin: 'http://evil.test' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await get('query={__typename}', foreign)).status).toBe(403);
    }
  });

  it('serve the console and its assets, and nothing beside its folder', async () => {
    expect(await (await fetch(`${origin()}/`)).text()).toBe('<p>the console</p>');
    const asset = await fetch(`${origin()}/assets/index-Ab12Cd34.js`);
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    // Not through fetch, which would tidy the path before it is sent.
    for (const path of ['/../secret.json', '/%2e%2e/secret.json', '/..%2fsecret.json', '/%00.json']) {
      expect([403, 404], path).toContain(await statusOf(path));
    }
    expect(await statusOf('/%zz.json')).toBe(400);
  });

  it('say what a page may load and what it is, on every answer', async () => {
    const browser = { headers: { accept: 'text/html' } };
    const policies: [string, Response, RegExp][] = [
      ['/graphql', await fetch(gateway.url, browser), /script-src 'sha256-\S+=' https:\/\/embeddable-sandbox/],
      ['/graphiql', await fetch(`${origin()}/graphiql`), /script-src 'sha256-\S+=';.*worker-src blob:/],
      ['/', await fetch(`${origin()}/`), /script-src 'self'; style-src 'self'/],
      ['/health', await fetch(`${origin()}/health`), /^default-src 'none'; frame-ancestors 'none'$/],
      ['404', await fetch(`${origin()}/nothing.js`), /^default-src 'none'; frame-ancestors 'none'$/],
      ['POST', await fetch(gateway.url, { method: 'POST' }), /^default-src 'none'/],
    ];
    for (const [name, { headers }, expected] of policies) {
      const policy = headers.get('content-security-policy');
      expect(policy, name).toMatch(expected);
      expect(policy, name).toContain("frame-ancestors 'none'");
      expect(policy, name).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers.get('x-content-type-options'), name).toBe('nosniff');
      expect(headers.get('referrer-policy'), name).toBe('no-referrer');
    }
  });

  it('are 404 or 405 with a typed error that does not say the path again', async () => {
    for (const path of ['/secret-path.js', '/secret-path', '/graphql/secret-path']) {
      const nothing = await fetch(`${origin()}${path}`);
      expect(nothing.status, path).toBe(404);
      const text = await nothing.text();
      expect(text).not.toContain('secret-path');
      expect(text).toContain('/graphql, /, /graphiql, /health, /ready');
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INPUT_INVALID' } }] });
    }
    const put = await fetch(gateway.url, { method: 'PUT' });
    expect(put.status).toBe(405);
    expect(put.headers.get('allow')).toContain('POST');
    expect(await put.text()).toContain('GET, HEAD, POST, OPTIONS');
  });
});

describe('a page of another origin', () => {
  const preflight = (from: string, requested = 'content-type'): Promise<Response> =>
    fetch(gateway.url, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': requested,
      },
    });

  it.each(['https://studio.apollographql.com', 'http://localhost:5173', 'http://127.0.0.1:3000'])(
    'may call when it is %s',
    async (from) => {
      const { status, headers } = await preflight(from, 'content-type, x-apollo-operation-name, b\u00e4d');
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(from);
      expect(headers.get('access-control-allow-headers')).toBe('content-type, x-apollo-operation-name');
      expect(headers.get('access-control-max-age')).toBe('600');
      expect(headers.get('vary')).toContain('origin');
      const { status: posted } = await post(gateway.url, { query: '{ __typename }' }, { origin: from });
      expect(posted).toBe(200);
      expect(await upgrade({ origin: from })).toBe(101);
    },
  );

  it.each(['https://elsewhere.test', 'null', 'http://localhost.elsewhere.test'])(
    'gets nothing, and nothing is run, when it is %s',
    async (from) => {
      const { status, headers } = await preflight(from);
      expect(status).toBe(403);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-headers')).toBeNull();
      const before = activity.bumps;
      const refused = await post(gateway.url, { query: 'mutation { bump }' }, { origin: from });
      expect(refused.status).toBe(403);
      expect(refused.answer.errors?.[0]?.extensions).toMatchObject({ code: 'CALLER_REFUSED', retryable: false });
      expect(activity.bumps).toBe(before);
      expect(await upgrade({ origin: from })).toBe(403);
    },
  );

  it('gets nothing by a name it made resolve to this machine', async () => {
    const { port } = new URL(gateway.url);
    const host = `evil.example:${port}`;
    expect(await statusOf('/health', { host })).toBe(403);
    expect(await statusOf('/graphql?query={__typename}', { host, origin: `http://${host}` })).toBe(403);
    expect(await statusOf('http://evil.example/health')).toBe(403);
    expect(await upgrade({ host, origin: `http://${host}` })).toBe(403);
  });
});

describe('an upgrade', () => {
  it.each([
    ['without a key', { 'sec-websocket-key': '' }],
    ['of another version', { 'sec-websocket-version': '7' }],
    ['with an empty protocol', { 'sec-websocket-protocol': ',' }],
    ['with a protocol twice', { 'sec-websocket-protocol': 'graphql-transport-ws,graphql-transport-ws' }],
    ['with thousands of protocols', { 'sec-websocket-protocol': 'a,'.repeat(5_000) }],
  ])('%s is refused with a code, as everything else', async (_, headers) => {
    const { status, type, text } = await answerTo('/graphql', { headers: { ...UPGRADE, ...headers } });
    expect([status, type]).toEqual([400, 'application/json; charset=utf-8']);
    expect(JSON.parse(text)).toEqual({
      errors: [{ message: expect.any(String), extensions: expect.objectContaining({ code: 'INPUT_INVALID' }) }],
    });
  });
});

it('HEAD gets what GET gets, without the body', async () => {
  const [head, get] = await Promise.all(
    ['HEAD', 'GET'].map((method) => answerTo('/graphql?query={__typename}', { method })),
  );
  expect(head).toEqual({ ...get, text: '' });
});

/** The status of an attempt to open a WebSocket. */
function upgrade(headers: Record<string, string>): Promise<number> {
  return statusOf('/graphql', { ...UPGRADE, ...headers });
}

async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  return (await answerTo(path, { headers })).status;
}

function answerTo(
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> },
): Promise<{ status: number; type: string | undefined; text: string }> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, ...options }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text });
    })
      .on('upgrade', (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, type: undefined, text: '' });
      })
      .on('error', reject)
      .end();
  });
}
