import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { readReasoningConfig } from '@supercontext/reasoning/config.ts';
import { STAGE } from '@supercontext/reasoning/stage.ts';
import { startReasoning } from '@supercontext/reasoning/start.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import type { Running } from '@supercontext/runtime/process/run-main.ts';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { gatewayConfig } from '../../../gateway/config.ts';
import { type CuttingProxy, startCuttingProxy } from '../../../gateway/fixtures/cutting-proxy.ts';
import { countTo, until } from '../../../gateway/fixtures/reader.ts';
import { startGateway } from '../../../gateway/start-gateway.ts';
import { type ContextStageDouble, startContextDouble } from '../../support/context-stage.ts';
import { scriptedModel } from '../../support/scripted-model.ts';

const SESSION = `ses_${'b'.repeat(24)}`;
const SUPERCONTEXT_SIGNING_KEY = 'a key for tests, of more than 32 characters';
const WORD_MS = 30;
const WORDS = 60;
/** That it has started, and what evidence was chosen. */
const BEFORE_WORDS = 2;
const EVENTS = WORDS + BEFORE_WORDS + 1;
/** After which events the network between client and gateway breaks: before any word, early, and in the middle. */
const CUTS = [1, 8, 40];
/** In which the receipt of the last event comes back, on a busy machine too: what is under way when a network breaks is sent again. */
const QUIET_MS = 500;

const log = createLog(STAGE, 'silent');
const folder = mkdtempSync(join(tmpdir(), 'apollo-client-'));
/** The model says no more words than this. */
let allowedWords = WORDS;
const model = scriptedModel(async function* () {
  for (let word = 0; word < WORDS; word++) {
    do await sleep(WORD_MS);
    while (word >= allowedWords);
    yield `word${word} `;
  }
});
let context: ContextStageDouble;
let reasoning: RunningSubgraph;
let gateway: Running;
let proxy: CuttingProxy;

beforeAll(async () => {
  context = await startContextDouble(
    [{ text: 'The default timeout is 300 seconds.', reason: 'EVIDENCE', score: 2 }],
    log,
  );
  reasoning = await startReasoning({
    ...readReasoningConfig({ SUPERCONTEXT_SIGNING_KEY }),
    port: 0,
    dataFolder: folder,
    contextUrl: context.url,
    model: 'smollm2-135m-instruct',
    modelPath: import.meta.filename,
    openModel: async () => model,
    log,
  });
  const config = gatewayConfig({ SUPERCONTEXT_SIGNING_KEY, SUPERCONTEXT_GATEWAY_PORT: '0' });
  gateway = await startGateway({ ...config, subgraphUrls: { reasoning: reasoning.url, context: context.url } }, log);
  proxy = await startCuttingProxy(gateway.url);
});
afterAll(async () => {
  await proxy?.stop();
  await gateway?.stop();
  await reasoning?.stop();
  await context?.stop();
  rmSync(folder, { recursive: true, force: true });
});
interface GenerationEvent {
  readonly __typename: string;
  readonly sequence: number;
  readonly text?: string;
  readonly generation?: { readonly text: string };
}

const GENERATE = gql`
  subscription Generate($input: AskInput!) {
    generate(input: $input) {
      cursor
      sequence
      ... on TokenDelta { text }
      ... on GenerationCompleted { generation { id text } }
    }
  }
`;

/** Of its schema, as Apollo Client wants them for fragments on an interface. */
const POSSIBLE_TYPES = {
  GenerationEvent: [
    'GenerationStarted',
    'EvidenceChosen',
    'TokenDelta',
    'GenerationCompleted',
    'GenerationFailed',
    'GenerationCancelled',
  ],
};

/** Apollo Client over graphql-ws, with the retry each comes with: nothing about it is set. */
async function generateThroughCuts(prompt: string, cuts: readonly number[]): Promise<GenerationEvent[]> {
  const [first] = cuts;
  allowedWords = first === undefined ? WORDS : first - BEFORE_WORDS;
  let sockets = 0;
  const wsClient = createClient({
    url: proxy.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    on: { connected: () => sockets++ },
  });
  const client = new ApolloClient({
    link: new GraphQLWsLink(wsClient),
    cache: new InMemoryCache({ possibleTypes: POSSIBLE_TYPES }),
  });
  const events: GenerationEvent[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    client
      .subscribe<{ generate: GenerationEvent }>({
        query: GENERATE,
        // A stream of events is nothing to merge into a cache.
        fetchPolicy: 'no-cache',
        variables: { input: { sessionId: SESSION, prompt } },
      })
      .subscribe({
        next: ({ data, error }) => {
          if (error !== undefined) reject(error);
          if (data) events.push(data.generate);
        },
        error: reject,
        complete: resolve,
      });
  });
  for (const count of cuts) {
    await Promise.race([until(() => events.length >= count, `${count} events`, 20_000), ended]);
    await sleep(QUIET_MS);
    expect(proxy.cut()).toBeGreaterThan(0);
    // While the client waits to try again, the answer goes on.
    const next = cuts.find((later) => later > count);
    allowedWords = next === undefined ? WORDS : next - BEFORE_WORDS;
  }
  await ended;
  client.stop();
  await wsClient.dispose();
  expect(sockets).toBe(cuts.length + 1);
  return events;
}

it("shows one turn and each event once, with the library's own retry and no idempotency key", async () => {
  const events = await generateThroughCuts('What is the default timeout?', CUTS);
  expect(context.turns).toHaveLength(1);
  expect(model.requests).toHaveLength(1);
  expect(events.map(({ sequence }) => sequence)).toEqual(countTo(EVENTS));
  const text = events.map((event) => event.text ?? '').join('');
  expect(text).toBe(
    countTo(WORDS)
      .map((word) => `word${word}`)
      .join(' '),
  );
  expect(events.at(-1)).toMatchObject({ __typename: 'GenerationCompleted', generation: { text } });
}, 60_000);

it('asks twice when a person asks the same twice', async () => {
  const before = context.turns.length;
  await Promise.all([generateThroughCuts('Again?', []), generateThroughCuts('Again?', [])]);
  expect(context.turns).toHaveLength(before + 2);
}, 60_000);
