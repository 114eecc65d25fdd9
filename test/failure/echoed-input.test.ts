import { connect } from 'node:net';
import { MAXIMUM_MESSAGE_CHARACTERS } from '@supercontext/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';
import { socketAnswer } from '../support/socket-answer.ts';

/** No letter of it is in any message of ours. */
const LONG = 'Ω'.repeat(5_000);
const ECHO = new RegExp(`Ω{${MAXIMUM_MESSAGE_CHARACTERS}}`, 'u');
const NAME = `q${'Q'.repeat(250)}`;

let platform: RunningPlatform;
let sessionId: string;
beforeAll(async () => {
  platform = await runningPlatform();
  sessionId = await openSession(platform.url);
}, 120_000);
afterAll(() => platform?.stop());

/** All texts for people in an answer. */
function messages(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'message' in value && typeof value.message === 'string' ? [value.message] : [];
  return [...own, ...Object.values(value).flatMap(messages)];
}

function expectClipped(answer: unknown): void {
  const said = messages(answer);
  expect(said).not.toEqual([]);
  for (const message of said) {
    expect(message.length).toBeLessThanOrEqual(MAXIMUM_MESSAGE_CHARACTERS);
    expect(message.isWellFormed()).toBe(true);
  }
  expect(JSON.stringify(answer)).not.toMatch(ECHO);
}

const APPEND =
  'mutation ($input: AppendContextInput!) { appendContext(input: $input) { userErrors { code message } } }';
const ASK = 'mutation ($input: AskInput!) { ask(input: $input) { userErrors { code message } } }';
const item = { text: { text: 'x' } };

type Operation = Readonly<Record<string, unknown>> & { readonly query: string };
const OPERATIONS: readonly (readonly [name: string, operation: () => Operation])[] = [
  ['a number that is a text', () => ({ query: `{ sessions(first: "${LONG}") { edges { cursor } } }` })],
  [
    'a text where a number is declared',
    () => ({ query: 'query ($n: Int) { sessions(first: $n) { edges { cursor } } }', variables: { n: LONG } }),
  ],
  ['an input that is a text', () => ({ query: APPEND, variables: { input: LONG } })],
  ['a key that no input has', () => ({ query: APPEND, variables: { input: { [LONG]: 1 } } })],
  [
    'a list of texts where one is asked for',
    () => ({ query: ASK, variables: { input: { sessionId, prompt: [LONG, LONG, LONG] } } }),
  ],
  [
    'a value of no enum',
    () => ({
      query: APPEND,
      variables: { input: { sessionId, idempotencyKey: 'a', items: [{ message: { role: LONG, text: 'x' } }] } },
    }),
  ],
  ['a field that is none', () => ({ query: `{ ${NAME} }` })],
  ['an argument that is none', () => ({ query: `{ sessions(${NAME}: 1) { edges { cursor } } }` })],
  ['a type that is none', () => ({ query: `query ($a: ${NAME}) { __typename }` })],
  [
    'an operation that is not there',
    () => ({ query: 'query A { __typename } query B { __typename }', operationName: LONG }),
  ],
  ['a string without an end', () => ({ query: `{ a(b: "${LONG}` })],
  ['a hash of no document', () => ({ query: '', extensions: { persistedQuery: { version: 1, sha256Hash: LONG } } })],
  ['a cursor of no list', () => ({ query: `{ sessions(first: 1, after: "${LONG}") { edges { cursor } } }` })],
  [
    'a session of no such id',
    () => ({ query: APPEND, variables: { input: { sessionId: LONG, idempotencyKey: 'a', items: [item] } } }),
  ],
  [
    'a key of idempotency that is too long',
    () => ({ query: APPEND, variables: { input: { sessionId, idempotencyKey: LONG, items: [item] } } }),
  ],
  ['a model of no such name', () => ({ query: ASK, variables: { input: { sessionId, prompt: 'x', model: LONG } } })],
];

describe('an error repeats no more than a few lines of what was sent:', () => {
  it.each(OPERATIONS)('%s', async (_name, operation) => {
    const { query, ...more } = operation();
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, ...more }),
    });
    expectClipped(await response.json());
  });

  it.each(OPERATIONS)('%s, over WebSocket', async (_name, operation) => {
    expectClipped(await socketAnswer(platform.url, operation()));
  });

  it('a stream of no such generation', async () => {
    const query = `subscription { generationEvents(generationId: "${LONG}", after: "${LONG}") { cursor } }`;
    expectClipped(await socketAnswer(platform.url, { query }));
  });

  const ascii = 'Q'.repeat(5_000);
  it.each([
    ['a path', `GET /${ascii} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a target', `GET ${ascii} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a method', `${ascii} / HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a host', `GET / HTTP/1.1\r\nHost: ${ascii}\r\n\r\n`],
    ['an origin', `GET /graphql HTTP/1.1\r\nHost: localhost\r\nOrigin: http://${ascii}\r\n\r\n`],
    ['a type', `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${ascii}/a\r\nContent-Length: 1\r\n\r\nx`],
    ['an expectation', `GET / HTTP/1.1\r\nHost: localhost\r\nExpect: ${ascii}\r\n\r\n`],
    [
      'JSON that is none',
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n${ascii}`,
    ],
    [
      'a query by GET',
      `GET /graphql?query={${ascii}} HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: 1\r\n\r\n`,
    ],
    [
      'variables by GET',
      `GET /graphql?query={__typename}&variables=${ascii} HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: 1\r\n\r\n`,
    ],
  ])('%s', async (_name, bytes) => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(platform.ports.gateway, '127.0.0.1', () => socket.write(bytes));
      socket.setTimeout(1_000, () => socket.end());
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(/Q{200}/);
  });

  it.each([
    ['a type of message', { type: LONG }],
    ['parameters that are none', { type: 'connection_init', payload: LONG }],
    ['an operation without an id', { type: 'subscribe', payload: { query: LONG } }],
  ])('%s, in the reason a socket is closed with', async (_name, message) => {
    const socket = new WebSocket(`${platform.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    const reason = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify(message)));
      socket.on('close', (_code, why) => resolve(String(why)));
    });
    expect(reason.length).toBeGreaterThan(0);
    expect(reason.length).toBeLessThan(MAXIMUM_MESSAGE_CHARACTERS);
    expect((await post(platform.url, '{ __typename }')).status).toBe(200);
  });
});
