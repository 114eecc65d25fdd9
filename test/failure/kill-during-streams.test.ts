import {
  AppendContextDocument,
  createClient,
  GenerateDocument,
  GenerationDocument,
  type GraphClient,
  OpenSessionDocument,
} from '@supercontext/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../infra/stages.ts';
import { whyNoWeights } from '../support/model-weights.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const DELTAS_BEFORE_THE_KILL = 5;
const ANSWER_TOKENS = 96;

const skipped = whyNoWeights();
let platform: RunningPlatform;
let client: GraphClient;
let sessionId: string;

beforeAll(async () => {
  if (skipped !== null) return;
  platform = await runningPlatform({ SUPERCONTEXT_MODEL: 'smollm2-135m-instruct' });
  client = createClient({ url: platform.url });
  const { openSession } = await client.mutate(OpenSessionDocument, { input: { title: 'streams' } });
  sessionId = openSession.session?.id ?? '';
  const text = Array.from(
    { length: 40 },
    (_, day) => `On day ${day + 1} the ship sailed ${day * 7} miles past the island.`,
  ).join('\n');
  await client.mutate(AppendContextDocument, {
    input: { sessionId, idempotencyKey: 'log', items: [{ file: { path: 'log.md', text } }] },
  });
}, 120_000);
afterAll(async () => {
  await client?.close();
  await platform?.stop();
});

describe.skipIf(skipped !== null).each(STAGES)(
  `kill -9 of the %s process in the middle of a stream${skipped === null ? '' : ` (skipped: ${skipped})`}`,
  (stage) => {
    it('the reader goes on after its cursor: nothing lost, nothing twice, one terminal event', async () => {
      const sequences: number[] = [];
      let text = '';
      let terminal: { kind: string; id: string; retryable?: boolean } | undefined;
      let killed: Promise<void> | undefined;
      for await (const { generate: event } of client.subscribe(GenerateDocument, {
        input: {
          sessionId,
          prompt: `Retell the whole log of the ship, day by day, before ${stage} ends.`,
          maxTokens: ANSWER_TOKENS,
          seed: 7,
          idempotencyKey: `stream-${stage}`,
        },
      })) {
        expect(terminal).toBeUndefined();
        sequences.push(event.sequence);
        if (event.__typename === 'TokenDelta') text += event.text;
        else if (event.__typename === 'GenerationFailed') {
          terminal = { kind: 'failed', id: event.generation.id, retryable: event.retryable };
        } else if (event.__typename !== 'GenerationStarted' && event.__typename !== 'EvidenceChosen') {
          terminal = { kind: event.__typename, id: event.generation.id };
        }
        if (sequences.length === DELTAS_BEFORE_THE_KILL) killed = platform.killAndAwait(stage);
      }
      await killed;
      expect(killed).toBeDefined();
      expect(sequences).toEqual(sequences.map((_, index) => index));
      if (stage === 'reasoning') expect(terminal).toMatchObject({ kind: 'failed', retryable: true });
      else expect(terminal).toMatchObject({ kind: 'GenerationCompleted' });
      const { generation } = await client.query(GenerationDocument, { id: terminal?.id ?? '' });
      expect(generation?.text).toBe(text);
      expect(text.length).toBeGreaterThan(0);
    }, 120_000);
  },
);
