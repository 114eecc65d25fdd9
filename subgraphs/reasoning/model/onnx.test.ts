import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineHost } from './engine-host.ts';
import type { CompletionEvent, CompletionRequest, LanguageModel } from './language-model.ts';
import { findManifest, readManifests } from './manifest.ts';
import { cachedModelPath, modelCacheDirectory } from './model-cache.ts';
import { OnnxModel, type OnnxModelOptions, openOnnxModel, workerStarter } from './onnx.ts';
import { PromptHost } from './prompt-host.ts';
import { tinyModel } from './tiny-model.ts';

const tiny = tinyModel();
const options: OnnxModelOptions = {
  manifest: tiny.manifest,
  ggufPath: tiny.ggufPath,
  cacheDirectory: tiny.cacheDirectory,
  provider: 'cpu',
  threads: 1,
  limits: { slots: 2, kvBudgetBytes: 16 << 20 },
  queueLimit: 2,
};
afterAll(() => tiny.remove());

function request(change: Partial<CompletionRequest> = {}): CompletionRequest {
  const messages = [{ role: 'user' as const, content: 'Say something.' }];
  const { sampling } = tiny.manifest;
  return {
    sessionId: 's',
    messages,
    question: 'Say something.',
    evidence: [],
    beside: [],
    maxTokens: 16,
    sampling,
    ...change,
  };
}

/** For long answers: a random model that always takes the likeliest token says it again and again. */
const VARIED = { temperature: 2, topP: 1, repetitionPenalty: 3, seed: 1 };

const never = new AbortController().signal;

async function collect(events: AsyncIterable<CompletionEvent>) {
  const all: CompletionEvent[] = [];
  for await (const event of events) all.push(event);
  const text = all.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  return { all, text, types: [...new Set(all.map(({ type }) => type))] };
}

describe('a model in its worker', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await openOnnxModel(options);
  });
  afterAll(() => model.close());

  test('says what it is and what it runs on', () => {
    expect(model.description).toMatchObject({ id: 'tiny', engine: 'onnx', provider: 'cpu', contextTokens: 1_024 });
  });

  test('answers in the order of the contract, the same for the same question', async () => {
    const first = await collect(model.complete(request(), never));
    expect(first.types).toEqual(['prompt-ready', 'text-delta', 'completed']);
    expect(first.text).not.toBe('');
    const again = await collect(model.complete(request(), never));
    expect(again.text).toBe(first.text);
    const [ready] = again.all;
    if (ready?.type !== 'prompt-ready') throw new Error('the first event is prompt-ready');
    expect(ready.cachedTokens).toBe(ready.promptTokens - 1);
    model.releaseSession('s');
    expect((await collect(model.complete(request(), never))).all[0]).toMatchObject({ cachedTokens: 0 });
  });

  test('counts tokens as its own tokenizer does', async () => {
    expect(await model.countTokens(['the', 'the the', '', '123'])).toEqual([1, 2, 0, 3]);
  });

  test('throws the reason of an abort and has its slots free again', async () => {
    for (let round = 0; round < 6; round++) {
      const controller = new AbortController();
      const reason = new Error(`enough ${round}`);
      const reading = async (): Promise<void> => {
        const events = model.complete(
          request({ sessionId: `abort ${round}`, maxTokens: 900, sampling: VARIED }),
          controller.signal,
        );
        for await (const event of events) if (event.type === 'text-delta') controller.abort(reason);
      };
      await expect(reading()).rejects.toBe(reason);
    }
    await expect(collect(model.complete(request(), AbortSignal.abort('early')))).rejects.toBe('early');
    expect((await collect(model.complete(request(), never))).types).toContain('completed');
  });

  test('is left early without harm', async () => {
    for await (const event of model.complete(
      request({ sessionId: 'leaver', maxTokens: 900, sampling: VARIED }),
      never,
    )) {
      if (event.type === 'text-delta') break;
    }
    expect((await collect(model.complete(request({ sessionId: 'leaver' }), never))).types).toContain('completed');
  });

  test('refuses more jobs than may wait, and says when to come again', async () => {
    const controller = new AbortController();
    const streams = [1, 2, 3, 4].map((index) =>
      model
        .complete(request({ sessionId: `full ${index}`, maxTokens: 900, sampling: VARIED }), controller.signal)
        [Symbol.asyncIterator](),
    );
    const started = streams.map((stream) => stream.next());
    await started[0];
    await expect(collect(model.complete(request({ sessionId: 'late' }), never))).rejects.toMatchObject({
      code: 'MODEL_OVERLOADED',
      details: { retryAfterMs: 2_000 },
    });
    controller.abort();
    await Promise.allSettled([...started, ...streams.map((stream) => stream.next())]);
    expect((await collect(model.complete(request({ sessionId: 'late' }), never))).types).toContain('completed');
  });

  test.each<[string, Partial<CompletionRequest>, string]>([
    [
      'a prompt beyond its window',
      { messages: [{ role: 'user', content: 'a b '.repeat(600) }] },
      'CONTEXT_WINDOW_EXCEEDED',
    ],
    ['an answer beyond its window', { maxTokens: 1_020 }, 'CONTEXT_WINDOW_EXCEEDED'],
    ['no tokens', { maxTokens: 0 }, 'INPUT_INVALID'],
    ['half a token', { maxTokens: 1.5 }, 'INPUT_INVALID'],
    ['no messages', { messages: [] }, 'INPUT_INVALID'],
    ['a hot temperature', { sampling: { temperature: 3, topP: 1, repetitionPenalty: 1 } }, 'INPUT_INVALID'],
    ['no temperature', { sampling: { temperature: Number.NaN, topP: 1, repetitionPenalty: 1 } }, 'INPUT_INVALID'],
  ])('refuses %s', async (_, change, code) => {
    await expect(collect(model.complete(request(change), never))).rejects.toMatchObject({ code });
  });
});

test('a worker that dies fails its running answers, and the next question is answered by a new one', async () => {
  const workers: Worker[] = [];
  const startWorker = workerStarter(tiny.prepared, options);
  const host = new EngineHost({
    startWorker: () => {
      const worker = startWorker();
      workers.push(worker);
      return worker;
    },
    mostJobs: 4,
    slots: 2,
  });
  await host.start();
  const { description } = await openAndClose();
  const prompts = new PromptHost({ ...options, precision: 'float', freeBytes: null });
  const model = new OnnxModel(host, prompts, description);
  const killed = async (): Promise<void> => {
    for await (const event of model.complete(request({ maxTokens: 900, sampling: VARIED }), never)) {
      // No message of the protocol: the thread throws outside of any job, as a fault of its own would make it.
      if (event.type === 'text-delta') workers[0]?.postMessage(null);
    }
  };
  await expect(killed()).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  expect((await collect(model.complete(request(), never))).types).toContain('completed');
  expect(workers).toHaveLength(2);
  await model.close();
  await expect(collect(model.complete(request(), never))).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

async function openAndClose(): Promise<LanguageModel> {
  const model = await openOnnxModel(options);
  await model.close();
  await model.close();
  return model;
}

test('closing ends a running answer with an error', async () => {
  const model = await openOnnxModel(options);
  const reading = async (): Promise<void> => {
    for await (const event of model.complete(request({ maxTokens: 900, sampling: VARIED }), never)) {
      if (event.type === 'text-delta') await model.close();
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

test('a file that is missing, longer or another one is refused by its name', async () => {
  const missing = openOnnxModel({ ...options, ggufPath: `${tiny.ggufPath}.nowhere` });
  await expect(missing).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('no file') });
  const swapped = join(tiny.cacheDirectory, 'swapped.gguf');
  writeFileSync(swapped, Buffer.alloc(tiny.manifest.sizeBytes));
  await expect(openOnnxModel({ ...options, ggufPath: swapped })).rejects.toThrow(/has sha256/);
  appendFileSync(swapped, 'x');
  await expect(openOnnxModel({ ...options, ggufPath: swapped })).rejects.toThrow(/bytes, its manifest says/);
});

test('a provider that is not there is refused, not replaced', async () => {
  await expect(openOnnxModel({ ...options, provider: 'cuda' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('a graph that is damaged is refused', async () => {
  const other = tinyModel();
  writeFileSync(other.prepared.graphs.step, Buffer.alloc(100, 7));
  const host = new EngineHost({ startWorker: workerStarter(other.prepared, options), mostJobs: 1, slots: 1 });
  await expect(host.start()).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  await host.close();
  other.remove();
});

const manifest = findManifest(readManifests());
const cacheDirectory = modelCacheDirectory({ cacheHome: env.XDG_CACHE_HOME, home: homedir() });
const ggufPath = cachedModelPath(cacheDirectory, manifest);
const weights = existsSync(ggufPath);

describe(`the real ${manifest.id}${weights ? '' : ' (skipped: its weights are not in the cache; npm run setup fetches them)'}`, () => {
  test.skipIf(!weights)(
    'answers from evidence it is shown, reusing what both questions share',
    async () => {
      const model = await openOnnxModel({
        ...options,
        manifest,
        ggufPath,
        cacheDirectory,
        threads: 2,
        limits: { slots: 2, kvBudgetBytes: 256 << 20 },
      });
      const evidence = '[1] The gateway listens on port 4317.\n[2] Compression runs in a pool of workers.\n\n';
      const ask = (question: string) =>
        collect(
          model.complete(
            {
              sessionId: 'real',
              messages: [
                { role: 'system', content: 'Answer the question from the numbered evidence in one sentence.' },
                { role: 'user', content: evidence + question },
              ],
              question,
              evidence: [],
              beside: [],
              maxTokens: 32,
              sampling: { ...manifest.sampling, temperature: 0 },
            },
            never,
          ),
        );
      const first = await ask('Which port does the gateway listen on?');
      expect(first.text).toContain('4317');
      const second = await ask('What runs in a pool of workers?');
      const [ready] = second.all;
      if (ready?.type !== 'prompt-ready') throw new Error('the first event is prompt-ready');
      expect(ready.cachedTokens).toBeGreaterThan(ready.promptTokens / 2);
      await model.close();
    },
    60_000,
  );
});
