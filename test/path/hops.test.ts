import { afterAll, beforeAll, expect, it } from 'vitest';
import { append, openSession, post } from '../support/graph.ts';
import { type OtlpCollector, otlpCollector } from '../support/otlp-collector.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SECRET = 'zanzibar';

let collector: OtlpCollector;
let platform: RunningPlatform;

beforeAll(async () => {
  collector = await otlpCollector();
  platform = await runningPlatform({ SUPERCONTEXT_OTLP_ENDPOINT: collector.url });
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  collector?.close();
});

interface HopRow {
  readonly stage: string;
  readonly version: string;
  readonly name: string;
  readonly durationMs: number;
}

async function hopsOf(generationId: string): Promise<readonly HopRow[]> {
  for (;;) {
    const answer = await post(
      platform.url,
      'query ($id: ID!) { generation(id: $id) { status hops { stage version name durationMs } } }',
      { id: generationId },
    );
    const { generation } = answer.data as unknown as { generation: { status: string; hops: readonly HopRow[] } };
    if (generation.status !== 'RUNNING') return generation.hops;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('a question carries the client’s trace through every stage, and every stage’s hops come back with the answer', async () => {
  const sessionId = await openSession(platform.url);
  const text = `The capital of spices is ${SECRET}. `.repeat(40);
  await append(platform.url, { sessionId, idempotencyKey: 'one', items: [{ file: { path: 'spices.md', text } }] });
  const answer = await post(
    platform.url,
    'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }',
    { input: { sessionId, prompt: `What is the capital of spices, ${SECRET}?` } },
    { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` },
  );
  const { ask } = answer.data as unknown as { ask: { generation: { id: string } } };
  const hops = await hopsOf(ask.generation.id);

  expect([...new Set(hops.map(({ stage }) => stage))].sort()).toEqual([
    'compression',
    'context',
    'gateway',
    'reasoning',
    'store',
  ]);
  for (const { version, name, durationMs } of hops) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(name).toMatch(/^[a-z][a-z-]+$/);
    expect(durationMs).toBeGreaterThanOrEqual(0);
  }

  const services = () =>
    new Set(collector.spans.filter(({ traceId }) => traceId === TRACE_ID).map(({ service }) => service));
  await expect
    .poll(() => [...services()].sort(), { timeout: 10_000 })
    .toEqual([
      'supercontext-compression',
      'supercontext-context',
      'supercontext-gateway',
      'supercontext-reasoning',
      'supercontext-store',
    ]);
  expect(collector.text()).not.toContain(SECRET);
});
