import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppendContextDocument,
  CancelGenerationDocument,
  createClient,
  GenerateDocument,
  type GraphClient,
  OpenSessionDocument,
} from '@supercontext/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { post } from '../support/graph.ts';
import { beginStream, delta, json, type ModelServerDouble, modelServerDouble, say } from '../support/model-server.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const KEY = 'sk-the-key-that-nobody-may-see-4711';
const TURNS = 50;
const PARAGRAPHS = Array.from(
  { length: 600 },
  (_, line) =>
    `## Entry ${line}\n\nOn day ${line} the ship number ${line * 7} brought ${line * 37} crates of ${['figs', 'salt', 'wool', 'tin'][line % 4]} from ${['Quill', 'Marrow', 'Esk'][line % 3]} to the harbour.\n`,
);

let server: ModelServerDouble;
let found: ModelServerDouble;
let platform: RunningPlatform;
let client: GraphClient;
let sessionId: string;

beforeAll(async () => {
  server = await modelServerDouble();
  server.models = [{ id: 'big', max_model_len: 32_768 }];
  found = await modelServerDouble();
  platform = await runningPlatform({
    SUPERCONTEXT_MODEL: 'auto',
    SUPERCONTEXT_MODEL_URL: server.url,
    SUPERCONTEXT_MODEL_KEY: KEY,
    SUPERCONTEXT_MODEL_SERVERS: `found:${found.port}`,
    SUPERCONTEXT_MODEL_BEGIN_MS: '2000',
    SUPERCONTEXT_LOG_LEVEL: 'trace',
  });
  client = createClient({ url: platform.url });
  const { openSession } = await client.mutate(OpenSessionDocument, { input: { title: 'Harbour' } });
  sessionId = openSession.session?.id ?? '';
  await client.mutate(AppendContextDocument, {
    input: { sessionId, idempotencyKey: 'log', items: [{ file: { path: 'log.md', text: PARAGRAPHS.join('\n') } }] },
  });
}, 120_000);
beforeEach(() => {
  server.script = say('It', ' was', ' figs.');
});
afterAll(async () => {
  await client?.close();
  await platform?.stop();
  await server?.close();
  await found?.close();
});

async function ask(prompt: string, more: { readonly model?: string } = {}) {
  for await (const { generate: event } of client.subscribe(GenerateDocument, {
    input: { sessionId, prompt, ...more },
  })) {
    if (event.__typename === 'GenerationCompleted') return event;
    if (event.__typename === 'GenerationFailed') return event;
  }
  throw new Error('no end');
}

it('one setting plugs a server in; its usage is the answer’s, what it had cached included', async () => {
  const end = await ask('What did the ship of day 12 bring?');
  if (end.__typename !== 'GenerationCompleted') throw new Error(JSON.stringify(end));
  expect(end.generation).toMatchObject({
    text: 'It was figs.',
    model: { id: 'remote:big', engine: 'remote', provider: new URL(server.url).origin },
    usage: { promptTokens: 120, cachedTokens: 100, outputTokens: 3 },
  });
  expect(server.questions.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(server.questions.at(-1)?.text).toContain('What did the ship of day 12 bring?');
});

it('models are listed with what they need; one that was found answers when it is chosen, and was sent nothing before', async () => {
  const { data } = await post(platform.url, '{ models { id name server contextTokens needs } }');
  const models = (data as unknown as { models: readonly { id: string }[] }).models;
  expect(models[0]).toEqual({
    ...{ id: 'remote:big', name: 'big', server: new URL(server.url).origin, contextTokens: 32_768, needs: null },
  });
  expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['extractive', 'found:double']));
  expect(found.requests.every(({ method, text }) => method === 'GET' && text === '')).toBe(true);
  const end = await ask('What did the ship of day 13 bring?', { model: 'found:double' });
  expect(end.generation.model.id).toBe('found:double');
  expect(found.questions).toHaveLength(1);
  expect(found.questions[0]?.headers.authorization).toBeUndefined();
});

it('a cancelled answer ends the connection to the server', async () => {
  server.script = async (response) => {
    beginStream(response);
    while (!response.destroyed) {
      response.write(delta('on '));
      await sleep(20);
    }
  };
  let generationId = '';
  for await (const { generate: event } of client.subscribe(GenerateDocument, {
    input: { sessionId, prompt: 'Count the crates.' },
  })) {
    if (event.__typename === 'GenerationStarted') generationId = event.generation.id;
    if (event.__typename === 'TokenDelta') break;
  }
  await client.mutate(CancelGenerationDocument, { input: { generationId } });
  await server.questions.at(-1)?.leftEarly;
});

it(`what comes before the evidence is the same, byte by byte, over ${TURNS} turns of a few words`, async () => {
  const stable = await stableParts((turn) => ['What did the ship bring on day', `${turn * 11}, and from where?`]);
  expect(commonShare(stable)).toBeGreaterThanOrEqual(0.9);
}, 120_000);

it(`of long turns the older half goes at once, seldom; what stands before them stays, over ${TURNS} turns`, async () => {
  const stable = await stableParts((turn) => [
    `On day ${turn * 11}?`,
    'Say it as the log does, with the ship. '.repeat(6),
  ]);
  const kept = stable.slice(1).filter((text, turn) => text.startsWith(stable[turn] ?? ''));
  // How often depends on the room that the context stage gives to turns.
  expect(kept.length).toBeGreaterThanOrEqual(0.6 * (TURNS - 1));
  const beforeTurns = stable.map((text) => text.slice(0, text.indexOf('Earlier in this conversation:')));
  expect(commonShare(beforeTurns)).toBeGreaterThanOrEqual(0.9);
}, 120_000);

/** The system messages of so many turns, whose answers are as long as their questions. */
async function stableParts(questionOf: (turn: number) => readonly string[]): Promise<readonly string[]> {
  const before = server.questions.length;
  for (let turn = 0; turn < TURNS; turn++) {
    const prompt = questionOf(turn).join(' ');
    server.script = say(...prompt.split(/(?= )/));
    await ask(prompt);
  }
  const asked = server.questions.slice(before);
  expect(asked).toHaveLength(TURNS);
  expect(new Set(asked.map(({ body }) => body.prompt_cache_key)).size).toBe(1);
  return asked.map(({ body }) => body.messages[0]?.content ?? '');
}

/** Bytes of each text that the next begins with, as a share of all. */
function commonShare(texts: readonly string[]): number {
  let [common, all] = [0, 0];
  for (const [turn, text] of texts.slice(1).entries()) {
    const last = Buffer.from(texts[turn] ?? '');
    all += last.length;
    common += commonBytes(last, Buffer.from(text));
  }
  return common / all;
}

function commonBytes(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

it('whatever the server says and however it ends, the key is nowhere: not in answers, events, logs or files', async () => {
  const seen: unknown[] = [];
  const refusals: readonly [number, string][] = [
    [401, `Incorrect API key provided: ${KEY}`],
    [404, `no model, ${KEY}`],
    [500, KEY],
    [429, `${KEY} is over its limit`],
  ];
  for (const [status, message] of refusals) {
    server.script = (response) =>
      json(response, status, { error: { message } }, { 'x-echo': KEY, 'retry-after': '60' });
    seen.push(await ask(`What did the ship of day ${status} bring?`));
  }
  server.script = (response) => {
    beginStream(response);
    response.end(`data: ${KEY}\n\n`);
  };
  seen.push(await ask('What did the ship of day 7 bring?'));
  server.script = (response) => {
    response.writeHead(302, { location: `http://127.0.0.1:9/${KEY}` }).end();
  };
  seen.push(await ask('What did the ship of day 8 bring?'));
  seen.push(
    await post(
      platform.url,
      '{ __schema { types { name fields { name args { name defaultValue } } } } models { id name server version provider } }',
    ),
  );
  expect(JSON.stringify(seen)).not.toContain(KEY);
  expect(JSON.stringify(seen).match(/MODEL_(REFUSED|UNAVAILABLE|OVERLOADED|FAILED)/g)?.length).toBe(6);

  const files = readdirSync(platform.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.some(({ name }) => name === 'reasoning.log')).toBe(true);
  const holders = files.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(KEY));
  expect(holders.map(({ name }) => name)).toEqual([]);
});

it('the other processes are not told the key', () => {
  const environments = (['context', 'store', 'compression', 'gateway', 'reasoning'] as const).map((stage) => {
    const environment = readFileSync(`/proc/${platform.pid(stage)}/environ`, 'utf8');
    return environment.includes(KEY) ? stage : null;
  });
  expect(environments.filter((stage) => stage !== null)).toEqual(['reasoning']);
});
