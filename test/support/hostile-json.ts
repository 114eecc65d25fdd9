import type { Random } from './random.ts';

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, 1.5, '', 'x', '\u0000', '\ud800', [], {}, [[]], [null], { a: null }],
  ...[
    { toString: 1 },
    { length: -1 },
    { constructor: { prototype: 1 } },
    Object.fromEntries([['then', 1]]),
    { toJSON: 1 },
    { __typename: 'Session' },
  ],
];
const QUERIES = [
  ...[
    '{ __typename }',
    '{',
    '{ nothing }',
    '',
    'subscription { x }',
    'mutation { x }',
    'query A { __typename } query B { __typename }',
  ],
  ...[
    '{ ...F } fragment F on Query { ...F }',
    '{ __schema { types { name } } }',
    '{ _service { sdl } }',
    'query ($a: ID!) { node(id: $a) { id } }',
  ],
  ...[
    'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Session { id } } }',
  ],
  ...[
    '{ sessions(first: 1) { edges { cursor } } }',
    'query ($a: Cursor) { sessions(after: $a) { edges { cursor } } }',
    '{ __typename @skip(if: true) }',
  ],
  ...[
    '\ufeff{ __typename }',
    '# \u0000',
    '"""',
    '{ a: __typename a: __schema { description } }',
    'type Query { a: Int }',
    '{ session(id: "x") { id } }',
  ],
];

/** The text of a request's or message's body: JSON of a shape nobody expects, or none at all. */
export function hostileJson(random: Random): string {
  const depth = random.pick([10, 300, 3_000]);
  const kinds: readonly (() => string)[] = [
    () => JSON.stringify(random.pick(VALUES)),
    () => JSON.stringify(hostileOperation(random)),
    () => JSON.stringify([hostileOperation(random), hostileOperation(random)]),
    () => '['.repeat(depth),
    () => `{"query":"{__typename}","variables":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    () => `{"query":"{__typename}","extensions":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`,
    () => `{"__proto__":{"query":1},"query":${JSON.stringify(random.pick(VALUES))}}`,
    () => JSON.stringify(hostileOperation(random)).slice(0, random.below(60)),
    () => random.bytes(random.below(60)).toString('latin1'),
    () => '{"query":"\\ud800","query":"{__typename}","query":1}',
  ];
  return random.pick(kinds)();
}

/** A GraphQL request with anything in any of its places. */
export function hostileOperation(random: Random): Record<string, unknown> {
  const value = (): unknown => random.pick(VALUES);
  return {
    query: random.chance(0.8) ? random.pick(QUERIES) : value(),
    ...(random.chance(0.5)
      ? { variables: random.chance(0.5) ? { a: value(), r: [value(), { __typename: value(), id: value() }] } : value() }
      : {}),
    ...(random.chance(0.3) ? { operationName: random.chance(0.5) ? 'A' : value() } : {}),
    ...(random.chance(0.3)
      ? {
          extensions: random.chance(0.5)
            ? { persistedQuery: value(), traceparent: value(), hops: value() }
            : random.pick([value(), { persistedQuery: { version: value(), sha256Hash: value() } }]),
        }
      : {}),
  };
}

/** The text of a message of graphql-transport-ws with anything in any of its places. */
export function hostileMessage(random: Random): string {
  const type = random.pick([
    'connection_init',
    'ping',
    'pong',
    'subscribe',
    'complete',
    'next',
    'error',
    'connection_ack',
    '',
    '__proto__',
    7,
    null,
  ]);
  const id = random.pick([
    '1',
    '1',
    '2',
    '',
    '__proto__',
    'constructor',
    'x'.repeat(300),
    '\ud83d\ude00'.repeat(60),
    7,
    null,
  ]);
  if (random.chance(0.1)) return hostileJson(random);
  const payload = type === 'subscribe' && random.chance(0.8) ? hostileOperation(random) : random.pick(VALUES);
  return JSON.stringify({ type, ...(random.chance(0.8) ? { id } : {}), ...(random.chance(0.7) ? { payload } : {}) });
}
