import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ContextStageDouble, startContextDouble } from '../support/context-stage.ts';
import { follow, generate, readStream, type StreamEvent } from '../support/read-stream.ts';
import { type RunningRedis, runningCluster, whyNoRedis } from '../support/redis-cluster.ts';
import { type StageProcess, startStageProcess } from '../support/stage-process.ts';

const why = whyNoRedis();
const SESSION = `ses_${'e'.repeat(24)}`;
const CANCEL = 'mutation ($id: ID!) { cancelGeneration(input: { generationId: $id }) { generation { status text } } }';

interface Cancelled {
  readonly cancelGeneration: { readonly generation: { readonly status: string; readonly text: string } };
}

describe.skipIf(why !== null)(
  `several processes reason on a cluster${why === null ? '' : ` (skipped: ${why})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'redis-reasoning-'));
    let cluster: RunningRedis;
    let context: ContextStageDouble;
    let stages: [StageProcess, StageProcess];

    beforeAll(async () => {
      cluster = await runningCluster();
      const text = 'The default timeout of a request is 300 seconds.';
      context = await startContextDouble(
        [{ text, reason: 'EVIDENCE' }],
        createLog({ name: 'test', version: '0' }, 'silent'),
      );
    }, 60_000);
    beforeEach(async () => {
      await cluster.heal();
      context.refuseAnswers = false;
      stages = [await start(), await start()];
    });
    afterEach(() => Promise.all(stages.map((stage) => stage.kill())));
    afterAll(async () => {
      await context?.stop();
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** With a model that says a word every five milliseconds. */
    function start(): Promise<StageProcess> {
      const settings = { ...cluster.environment, SUPERCONTEXT_CONTEXT_URL: context.url };
      return startStageProcess('reasoning', folder, settings, join(import.meta.dirname, 'slow-reasoning.ts'));
    }

    const input = (maxTokens: number) => ({
      ...{ sessionId: SESSION, prompt: 'What is the default timeout?', maxTokens, temperature: 0 },
    });

    const words = (count: number) => Array.from({ length: count }, (_, word) => `word${word}`);
    const wordsOf = (events: readonly StreamEvent[]) => textOf(events).trim().split(' ');
    const textOf = (events: readonly StreamEvent[]) => events.map(({ text }) => text ?? '').join('');
    const isWhole = (events: readonly StreamEvent[]) =>
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, index) => index));

    it('shows a generation to readers of the other process, and ends it there when its own is killed', async () => {
      const [one, other] = stages;
      const begun: StreamEvent[] = [];
      await readStream(one, generate(input(2_000)), { events: begun, enough: 20 });
      const events = [...begun];
      const reading = readStream(other, follow(begun.at(-1)?.cursor), { events });
      await vi.waitUntil(() => events.length > 100, { timeout: 10_000 });
      await one.kill();
      await reading;
      isWhole(events);
      expect(events.at(-1)).toMatchObject({ __typename: 'GenerationFailed', code: 'MODEL_FAILED', retryable: true });
      expect(wordsOf(events)).toEqual(words(wordsOf(events).length));
      expect(readdirSync(folder)).toEqual([]);
    }, 60_000);

    it('loses and doubles nothing when a master is killed in the middle of ten streams', async () => {
      const asked = Array.from({ length: 10 }, () => [] as StreamEvent[]);
      const streams = asked.map((events, at) =>
        readStream(stages[at % 2] as StageProcess, generate(input(300)), { events }),
      );
      await vi.waitUntil(() => asked.every((events) => events.length > 50), { timeout: 20_000 });
      await cluster.node('b').kill();
      await Promise.all(streams);
      for (const events of asked) {
        isWhole(events);
        expect(wordsOf(events)).toEqual(words(300));
        expect(events.at(-1)?.__typename).toBe('GenerationCompleted');
      }
    }, 60_000);

    it('ends a generation for whoever asks the other process to, and records what was said once', async () => {
      const [one, other] = stages;
      const events: StreamEvent[] = [];
      const reading = readStream(one, generate(input(2_000)), { events });
      await vi.waitUntil(() => events.length > 50, { timeout: 10_000 });
      const id = (events[0] as StreamEvent).cursor.split(':')[0];
      const answer = await other.askRaw<Cancelled>(CANCEL, { id });
      const generation = answer.data?.cancelGeneration.generation;
      expect(generation?.status).toBe('CANCELLED');
      await reading;
      isWhole(events);
      expect(events.at(-1)?.__typename).toBe('GenerationCancelled');
      expect(textOf(events)).toBe(generation?.text);
      await vi.waitUntil(() => context.answers.some(({ generationId }) => generationId === id), { timeout: 15_000 });
      expect(context.answers.find(({ generationId }) => generationId === id)?.text).toBe(textOf(events));
    }, 60_000);

    it('records an answer whose process is gone before the session could take it', async () => {
      const [one] = stages;
      context.refuseAnswers = true;
      const events: StreamEvent[] = [];
      await readStream(one, generate(input(10)), { events });
      await one.kill();
      context.refuseAnswers = false;
      const id = (events[0] as StreamEvent).cursor.split(':')[0];
      await vi.waitUntil(() => context.answers.some(({ generationId }) => generationId === id), { timeout: 20_000 });
    }, 60_000);
  },
);
