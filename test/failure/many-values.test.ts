import { CONTRACT_HEADER } from '@supercontext/contract';
import { SIGNATURE_HEADER, signRequest } from '@supercontext/runtime/call/sign.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { BlockedLoops } from '../support/blocked-loops.ts';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { socketAnswer } from '../support/socket-answer.ts';

/** No process may be kept from its other callers for longer, by whatever it is sent. */
const LONGEST_BLOCK_MS = 100;
const KEY = 'v'.repeat(64);

const loops = new BlockedLoops();
let platform: RunningPlatform;
let sessionId: string;
beforeAll(async () => {
  platform = await runningPlatform({ ...loops.environment, SUPERCONTEXT_SIGNING_KEY: KEY });
  sessionId = await openSession(platform.url);
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  loops.remove();
});

async function expectAlive(sinceMs: number): Promise<void> {
  expect((await post(platform.url, '{ __typename }')).status).toBe(200);
  const stageOf = (pid: number) => STAGES.find((stage) => platform.pid(stage) === pid) ?? pid;
  const blocks = loops.longerThan(LONGEST_BLOCK_MS, sinceMs);
  expect(blocks.map(({ pid, durationMs }) => `${stageOf(pid)} ${durationMs} ms`)).toEqual([]);
}

const keys = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]));
const ids = (count: number): string[] => Array<string>(count).fill('a');
const IDS = 'query ($ids: [ID!]!) { fragments(ids: $ids) { id } }';
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

const REFUSED: readonly (readonly [name: string, body: () => Record<string, unknown>])[] = [
  ['half a million keys', () => ({ query: '{ __typename }', variables: keys(500_000) })],
  ['a million ids', () => ({ query: IDS, variables: { ids: ids(1_000_000) } })],
  ['more ids than a list may have', () => ({ query: IDS, variables: { ids: ids(10_001) } })],
  ['keys in extensions', () => ({ query: '{ __typename }', extensions: { more: keys(20_000) } })],
  [
    'many small lists',
    () => ({ query: '{ __typename }', variables: { a: Array.from({ length: 9_000 }, () => ids(20)) } }),
  ],
  ['a thousand levels', () => ({ query: '{ __typename }', variables: { a: nested(1_000) } })],
];

describe('a request of more values than a graph has use for is refused before it is parsed:', () => {
  it.each(REFUSED)('%s', async (_name, body) => {
    const request = JSON.stringify(body());
    const sinceMs = Date.now();
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: request,
    });
    expect([response.status, (await response.json()) as unknown]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'REQUEST_TOO_COMPLEX' } }] },
    ]);
    await expectAlive(sinceMs);
  });

  it.each(REFUSED)('%s, over WebSocket, where it costs the operation and not the socket', async (_name, body) => {
    const payload = body();
    const sinceMs = Date.now();
    const [answer] = await socketAnswer(platform.url, payload);
    expect(answer).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'REQUEST_TOO_COMPLEX' } }] });
    await expectAlive(sinceMs);
  });

  it.each(STAGES.filter((stage) => stage !== 'gateway'))('a million and more, signed, to %s', async (stage) => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { a: ids(1_100_000) } });
    const sinceMs = Date.now();
    const response = await fetch(`http://127.0.0.1:${platform.ports[stage]}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [CONTRACT_HEADER]: '1',
        [SIGNATURE_HEADER]: signRequest(KEY, { stage, body }),
      },
      body,
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('REQUEST_TOO_COMPLEX')]);
    await expectAlive(sinceMs);
  });
});

describe('a request of as many as are taken blocks nobody:', () => {
  const TAKEN: readonly (readonly [name: string, query: string, variables: () => Record<string, unknown>])[] = [
    ['ids', IDS, () => ({ ids: ids(10_000) })],
    ['keys nobody declared', '{ __typename }', () => Object.fromEntries([...'abcd'].map((k) => [k, keys(10_000)]))],
    [
      'keys of inputs that have none of them',
      'mutation ($input: OpenSessionInput!) { openSession(input: $input) { session { id } } }',
      () => ({ input: keys(10_000) }),
    ],
    [
      'items that are none',
      'mutation ($input: AppendContextInput!) { appendContext(input: $input) { session { id } } }',
      () => ({ input: { sessionId, idempotencyKey: 'none', items: Array<object>(10_000).fill({ text: {} }) } }),
    ],
  ];

  it.each(TAKEN)('%s', async (_name, query, variables) => {
    const given = variables();
    const sinceMs = Date.now();
    expect((await post(platform.url, query, given)).status).toBeLessThan(500);
    await socketAnswer(platform.url, { query, variables: given });
    await expectAlive(sinceMs);
  });

  it('the largest append, which has a tenth of them', async () => {
    const text = 'What is "said" here, is said in lines.\n'.repeat(50);
    const items = Array.from({ length: 4_096 }, (_, at) => ({ file: { path: `${at}.txt`, text: `${at} ${text}` } }));
    const answer = await append(platform.url, { sessionId, idempotencyKey: 'all', items });
    expect(errorCode(answer)).toBeUndefined();
    expect(answer.data?.appendContext.receipt?.fragments).toBeGreaterThanOrEqual(items.length);
  });
});
