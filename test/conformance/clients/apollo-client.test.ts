import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { readReasoningConfig } from '@supercontext/reasoning/config.ts';
import { STAGE, startReasoning } from '@supercontext/reasoning/start.ts';
import { createLog } from '@supercontext/runtime/log.ts';
import type { Running } from '@supercontext/runtime/run-main.ts';
import type { RunningSubgraph } from '@supercontext/runtime/start-subgraph.ts';
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
const WORD_MS = 100;
const WORDS = 120;
const EVENTS = WORDS + 2;
/** Together well below the pause between words. */
const SILENT_TURNS = 6;
const TURN_MS = 5;
/** Each time after so many more events the network between client and gateway breaks. */
const CUTS = [1, 10, 3];

const log = createLog(STAGE, 'silent');
const folder = mkdtempSync(join(tmpdir(), 'apollo-client-'));
const model = scriptedModel(async function* () {
  for (let word = 0; word < WORDS; word++) {
    await sleep(WORD_MS);
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

/**
 * Resolves in the pause between two words. What is under way when a network breaks is sent again, so it breaks when nothing
 * is. In turns of the event loop, not by the clock: a process that had to wait for its core has not been silent.
 */
async function silence(events: readonly unknown[]): Promise<void> {
  const count = (): number => proxy.sizeBytes + events.length;
  for (let seen = count(), turns = 0; turns < SILENT_TURNS; turns++) {
    await sleep(TURN_MS);
    if (count() === seen) continue;
    seen = count();
    turns = 0;
  }
}

/** Of what is an interface in the schema, as Apollo Client's cache wants to know it. */
const possibleTypes = { GenerationEvent: ['GenerationStarted', 'TokenDelta', 'GenerationCompleted'] };

/** Apollo Client over graphql-ws, each as it comes: nothing about the socket is set but its address. */
async function generateThroughCuts(prompt: string, cuts: readonly number[]): Promise<GenerationEvent[]> {
  let sockets = 0;
  const wsClient = createClient({
    url: proxy.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    on: { connected: () => sockets++ },
  });
  const client = new ApolloClient({ link: new GraphQLWsLink(wsClient), cache: new InMemoryCache({ possibleTypes }) });
  const events: GenerationEvent[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    client
      .subscribe<{ generate: GenerationEvent }>({
        query: GENERATE,
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
  for (const more of cuts) {
    const before = events.length;
    await until(() => events.length >= before + more, `${more} more events`, 20_000);
    await silence(events);
    expect(proxy.cut()).toBeGreaterThan(0);
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
  const text = events
    .map((event) => event.text ?? '')
    .join('')
    .trim();
  expect(text.split(' ')).toEqual(countTo(WORDS).map((word) => `word${word}`));
  expect(events.at(-1)).toMatchObject({ __typename: 'GenerationCompleted', generation: { text } });
}, 60_000);

it('asks twice when a person asks the same twice', async () => {
  const before = context.turns.length;
  await Promise.all([generateThroughCuts('Again?', []), generateThroughCuts('Again?', [])]);
  expect(context.turns).toHaveLength(before + 2);
}, 60_000);
