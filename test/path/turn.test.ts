import {
  AppendContextDocument,
  createClient,
  GenerateDocument,
  type GraphClient,
  OpenSessionDocument,
  SearchSessionDocument,
  SessionTurnsDocument,
} from '@supercontext/client';
import { createClient as createSocket } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const FACT = 'The harbour master of Port Quill is Ines Abara; her office opens at 06:40.';
const FILLER = Array.from(
  { length: 400 },
  (_, line) => `Ledger line ${line}: ${line * 37} crates of dried figs went inland.`,
).join('\n');

let platform: RunningPlatform;
let client: GraphClient;
let sessionId: string;

beforeAll(async () => {
  platform = await runningPlatform();
  client = createClient({ url: platform.url });
  const { openSession } = await client.mutate(OpenSessionDocument, { input: { title: 'Port Quill' } });
  sessionId = openSession.session?.id ?? '';
  await client.mutate(AppendContextDocument, {
    input: { sessionId, idempotencyKey: 'ledger', items: [{ file: { path: 'ledger.txt', text: FILLER } }] },
  });
}, 120_000);
afterAll(async () => {
  await client?.close();
  await platform?.stop();
});

it('a delta is found by search the moment it is acknowledged', async () => {
  await client.mutate(AppendContextDocument, {
    input: { sessionId, idempotencyKey: 'fact', items: [{ file: { path: 'harbour.md', text: FACT } }] },
  });
  const { session } = await client.query(SearchSessionDocument, {
    id: sessionId,
    query: 'Who is the harbour master?',
    first: 3,
  });
  expect(session?.search?.[0]?.fragment?.text).toBe(FACT);
});

it('an answer rests on the delta, says so, and says what it left out', async () => {
  let text = '';
  for await (const { generate: event } of client.subscribe(GenerateDocument, {
    input: { sessionId, prompt: 'Who is the harbour master of Port Quill?', budgetTokens: 400 },
  })) {
    if (event.__typename === 'TokenDelta') text += event.text;
    if (event.__typename !== 'GenerationCompleted') continue;
    const { generation } = event;
    expect(generation.text).toBe(text);
    expect(text).toContain('Ines Abara');
    expect(generation.citations[0]).toMatchObject({
      text: expect.stringContaining('Ines Abara'),
      fragment: { source: { name: 'harbour.md' } },
    });
    expect(generation.workingSet.tokens).toBeLessThanOrEqual(400);
    expect(generation.workingSet.omitted.fragments).toBeGreaterThan(0);
    expect(generation.workingSet.sessionTokens).toBeGreaterThan(4_000);
  }
  expect(text).not.toBe('');
});

it('question and answer become part of the session', async () => {
  const { session } = await client.query(SessionTurnsDocument, { id: sessionId });
  expect(session?.turns.edges).toHaveLength(1);
  expect(session?.turns.edges[0]?.node).toMatchObject({ index: 0, prompt: 'Who is the harbour master of Port Quill?' });
  expect(session?.turns.edges[0]?.node.generations?.[0]?.text).toContain('Ines Abara');
});

it('any graphql-ws client gets entities of other stages on the first and the last event of a stream', async () => {
  const socket = createSocket({ url: `${platform.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  const query = `subscription ($input: AskInput!) {
    generate(input: $input) {
      __typename sequence
      ... on GenerationStarted { generation { turn { index prompt session { title tokens } } } }
      ... on GenerationCompleted { generation { turn { session { title storage { indexedThrough } } } citations { fragment { text shard { name } } } } }
    }
  }`;
  const events: { __typename: string; sequence: number; generation?: unknown }[] = [];
  const input = { sessionId, prompt: 'When does the office of the harbour master open?' };
  for await (const { data, errors } of socket.iterate<{ generate: (typeof events)[number] }>({
    query,
    variables: { input },
  })) {
    expect(errors).toBeUndefined();
    if (data) events.push(data.generate);
  }
  await socket.dispose();
  expect(events[0]).toMatchObject({
    __typename: 'GenerationStarted',
    generation: { turn: { prompt: input.prompt, session: { title: 'Port Quill', tokens: expect.any(Number) } } },
  });
  expect(events.at(-1)).toMatchObject({
    __typename: 'GenerationCompleted',
    generation: {
      turn: { session: { title: 'Port Quill', storage: { indexedThrough: expect.any(Number) } } },
      citations: [{ fragment: { text: FACT, shard: { name: expect.any(String) } } }],
    },
  });
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
});

it('a turn sends its delta and little more', async () => {
  const prompt = 'And where is the office?';
  const before = client.bytesSent;
  for await (const _event of client.subscribe(GenerateDocument, { input: { sessionId, prompt } }));
  expect(client.bytesSent - before).toBeLessThanOrEqual(1.2 * Buffer.byteLength(prompt) + 300);
});
