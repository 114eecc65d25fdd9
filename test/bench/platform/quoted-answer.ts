import { createClient, GenerateDocument, type GraphClient } from '@supercontext/client';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { compressed, fillSession } from './session.ts';

const SESSION_TOKENS = 2_000_000;
const GOAL_EVIDENCE_MS = 150;
const GOAL_ANSWER_MS = 250;

const QUESTIONS = [
  'What is the default value of bodyLimit in Fastify?',
  'How is a content type parser removed?',
  'What does decorateReply do?',
  'What is the default keepAliveTimeout of undici?',
  'Which hook is called when a request times out?',
  'What does the batch function given to a DataLoader receive?',
  'Which error is thrown for a duplicated route?',
  'What does the flag --port of pino do?',
  'When was version 5.0.0 of qs released?',
  'What is the default log level of pino?',
  'How does a plugin share its decorators with its parent, and when is the preHandler hook called?',
];

/** A question to the reader in a session of 2M tokens, over graphql-ws through the gateway: until evidence is shown, and until the answer is whole. */
export async function run(): Promise<readonly BenchRow[]> {
  const platform = await runningPlatform();
  const client = createClient({ url: platform.url });
  try {
    const { sessionId } = await fillSession(platform.url, SESSION_TOKENS);
    await compressed(platform.url, sessionId);
    await ask(client, sessionId, 'Is anybody there?');
    const asked: Asked[] = [];
    for (const question of QUESTIONS) asked.push(await ask(client, sessionId, question));
    const note = 'eleven questions, one of two parts; words alone, without vectors; the peer is the goal';
    const row = (name: string, times: readonly number[], goalMs: number): BenchRow => {
      const ours = median(times);
      const slowest = `slowest ${Math.max(...times).toFixed(0)} ms; ${note}`;
      const ratio = ours / goalMs;
      return { name, ours, peer: goalMs, unit: 'ms', ratio, goal: '<= 1', met: ratio <= 1, note: slowest };
    };
    return [
      row(
        'first evidence of a question in a session of 2M tokens, over a WebSocket, median',
        asked.map(({ evidenceMs }) => evidenceMs),
        GOAL_EVIDENCE_MS,
      ),
      row(
        'whole answer of the reader in a session of 2M tokens, over a WebSocket, median',
        asked.map(({ answerMs }) => answerMs),
        GOAL_ANSWER_MS,
      ),
    ];
  } finally {
    await client.close();
    await platform.stop();
  }
}

interface Asked {
  readonly evidenceMs: number;
  readonly answerMs: number;
}

async function ask(client: GraphClient, sessionId: string, prompt: string): Promise<Asked> {
  const start = performance.now();
  let evidenceMs = Number.NaN;
  for await (const { generate: event } of client.subscribe(GenerateDocument, { input: { sessionId, prompt } })) {
    if (event.__typename === 'EvidenceChosen') evidenceMs = performance.now() - start;
    if (event.__typename === 'GenerationFailed') throw new Error(event.message);
  }
  if (Number.isNaN(evidenceMs)) throw new Error(`no evidence was chosen: ${prompt}`);
  return { evidenceMs, answerMs: performance.now() - start };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
