import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReasoningConfig } from '@supercontext/reasoning/config.ts';
import { STAGE } from '@supercontext/reasoning/stage.ts';
import { startReasoning } from '@supercontext/reasoning/start.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import type { Running } from '@supercontext/runtime/process/run-main.ts';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gatewayConfig } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/start-gateway.ts';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { SIGNING_KEY, type StageProcess, startStageProcess } from '../support/stage-process.ts';

const FACT = 'The harbour master of Port Quill is Ines Abara.';
const QUESTION = 'Who is the harbour master of Port Quill?';

const log = createLog(STAGE, 'silent');
const folder = mkdtempSync(join(tmpdir(), 'removed-while-answered-'));
const held = Promise.withResolvers<void>();
/** Says a word, and the rest when it may. */
const model = scriptedModel(async function* () {
  yield 'Somebody ';
  await held.promise;
  yield 'is. [1]';
});

let store: StageProcess;
let context: StageProcess;
let reasoning: RunningSubgraph;
let gateway: Running;
let url: string;

beforeAll(async () => {
  const nobody = 'http://127.0.0.1:9/graphql';
  store = await startStageProcess('store', folder, { SUPERCONTEXT_CONTEXT_URL: nobody });
  const urls = { SUPERCONTEXT_STORE_URL: store.url, SUPERCONTEXT_COMPRESSION_URL: nobody };
  context = await startStageProcess('context', folder, urls);
  reasoning = await startReasoning({
    ...readReasoningConfig({ SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY }),
    port: 0,
    dataFolder: folder,
    contextUrl: context.url,
    model: 'smollm2-135m-instruct',
    modelPath: import.meta.filename,
    openModel: async () => model,
    log,
  });
  const config = gatewayConfig({ SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY, SUPERCONTEXT_GATEWAY_PORT: '0' });
  const subgraphUrls = { reasoning: reasoning.url, context: context.url, store: store.url };
  gateway = await startGateway({ ...config, subgraphUrls }, log);
  url = new URL(gateway.url).origin;
}, 60_000);
afterAll(async () => {
  held.resolve();
  await gateway?.stop();
  await reasoning?.stop();
  await context?.stop();
  await store?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ASK = 'mutation ($input: AskInput!) { ask(input: $input) { generation { id } userErrors { code } } }';
const REMOVE = 'mutation ($input: RemoveDocumentInput!) { removeDocument(input: $input) { userErrors { code } } }';
const SEEN = `query ($generation: ID!, $session: ID!) {
  generation(id: $generation) { status text citations { number } }
  session(id: $session) { documents { edges { node { path } } } fragmentCount storage { fragments } }
}`;

interface Seen {
  readonly generation: { readonly status: string; readonly text: string };
}

async function ask(sessionId: string): Promise<string> {
  const answer = await post(url, ASK, { input: { sessionId, prompt: QUESTION } });
  return (answer.data as unknown as { ask: { generation: { id: string } } }).ask.generation.id;
}

async function see(session: string, generation: string): Promise<Seen> {
  const { data, errors } = await post(url, SEEN, { session, generation });
  expect(errors).toBeUndefined();
  return data as unknown as Seen;
}

it('a document that is removed while it is answered from: the answer comes to its end, and the next one knows nothing of it', async () => {
  const session = await openSession(url);
  const items = [{ file: { path: 'people.md', text: FACT } }, { text: { text: 'Berth 4 takes boats of 12 metres.' } }];
  await append(url, { sessionId: session, idempotencyKey: 'first', items });
  const first = await ask(session);
  await expect.poll(async () => (await see(session, first)).generation.text, { timeout: 20_000 }).toBe('Somebody');
  const input = { sessionId: session, idempotencyKey: 'gone', path: 'people.md' };
  const removed = await post(url, REMOVE, { input });
  expect([errorCode(removed), removed.errors]).toEqual([undefined, undefined]);
  held.resolve();
  await expect
    .poll(() => see(session, first), { timeout: 20_000 })
    .toMatchObject({
      generation: { status: 'COMPLETED', text: 'Somebody is. [1]', citations: [{ number: 1 }] },
      // What is left: the other text, the question and its answer.
      session: { documents: { edges: [] }, fragmentCount: 3, storage: { fragments: 3 } },
    });
  const second = await ask(session);
  await expect.poll(async () => (await see(session, second)).generation.status, { timeout: 20_000 }).toBe('COMPLETED');
  const seen = model.requests.map((request) => JSON.stringify(request).includes('Ines Abara'));
  expect(seen).toEqual([true, false]);
}, 90_000);
