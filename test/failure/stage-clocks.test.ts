import { join } from 'node:path';
import { createClient, GenerateDocument, type GraphClient } from '@supercontext/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPEND, errorCode, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const HOUR_MS = 3_600_000;
const SHIFTS = { store: HOUR_MS, context: -HOUR_MS, reasoning: 2 * HOUR_MS, compression: -2 * HOUR_MS };

describe('a platform whose stages disagree about the time by hours', () => {
  let platform: RunningPlatform;
  let client: GraphClient;

  beforeAll(async () => {
    platform = await runningPlatform({
      NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/shifted-clock.mjs')}`,
      TEST_CLOCK_SHIFTS: Object.entries(SHIFTS)
        .map(([stage, shiftMs]) => `${stage}=${shiftMs}`)
        .join(','),
    });
    client = createClient({ url: platform.url });
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    await platform?.stop();
  });

  async function appendAndAsk(text: string, prompt: string): Promise<string> {
    const sessionId = await openSession(platform.url);
    const input = { sessionId, idempotencyKey: 'one', items: [{ text: { text } }] };
    expect(errorCode(await post(platform.url, APPEND, { input }))).toBeUndefined();
    let answer = '';
    for await (const { generate: event } of client.subscribe(GenerateDocument, { input: { sessionId, prompt } })) {
      if (event.__typename === 'TokenDelta') answer += event.text;
    }
    return answer;
  }

  it('takes in, finds and answers as any other', async () => {
    expect(await appendAndAsk('The ferry leaves at half past seven.', 'When does the ferry leave?')).toContain('seven');
  }, 30_000);

  it('goes on with a stage that comes back with its clock', async () => {
    for (const stage of ['store', 'reasoning', 'gateway'] as const) await platform.killAndAwait(stage);
    expect(await appendAndAsk('The bridge closes at nine.', 'When does the bridge close?')).toContain('nine');
  }, 60_000);
});
