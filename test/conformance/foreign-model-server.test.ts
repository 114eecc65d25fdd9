import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppendContextDocument,
  CancelGenerationDocument,
  createClient,
  type EventFieldsFragment,
  GenerateDocument,
  type GraphClient,
  ModelsDocument,
  OpenSessionDocument,
} from '@supercontext/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignServerPython } from '../../infra/foreign-server.mjs';
import { freePort } from '../../infra/ports.ts';
import { weightsPath, whyNoWeights } from '../support/model-weights.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const START_MS = 60_000;
/** Less than is taken for granted of a server that does not say it. */
const WINDOW_TOKENS = 1_536;
const DAYS = Array.from(
  { length: 400 },
  (_, day) => `Day ${day}: the harbour took in ${day * 7} crates of salt and figs.`,
);

const python = foreignServerPython();
const skipped = python === null ? 'the server is not built: npm run setup -- --model-server' : whyNoWeights();

describe.skipIf(skipped !== null)(
  `a server that others wrote (llama-cpp-python)${skipped === null ? '' : ` (skipped: ${skipped})`}`,
  () => {
    let server: ChildProcess;
    let platform: RunningPlatform;
    let client: GraphClient;
    let sessionId: string;

    beforeAll(async () => {
      const port = await freePort();
      server = spawn(
        python ?? '',
        [
          '-m',
          'llama_cpp.server',
          '--model',
          weightsPath(),
          '--model_alias',
          'smol',
          '--n_ctx',
          String(WINDOW_TOKENS),
          // More of them wait for each other, spinning, wherever cores are scarce.
          '--n_threads',
          '1',
          '--port',
          String(port),
        ],
        { stdio: 'ignore' },
      );
      await untilListed(`http://127.0.0.1:${port}/v1/models`);
      platform = await runningPlatform({ SUPERCONTEXT_MODEL_SERVERS: `llama-cpp:${port}` });
      client = createClient({ url: platform.url });
      const { openSession } = await client.mutate(OpenSessionDocument, { input: { title: 'Harbour' } });
      sessionId = openSession.session?.id ?? '';
      const text = 'The harbour master of Port Quill is Ines Abara; her office opens at 06:40.';
      await client.mutate(AppendContextDocument, {
        input: { sessionId, idempotencyKey: 'fact', items: [{ file: { path: 'harbour.md', text } }] },
      });
    }, 120_000);
    afterAll(async () => {
      await client?.close();
      await platform?.stop();
      if (server?.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit');
    });

    const events = (prompt: string, maxTokens: number) =>
      client.subscribe(GenerateDocument, {
        input: { sessionId, prompt, maxTokens, budgetTokens: 256, model: 'llama-cpp:smol', temperature: 0 },
      });

    it('is found by its port, and its model can be chosen', async () => {
      const { models } = await client.query(ModelsDocument, {});
      expect(models).toContainEqual(expect.objectContaining({ id: 'llama-cpp:smol', engine: 'remote', needs: null }));
    });

    it('streams an answer that rests on the session', async () => {
      let deltas = 0;
      for await (const { generate: event } of events('Who is the harbour master of Port Quill?', 40)) {
        if (event.__typename === 'GenerationFailed') throw new Error(`${event.code}: ${event.message}`);
        if (event.__typename === 'TokenDelta') deltas += 1;
        if (event.__typename !== 'GenerationCompleted') continue;
        expect(event.generation.text).toContain('Ines Abara');
        expect(event.generation.usage.promptTokens).toBeGreaterThan(20);
        expect(event.generation.usage.outputTokens).toBeGreaterThanOrEqual(deltas);
      }
      expect(deltas).toBeGreaterThan(2);
    }, 60_000);

    it('is left when the answer is cancelled, and answers the next question', async () => {
      let generationId = '';
      for await (const { generate: event } of events('Tell all there is to tell, at length, again and again.', 1_000)) {
        if (event.__typename === 'GenerationStarted') generationId = event.generation.id;
        if (event.__typename === 'TokenDelta') break;
      }
      const { cancelGeneration } = await client.mutate(CancelGenerationDocument, { input: { generationId } });
      expect(cancelGeneration.generation?.status).toBe('CANCELLED');
      let last = '';
      for await (const { generate: event } of events('When does the office open?', 20)) last = event.__typename ?? '';
      expect(last).toBe('GenerationCompleted');
    }, 60_000);

    it('sends an empty stream for what is longer than its window, which is said, and answers the next question', async () => {
      await client.mutate(AppendContextDocument, {
        input: { sessionId, idempotencyKey: 'days', items: [{ file: { path: 'days.md', text: DAYS.join('\n\n') } }] },
      });
      const question = 'How many crates of salt and figs did the harbour take in?';
      const input = { sessionId, prompt: question, maxTokens: 40, budgetTokens: 3_000, model: 'llama-cpp:smol' };
      let end: EventFieldsFragment | null = null;
      for await (const { generate: event } of client.subscribe(GenerateDocument, { input })) end = event;
      expect(end).toMatchObject({
        __typename: 'GenerationFailed',
        code: 'MODEL_FAILED',
        message: expect.stringMatching(/^the stream of http:\/\/127\.0\.0\.1:\d+ ended before its answer did$/),
      });
      let last = '';
      for await (const { generate: event } of events('When does the office open?', 20)) last = event.__typename ?? '';
      expect(last).toBe('GenerationCompleted');
    }, 60_000);
  },
);

async function untilListed(url: string): Promise<void> {
  for (const until = performance.now() + START_MS; performance.now() < until; await sleep(250)) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
  }
  throw new Error(`${url} was not there within ${START_MS} ms`);
}
