import { createClient, GenerateDocument, type GraphClient } from '@supercontext/client';
import { beginStream, delta, finish, modelServerDouble, usageOf } from '../../support/model-server.ts';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { compressed, fillSession } from './session.ts';

const SESSION_TOKENS = 2_000_000;
const WARM_UP_TURNS = 5;
const TURNS = 30;
/** A model that needs this long to its first word; the platform's share is what comes on top. */
const PROVIDER_MS = 50;
const GOAL_MS = 30;
const QUESTIONS = [
  'What is the default value of bodyLimit?',
  'What does the batch function given to a DataLoader receive?',
  'What is the default log level of pino?',
  'How is a subscription over WebSocket ended?',
  'Which option sets the keep-alive timeout of a connection?',
];

/** What the platform adds to the time to a provider's first token, in a session of 2M tokens. */
export async function run(): Promise<readonly BenchRow[]> {
  const server = await modelServerDouble((response) => {
    setTimeout(() => {
      beginStream(response);
      response.write(delta('Here it is.'));
      response.end(finish('stop', usageOf(2_000, 1_000, 3)));
    }, PROVIDER_MS);
  });
  server.models = [{ id: 'double', max_model_len: 32_768 }];
  const platform = await runningPlatform({ SUPERCONTEXT_MODEL: 'auto', SUPERCONTEXT_MODEL_URL: server.url });
  const client = createClient({ url: platform.url });
  try {
    const { sessionId, tokens } = await fillSession(platform.url, SESSION_TOKENS);
    await compressed(platform.url, sessionId);
    const addedMs: number[] = [];
    for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn++) {
      const prompt = `${QUESTIONS[turn % QUESTIONS.length]} (${turn})`;
      const throughMs = await firstTokenMs(client, sessionId, prompt);
      const directMs = await directFirstTokenMs(server.url, server.questions.at(-1)?.text ?? '');
      if (turn >= WARM_UP_TURNS) addedMs.push(throughMs - directMs);
    }
    addedMs.sort((one, other) => one - other);
    const median = addedMs[addedMs.length >> 1] ?? Number.NaN;
    const p95 = addedMs[Math.floor(addedMs.length * 0.95)] ?? Number.NaN;
    return [
      {
        name: "time to a provider's first token, on top of its own, in a session of 2M tokens, median",
        ours: median,
        peer: GOAL_MS,
        unit: 'ms',
        ratio: median / GOAL_MS,
        goal: `<= ${GOAL_MS} ms`,
        met: median <= GOAL_MS,
        note: `the peer is the goal itself; of ${TURNS} turns, p95 ${p95.toFixed(1)} ms; ${tokens.toLocaleString('en')} tokens in the session, 8 192 budgeted; from the client through gateway, context, store and reasoning to a double of a server that takes ${PROVIDER_MS} ms, against the same request sent to it directly`,
      },
    ];
  } finally {
    await client.close();
    await platform.stop();
    await server.close();
  }
}

async function firstTokenMs(client: GraphClient, sessionId: string, prompt: string): Promise<number> {
  const start = performance.now();
  let firstMs: number | null = null;
  for await (const { generate: event } of client.subscribe(GenerateDocument, { input: { sessionId, prompt } })) {
    if (event.__typename === 'TokenDelta') firstMs ??= performance.now() - start;
    if (event.__typename === 'GenerationFailed') throw new Error(event.message);
  }
  if (firstMs === null) throw new Error('no token');
  return firstMs;
}

/** The same request, as a program would send it that has the prompt already. */
async function directFirstTokenMs(url: string, body: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const reader = response.body?.getReader();
  await reader?.read();
  const firstMs = performance.now() - start;
  await reader?.cancel();
  return firstMs;
}
