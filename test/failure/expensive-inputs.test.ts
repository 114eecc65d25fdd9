import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { BlockedLoops } from '../support/blocked-loops.ts';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { socketAnswer } from '../support/socket-answer.ts';

/** No process may be kept from its other callers for longer, by whatever it is sent. */
const LONGEST_BLOCK_MS = 100;
const MEMORY_BACK_MS = 60_000;
const MEMORY_MARGIN_MIB = 400;
const SEED = 20_261;

const loops = new BlockedLoops();
let platform: RunningPlatform;
let rich: string;
let dense: string;
let memoryBefore: number;
let startedAtMs: number;

/** Words of a vocabulary as texts have it, few of them often; the same at each run. */
function prose(characters: number, sentenceEnd = '. '): string {
  let text = '';
  while (text.length < characters) {
    for (let word = 0; word < 12; word++) text += `${WORDS[Math.floor(random() ** 2 * WORDS.length)]} `;
    text += sentenceEnd;
  }
  return text.slice(0, characters);
}

let state = SEED;
function random(): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
}
const WORDS = Array.from({ length: 5_000 }, (_, at) =>
  Array.from({ length: 3 + (at % 7) }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join(''),
);
const times = (count: number, of: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => of(at)).join(' ');

function memoryMib(): number {
  return STAGES.reduce((sum, stage) => {
    const status = readFileSync(`/proc/${platform.pid(stage)}/status`, 'utf8');
    return sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }, 0);
}

beforeAll(async () => {
  platform = await runningPlatform(loops.environment);
  startedAtMs = Date.now();
  rich = await openSession(platform.url, 'rich');
  dense = await openSession(platform.url, 'dense');
  for (const part of [1, 2, 3]) {
    const items = [{ file: { path: `part-${part}.txt`, text: prose(1_000_000) } }];
    await append(platform.url, { sessionId: rich, idempotencyKey: `part-${part}`, items });
  }
  const texts = ['a '.repeat(500_000), 'x'.repeat(500_000), ' \n'.repeat(300_000), '漢字仮名交じり文'.repeat(30_000)];
  const items = texts.map((text, at) => ({ file: { path: `${at}.txt`, text } }));
  await append(platform.url, { sessionId: dense, idempotencyKey: 'dense', items });
  for (let turn = 0; turn < 12; turn++) {
    const input = { sessionId: rich, prompt: `What of ${WORDS[turn]}?`, model: 'extractive' };
    await post(platform.url, 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }', { input });
  }
  await sleep(5_000);
  memoryBefore = memoryMib();
}, 180_000);
afterAll(async () => {
  await platform?.stop();
  loops.remove();
});

/** Who was blocked too long since then, and for how many milliseconds. */
function blocks(sinceMs: number): string[] {
  const stageOf = (pid: number) => STAGES.find((stage) => platform.pid(stage) === pid) ?? pid;
  return loops.longerThan(LONGEST_BLOCK_MS, sinceMs).map(({ pid, durationMs }) => `${stageOf(pid)} ${durationMs} ms`);
}

/** No block since `sinceMs`, and the next good request is served. */
async function expectAlive(sinceMs: number): Promise<void> {
  await sleep(20);
  expect(blocks(sinceMs)).toEqual([]);
  expect((await post(platform.url, '{ __typename }')).status).toBe(200);
}

const nested = (levels: number): string =>
  levels === 0 ? '__typename' : `turns(first: 100) { edges { node { session { ${nested(levels - 1)} } } } }`;
const aliasesThroughFragments = times(4, (level) => {
  const inner =
    level === 0 ? 'search(query: "x") { score }' : `turns { edges { node { session { ...F${level - 1} } } } }`;
  return `fragment F${level} on Session { ${times(6, (at) => `a${level}${at}: ${inner}`)} }`;
});
const ASK = 'ask(input: {sessionId: "ses_000000000000000000000000", prompt: "?"}) { generation { id } }';

const REFUSED: readonly (readonly [name: string, query: () => string])[] = [
  ['lists within lists', () => `query ($id: ID!) { session(id: $id) { ${nested(2)} } }`],
  ['four levels of lists', () => `query ($id: ID!) { session(id: $id) { ${nested(4)} } }`],
  ['aliases through fragments', () => `query ($id: ID!) { session(id: $id) { ...F3 } } ${aliasesThroughFragments}`],
  ['twenty questions at once', () => `mutation { ${times(20, (at) => `a${at}: ${ASK}`)} }`],
  [
    'a page of a billion',
    () => 'query ($id: ID!) { session(id: $id) { turns(first: 1000000000) { edges { cursor } } } }',
  ],
  [
    'working sets by the dozen',
    () => `query ($id: ID!) { session(id: $id) { ${times(30, (at) => `a${at}: workingSet(query: "x") { tokens }`)} } }`,
  ],
  [
    'fragments that double',
    () =>
      `{ ...F0 } ${times(40, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F40 on Query { __typename }`,
  ],
  [
    'a chain of fragments',
    () =>
      `{ ...F0 } ${times(140, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F140 on Query { __typename }`,
  ],
  ['a thousand fragments', () => `{ __typename } ${times(1_000, (at) => `fragment F${at} on Query { __typename }`)}`],
  ['a thousand operations', () => times(1_000, (at) => `query O${at} { __typename }`)],
  ['selections nested by the thousand', () => '{ a '.repeat(3_000)],
  ['lists nested by the thousand', () => `{ node(id: ${'['.repeat(9_000)}`],
  ['objects nested by the thousand', () => `{ node(id: ${'{a:'.repeat(3_000)}`],
  ['more aliases than a document has use for', () => `{ ${times(65, (at) => `a${at}: __typename`)} }`],
  ['a field ten thousand times', () => `{ ${'__typename '.repeat(9_000)} }`],
  ['a name of a hundred thousand letters', () => `{ ${'a'.repeat(100_000)} }`],
  ['a document of a million bytes', () => `{ __typename } # ${' '.repeat(1_000_000)}`],
  [
    'introspection many times over',
    () => `{ ${times(40, (at) => `a${at}: __schema { types { fields { type { fields { name } } } } }`)} }`,
  ],
];

describe('a request that asks too much is refused before it is run, and blocks nobody:', () => {
  it.each(REFUSED)('%s', async (_name, query) => {
    const sinceMs = Date.now();
    const answer = await post(platform.url, query(), { id: rich });
    expect([errorCode(answer), answer.status]).toEqual(['REQUEST_TOO_COMPLEX', 400]);
    expect(JSON.stringify(answer).length).toBeLessThan(1_000);
    await expectAlive(sinceMs);
  });

  it.each(REFUSED)('%s, over WebSocket', async (_name, query) => {
    const sinceMs = Date.now();
    const [answer] = await socketAnswer(platform.url, { query: query(), variables: { id: rich } });
    const errors =
      answer?.type === 'error' ? answer.payload : (answer?.payload as { errors?: unknown } | undefined)?.errors;
    expect(errors).toMatchObject([{ extensions: { code: 'REQUEST_TOO_COMPLEX' } }]);
    await expectAlive(sinceMs);
  });

  it.each(['subscription', 'query'])('a document given by GET, a %s', async (kind) => {
    const query = `${kind} { ${times(65, (at) => `a${at}: __typename`)} }`;
    const response = await fetch(`${platform.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('REQUEST_TOO_COMPLEX');
  });

  it('the same refused document again and again', async () => {
    const sinceMs = Date.now();
    const query = REFUSED[2]?.[1]() ?? '';
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(platform.url, query, { id: rich })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    await expectAlive(sinceMs);
  });
});

const question = (characters: number): string => prose(characters);
const WORKING_SET = `query ($id: ID!, $query: String!, $budget: Int!) {
  session(id: $id) { workingSet(query: $query, budgetTokens: $budget) { tokens segments { text } } }
}`;
const SEARCH =
  'query ($id: ID!, $query: String!) { session(id: $id) { search(query: $query, first: 200) { score fragment { text } } } }';

type Served = readonly [name: string, query: () => string, variables?: () => Record<string, unknown>];
const SERVED: readonly Served[] = [
  ['the whole schema', () => getIntrospectionQuery()],
  ['a field four hundred times', () => `{ ${'__typename '.repeat(400)} }`],
  ['unknown fields with suggestions', () => `{ ${times(990, (at) => `sesions${at}`)} }`],
  [
    'unknown types with suggestions',
    () => `{ __typename } ${times(140, (at) => `fragment F${at} on Sesion${at} { a }`)}`,
  ],
  ['two thousand variables', () => `query (${times(2_000, (at) => `$v${at}: Int`)}) { __typename }`],
  [
    'fragments that overlap pair by pair',
    () =>
      `{ session(id: "x") { ${times(99, (at) => `...F${at}`)} } } ${times(99, (at) => `fragment F${at} on Session { title id revision }`)}`,
  ],
  [
    'objects that overlap',
    () => `{ ${times(50, () => 'session(id: "x") { turns(first: 1) { edges { node { id index prompt } } } }')} }`,
  ],
  [
    'a plan over all stages, twenty-four times',
    () =>
      `{ ${times(24, (at) => `a${at}: node(id: "${at}") { ... on Session { title storage { tokens } } ... on Generation { text turn { prompt } } }`)} }`,
  ],
  ['many ids', () => `{ fragments(ids: [${'"a", '.repeat(4_900)}]) { id } }`],
  [
    'twenty-four searches by a long question',
    () =>
      `query ($id: ID!, $query: String!) { session(id: $id) { ${times(24, (at) => `a${at}: search(query: $query) { score }`)} } }`,
    () => ({ query: question(65_000) }),
  ],
  ['a search by a question of megabytes', () => SEARCH, () => ({ query: question(3_000_000) })],
  [
    'four large pages of fragments',
    () =>
      `query ($id: ID!) { session(id: $id) { ${times(4, (at) => `a${at}: fragments(first: 512) { edges { node { text } } }`)} } }`,
  ],
  [
    'fifteen digests',
    () =>
      `query ($id: ID!) { session(id: $id) { ${times(15, (at) => `a${at}: digest(budgetTokens: 100000) { text }`)} } }`,
  ],
  [
    'twenty large working sets',
    () =>
      `query ($id: ID!, $query: String!) { session(id: $id) { ${times(20, (at) => `a${at}: workingSet(query: $query, budgetTokens: 20000) { tokens }`)} } }`,
    () => ({ query: question(32_000) }),
  ],
  ...[256, 1_000, 16_000, 1_000_000].map((budget): Served => {
    const variables = () => ({ query: question(32_000), budget });
    return [`a working set of ${budget} tokens for a long question`, () => WORKING_SET, variables];
  }),
  [
    'a working set for one word said again and again',
    () => WORKING_SET,
    () => ({ query: 'a '.repeat(16_000), budget: 50_000 }),
  ],
  ['a working set for blanks', () => WORKING_SET, () => ({ query: ' \n'.repeat(16_000), budget: 50_000 })],
  ['a working set for ideographs', () => WORKING_SET, () => ({ query: '漢字仮名交'.repeat(6_000), budget: 50_000 })],
];

const OPEN = 'mutation ($input: OpenSessionInput!) { openSession(input: $input) { session { id } } }';
const APPEND_ITEM = 'mutation ($input: AppendContextInput!) { appendContext(input: $input) { session { id } } }';
const FIRST = 'query ($first: Int) { sessions(first: $first) { edges { cursor } } }';

describe('large values that do not fit are refused without being told or compared:', () => {
  it.each([
    ['a key', OPEN, () => ({ input: { [prose(15_000_000)]: 1 } })],
    [
      'five keys',
      OPEN,
      () => ({ input: Object.fromEntries([1, 2, 3, 4, 5].map((at) => [`${at}${prose(3_000_000)}`, at])) }),
    ],
    [
      'an enum',
      APPEND_ITEM,
      () => ({
        input: { sessionId: dense, idempotencyKey: 'k', items: [{ message: { role: prose(15_000_000), text: 'a' } }] },
      }),
    ],
    ['line ends for a number', FIRST, () => ({ first: '\n'.repeat(7_500_000) })],
    ['a list for an object', OPEN, () => ({ input: ['\u0001'.repeat(2_500_000)] })],
    ['an input without what it needs', APPEND_ITEM, () => ({ input: { sessionId: prose(15_000_000) } })],
  ])('%s', async (_name, query, variables) => {
    const sinceMs = Date.now();
    const answer = await post(platform.url, query, variables());
    expect([errorCode(answer), answer.status]).toEqual(['BAD_USER_INPUT', 400]);
    await expectAlive(sinceMs);
  });
});

it('hundreds of documents, each another one and refused, are not kept', async () => {
  const sinceMs = Date.now();
  const fields = 'id '.repeat(490);
  for (let at = 0; at < 300; at++) {
    const answer = await post(
      platform.url,
      times(19, (operation) => `query O${at}n${operation} { ${fields} }`),
    );
    expect(answer.status).toBe(400);
  }
  await expectAlive(sinceMs);
});

describe('a request that is dear is served in slices, and blocks nobody:', () => {
  it.each(SERVED.map(([name, query, variables]) => ({ name, query, variables })))(
    '$name',
    async ({ query, variables }) => {
      for (const id of [rich, dense]) {
        const sinceMs = Date.now();
        const answer = await post(platform.url, query(), { id, ...variables?.() });
        expect(answer.status).toBeLessThan(500);
        expect(errorCode(answer)).not.toBe('INTERNAL');
        await expectAlive(sinceMs);
      }
    },
  );

  it('a question of three megabytes for a working set is refused', async () => {
    const sinceMs = Date.now();
    const answer = await post(platform.url, WORKING_SET, {
      id: rich,
      query: 'lantern '.repeat(400_000),
      budget: 1_000,
    });
    expect(errorCode(answer)).toBe('INPUT_INVALID');
    await expectAlive(sinceMs);
  });

  it.each([
    ['prose', () => prose(7_000_000)],
    ['one letter', () => 'x'.repeat(7_000_000)],
    ['blanks', () => ' '.repeat(7_000_000)],
    ['line ends', () => '\n'.repeat(5_000_000)],
    ['joined emoji', () => '👩‍👩‍👧‍👦'.repeat(270_000)],
  ])('an append of megabytes of %s', async (name, text) => {
    const sinceMs = Date.now();
    const items = [{ file: { path: name, text: text() } }];
    const answer = await append(platform.url, { sessionId: dense, idempotencyKey: name, items });
    expect(errorCode(answer)).toBeUndefined();
    await expectAlive(sinceMs);
  });
});

it('gives its memory back within a minute', async () => {
  const deadlineMs = Date.now() + MEMORY_BACK_MS;
  while (memoryMib() > memoryBefore + MEMORY_MARGIN_MIB && Date.now() < deadlineMs) await sleep(500);
  expect(memoryMib()).toBeLessThan(memoryBefore + MEMORY_MARGIN_MIB);
}, 90_000);

it('has not blocked an event loop in the background either', () => {
  expect(blocks(startedAtMs)).toEqual([]);
});
