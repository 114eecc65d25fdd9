import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GraphQLAnswer, startTestGateway, type TestGateway } from '../../gateway/fixtures/gateway.ts';
import { openClient, read } from '../../gateway/fixtures/reader.ts';
import { newActivity, startLibrary, startStream } from '../../gateway/fixtures/subgraphs.ts';

const SEED = 20_260_611;
const RUNS = 1_500;
const TYPES = ['application/json', 'application/graphql-response+json'];

let [stream, library]: RunningSubgraph[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  const activity = newActivity();
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  gateway = await startTestGateway({ stream: stream.url, library: library.url });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});

async function send(body: string, accept: string): Promise<{ status: number; type: string; answer: GraphQLAnswer }> {
  const headers = { 'content-type': 'application/json', accept };
  const response = await fetch(gateway.url, { method: 'POST', headers, body });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, answer: (await response.json()) as GraphQLAnswer };
}

/** What the parts of a request are, and what they are not. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('', null, 5, true, [], {}, '__proto__', '\ud800'),
);
const document = fc.oneof(
  fc.constantFrom(
    '{ __typename }',
    'query A { __typename }',
    'query A { __typename } query B { __typename }',
    'query ($n: Int!) { books(first: $n) { title } }',
    'mutation { bump }',
    'mutation ($i: PutInput!) { put(input: $i) }',
    'subscription { idle { text } }',
    'subscription ($a: Boolean!) { idle @skip(if: $a) { text } }',
    'fragment A on Query { __typename }',
    '{ ...A } fragment A on Query { ...A }',
    '{ a: __typename @include(if: $x) }',
    '{ run(id: {a: [[]]}) { id } }',
    'type Query { a: Int }',
    '{ __schema { types { name } } }',
    '{ __type(name: "Book") { fields { name } } }',
    '# nothing',
  ),
  fc.string({ maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '(',
        ')',
        '...',
        'on',
        'query',
        'A',
        ':',
        '$n',
        '@skip',
        '"',
        '[',
        '#',
        '!',
        '=',
        '5',
        '\n',
      ),
    )
    .map((tokens) => tokens.join(' ')),
);
const persisted = fc.record(
  { version: fc.oneof(fc.constant(1), anything), sha256Hash: fc.oneof(fc.constant('f'.repeat(64)), anything) },
  { requiredKeys: [] },
);
const request = fc.record(
  {
    query: fc.oneof({ weight: 6, arbitrary: document }, anything),
    variables: fc.oneof(
      { weight: 3, arbitrary: fc.record({ n: anything, i: anything, a: anything }, { requiredKeys: [] }) },
      anything,
    ),
    operationName: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('A', 'B', 'Z', '', null) }, anything),
    extensions: fc.oneof(
      { weight: 1, arbitrary: fc.record({ persistedQuery: fc.oneof(persisted, anything) }, { requiredKeys: [] }) },
      { weight: 1, arbitrary: anything },
      { weight: 4, arbitrary: fc.constant(null) },
    ),
  },
  { requiredKeys: [] },
);

describe('requests of any shape', () => {
  it(`are answered with data or a typed refusal, ${RUNS} of them`, async () => {
    const codes = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: request }, anything),
        fc.constantFrom(...TYPES),
        async (body, accept) => {
          const { status, type, answer } = await send(JSON.stringify(body) ?? '', accept);
          const code = answer.errors?.[0]?.extensions.code;
          codes.add(code);
          expect(status, JSON.stringify(answer)).toBeLessThan(500);
          if (answer.data === undefined || answer.data === null) expect(code).toMatch(/^[A-Z_]+$/);
          expect(code).not.toBe('INTERNAL');
          if (answer.data === undefined && accept !== 'application/json' && code !== 'PERSISTED_QUERY_NOT_FOUND') {
            expect(status).toBeGreaterThanOrEqual(400);
          }
          expect(type).toMatch(/^application\/(graphql-response\+)?json/);
        },
      ),
      { seed: SEED, numRuns: RUNS },
    );
    expect([...codes]).toEqual(
      expect.arrayContaining([
        undefined,
        'OPERATION_RESOLUTION_FAILURE',
        'GRAPHQL_PARSE_FAILED',
        'BAD_USER_INPUT',
        'BAD_REQUEST',
      ]),
    );
  }, 120_000);
});

const TWO = 'query A { __typename } query B { __typename }';

describe('a name of an operation that says none', () => {
  it.each([
    ['several operations and no name', { query: TWO }],
    ['several operations and null', { query: TWO, operationName: null }],
    ['an unknown name', { query: TWO, operationName: 'Z' }],
    ['an empty name', { query: TWO, operationName: '' }],
    ['an empty name of one operation', { query: '{ __typename }', operationName: '' }],
    ['a name of every object', { query: TWO, operationName: '__proto__' }],
  ])('(%s) is OPERATION_RESOLUTION_FAILURE over HTTP and WebSocket', async (_what, payload) => {
    for (const accept of ['*/*', ...TYPES]) {
      const { status, answer } = await send(JSON.stringify(payload), accept);
      expect([status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'OPERATION_RESOLUTION_FAILURE']);
    }
    const client = openClient(gateway.url);
    expect(await read(client, payload).ended).toMatchObject([{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);
    await client.dispose();
  });
});

describe('a body that is no request', () => {
  it.each([
    ['nothing', ''],
    ['a list of requests', '[{"query":"{__typename}"}]'],
    ['a number', '5'],
    ['a query that is a number', '{"query":5}'],
    ['variables that are a list', '{"query":"{__typename}","variables":[]}'],
    ['a name that is a number', '{"query":"{__typename}","operationName":5}'],
    ['extensions that are a text', '{"query":"{__typename}","extensions":"x"}'],
    [
      'a hash that is not that of the query',
      `{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'f'.repeat(64)}"}}}`,
    ],
    ['a hash that is a number', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":5}}}'],
    ['no document at all', '{"variables":{}}'],
  ])('(%s) is 400', async (_what, body) => {
    for (const accept of TYPES) {
      const { status, answer } = await send(body, accept);
      expect([status, answer.errors?.[0]?.extensions.code]).toEqual([
        400,
        expect.stringMatching(/^(BAD_REQUEST|INPUT_INVALID)$/),
      ]);
    }
  });

  it('asks for an answer in a type there is none of: 406', async () => {
    expect((await send('{"query":"{__typename}"}', 'text/csv')).status).toBe(406);
  });
});
