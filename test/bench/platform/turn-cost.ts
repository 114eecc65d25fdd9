import { createClient, GenerateDocument, type GraphClient } from '@supercontext/client';
import { whyNoWeights } from '../../support/model-weights.ts';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { compressed, fillSession } from './session.ts';

const LARGE_TOKENS = 2_000_000;
const SMALL_TOKENS = 20_000;
const TURNS = 10;
/** The default model's own budget. */
export const SAME_TURN = { budgetTokens: 1_000, maxTokens: 16, seed: 1 };
/** Turns as a frontend sends them, for their bytes. */
const PLAIN_TURNS = 3;
const GOAL_RATIO = 1.2;
const ALLOWED_BYTES = 300;

/** On files that both sessions hold: the same evidence is to be found, once among 20K tokens and once among 2M. */
export const QUESTIONS = [
  'How is a content type parser removed?',
  'What does the parseAs option of a parser do?',
  'What does decorateReply do?',
  'How are dependencies of a decorator declared?',
  'What is encapsulation of plugins?',
  'How does a plugin share its decorators with its parent?',
  'When is the preHandler hook called?',
  'Which hook is called when a request times out?',
  'What does the error handler receive?',
  'Which error is thrown for a duplicated route?',
];

/** The same turns on a session of 2M tokens and on one of 20K of them: time to the first token, and bytes up. */
export async function run(): Promise<readonly BenchRow[]> {
  const skipped = whyNoWeights();
  if (skipped !== null) throw new Error(`this figure needs the real model: ${skipped}`);
  const platform = await runningPlatform({ SUPERCONTEXT_MODEL: 'smollm2-135m-instruct' });
  const client = createClient({ url: platform.url });
  try {
    const small = await fillSession(platform.url, SMALL_TOKENS, 'fastify/docs/Reference');
    const large = await fillSession(platform.url, LARGE_TOKENS);
    await compressed(platform.url, large.sessionId);
    const smallMs: number[] = [];
    const largeMs: number[] = [];
    const promptTokens = { small: 0, large: 0 };
    let worstBytes = 0;
    await turn(client, small.sessionId, 'Is anybody there?', SAME_TURN);
    await turn(client, large.sessionId, 'Is anybody there?', SAME_TURN);
    for (const question of QUESTIONS.slice(0, TURNS)) {
      // In turns, so that a machine that grows slower does so for both.
      const onSmall = await turn(client, small.sessionId, question, SAME_TURN);
      const { firstTokenMs, uncachedTokens } = await turn(client, large.sessionId, question, SAME_TURN);
      smallMs.push(onSmall.firstTokenMs);
      largeMs.push(firstTokenMs);
      promptTokens.small += onSmall.uncachedTokens / TURNS;
      promptTokens.large += uncachedTokens / TURNS;
    }
    for (const question of QUESTIONS.slice(0, PLAIN_TURNS)) {
      const { bytesUp } = await turn(client, large.sessionId, question);
      worstBytes = Math.max(worstBytes, bytesUp / (1.2 * Buffer.byteLength(question) + ALLOWED_BYTES));
    }
    const ratio = median(largeMs) / median(smallMs);
    return [
      {
        name: 'first token of a turn of 1 000 budgeted tokens, on 2M tokens beside 20K, median of 10',
        ours: median(largeMs),
        peer: median(smallMs),
        unit: 'ms',
        ratio,
        goal: `<= ${GOAL_RATIO}`,
        met: ratio <= GOAL_RATIO,
        note: `tokens prefilled, mean: ${promptTokens.large.toFixed(0)} beside ${promptTokens.small.toFixed(0)}`,
      },
      {
        name: 'bytes up per turn beside 1.2 x delta + 300 B, worst of 3',
        ours: worstBytes,
        peer: 1,
        unit: 'share',
        ratio: worstBytes,
        goal: '<= 1',
        met: worstBytes <= 1,
      },
    ];
  } finally {
    await client.close();
    await platform.stop();
  }
}

export async function turn(
  client: GraphClient,
  sessionId: string,
  prompt: string,
  options: Partial<typeof SAME_TURN> & { readonly model?: string } = {},
): Promise<{ firstTokenMs: number; bytesUp: number; uncachedTokens: number }> {
  const bytesBefore = client.bytesSent;
  const start = performance.now();
  let firstTokenMs = Number.NaN;
  let uncachedTokens = 0;
  for await (const { generate: event } of client.subscribe(GenerateDocument, {
    input: { sessionId, prompt, ...options },
  })) {
    if (event.__typename === 'TokenDelta' && Number.isNaN(firstTokenMs)) firstTokenMs = performance.now() - start;
    if (event.__typename === 'GenerationFailed') throw new Error(event.message);
    if (event.__typename === 'GenerationCompleted') {
      uncachedTokens = event.generation.usage.promptTokens - event.generation.usage.cachedTokens;
    }
  }
  return { firstTokenMs, bytesUp: client.bytesSent - bytesBefore, uncachedTokens };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
