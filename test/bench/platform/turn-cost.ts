import { CompressionProgressDocument, createClient, GenerateDocument, type GraphClient } from '@supercontext/client';
import { whyNoWeights } from '../../support/model-weights.ts';
import { runningPlatform } from '../../support/running-platform.ts';
import type { BenchRow } from '../row.ts';
import { fillSession } from './session.ts';

const LARGE_TOKENS = 2_000_000;
const SMALL_TOKENS = 20_000;
const TURNS = 10;
const GOAL_RATIO = 1.2;
const ALLOWED_BYTES = 300;

const QUESTIONS = [
  'What is the default value of bodyLimit?',
  'How is a stream closed?',
  'Which option sets the timeout of a request?',
  'What does the logger write?',
  'How are errors reported?',
  'What is a cursor used for?',
  'Which versions are supported?',
  'What happens when a plugin is loaded twice?',
  'How is a date parsed?',
  'What does the cache keep?',
];

/** The same turns on a session of 2M tokens and on one of 20K: time to the first token, and bytes up. */
export async function run(): Promise<readonly BenchRow[]> {
  const skipped = whyNoWeights();
  if (skipped !== null) throw new Error(`this figure needs the real model: ${skipped}`);
  const platform = await runningPlatform({ SUPERCONTEXT_MODEL: 'auto' });
  const client = createClient({ url: platform.url });
  try {
    const small = await fillSession(platform.url, SMALL_TOKENS);
    const large = await fillSession(platform.url, LARGE_TOKENS);
    await compressed(platform.url, large.sessionId);
    const smallMs: number[] = [];
    const largeMs: number[] = [];
    let worstBytes = 0;
    await turn(client, small.sessionId, 'Is anybody there?');
    await turn(client, large.sessionId, 'Is anybody there?');
    for (const question of QUESTIONS.slice(0, TURNS)) {
      // In turns, so that a machine that grows slower does so for both.
      smallMs.push((await turn(client, small.sessionId, question)).firstTokenMs);
      const { firstTokenMs, bytesUp } = await turn(client, large.sessionId, question);
      largeMs.push(firstTokenMs);
      worstBytes = Math.max(worstBytes, bytesUp / (1.2 * Buffer.byteLength(question) + ALLOWED_BYTES));
    }
    const ratio = median(largeMs) / median(smallMs);
    return [
      {
        name: 'first token of a turn on 2M tokens beside 20K, median of 10',
        ours: median(largeMs),
        peer: median(smallMs),
        unit: 'ms',
        ratio,
        goal: `<= ${GOAL_RATIO}`,
        met: ratio <= GOAL_RATIO,
      },
      {
        name: 'bytes up per turn beside 1.2 x delta + 300 B, worst of 10',
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

async function turn(
  client: GraphClient,
  sessionId: string,
  prompt: string,
): Promise<{ firstTokenMs: number; bytesUp: number }> {
  const bytesBefore = client.bytesSent;
  const start = performance.now();
  let firstTokenMs = Number.NaN;
  for await (const { generate: event } of client.subscribe(GenerateDocument, {
    input: { sessionId, prompt, maxTokens: 16, seed: 1 },
  })) {
    if (event.__typename === 'TokenDelta' && Number.isNaN(firstTokenMs)) firstTokenMs = performance.now() - start;
    if (event.__typename === 'GenerationFailed') throw new Error(event.message);
  }
  return { firstTokenMs, bytesUp: client.bytesSent - bytesBefore };
}

/** Waits until the summary tree is complete: a turn is measured, not the compressor beside it. */
async function compressed(url: string, sessionId: string): Promise<void> {
  const client = createClient({ url });
  for await (const { compressionProgress } of client.subscribe(CompressionProgressDocument, { sessionId })) {
    if (compressionProgress.complete) break;
  }
  await client.close();
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
