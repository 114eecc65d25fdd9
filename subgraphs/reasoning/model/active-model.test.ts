import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterAll, afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { tinyLlama } from '../gguf/tiny-llama.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import type { CompletionEvent, LanguageModel } from './language-model.ts';
import { findManifest, type ModelManifest, readManifests } from './manifest.ts';
import { cachedModelPath } from './model-cache.ts';
import { openOnnxModel } from './onnx.ts';
import { type ModelRegistry, openModels } from './registry.ts';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'active-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));
const log = createLog({ name: 'reasoning', version: 'test' }, 'silent');

/** Two models that can be told apart, on disk as the set-up leaves them. */
const manifests = ['one', 'two'].map((id, index): ModelManifest => {
  const bytes = writeGguf(tinyLlama('Q4_1', index + 1));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest = { ...findManifest(readManifests()), id, file: `${id}.gguf`, sizeBytes: bytes.byteLength, sha256 };
  writeFileSync(cachedModelPath(cacheDirectory, manifest), bytes);
  return manifest;
});

const never = new AbortController().signal;
function ask(model: LanguageModel, sessionId: string, maxTokens = 8): AsyncIterable<CompletionEvent> {
  const question = 'Say something that is long enough to be cached.';
  // A random model that always takes the likeliest token says it again and again.
  const sampling = { temperature: 2, topP: 1, repetitionPenalty: 3, seed: 1 };
  const messages = [{ role: 'user' as const, content: question }];
  return model.complete({ sessionId, messages, question, evidence: [], beside: [], maxTokens, sampling }, never);
}
async function events(completion: AsyncIterable<CompletionEvent>): Promise<CompletionEvent[]> {
  const all: CompletionEvent[] = [];
  for await (const event of completion) all.push(event);
  return all;
}
const cachedTokens = async (model: LanguageModel, sessionId: string): Promise<number> => {
  const [ready] = await events(ask(model, sessionId));
  return ready?.type === 'prompt-ready' ? ready.cachedTokens : -1;
};

describe('the active model', () => {
  let models: ModelRegistry;
  let freeBytes: number | null;
  let info: MockInstance<typeof log.info>;
  beforeEach(async () => {
    freeBytes = null;
    info = vi.spyOn(log, 'info');
    models = openModels({
      choice: 'one',
      modelPath: null,
      cacheDirectory,
      manifests,
      unloadAfterMs: 200,
      log,
      open: (manifest, ggufPath) =>
        openOnnxModel({
          manifest,
          ggufPath,
          cacheDirectory,
          provider: 'cpu',
          threads: 1,
          limits: { slots: 2, kvBudgetBytes: 16 << 20 },
          queueLimit: 2,
          freeBytes,
        }),
    });
    await models.loaded;
  });
  afterEach(async () => {
    await models.close();
    info.mockRestore();
  });
  const active = async () => (await models.list()).filter((model) => model.active === true).map(({ id }) => id);
  const unloaded = () => info.mock.calls.filter(([, message]) => message === 'model unloaded').length;

  it('is changed beside what runs: that ends undisturbed, then its model is unloaded', async () => {
    const one = await models.get(null);
    const running = ask(one, 's', 600)[Symbol.asyncIterator]();
    expect((await running.next()).value).toMatchObject({ type: 'prompt-ready' });
    expect(await models.activate('two')).toBe('two');
    expect(await active()).toEqual(['two']);
    models.checkReady();
    expect((await models.get(null)).description.id).toBe('two');
    expect(unloaded()).toBe(0);
    const rest = await events({ [Symbol.asyncIterator]: () => running });
    expect(rest.at(-1)).toMatchObject({ type: 'completed' });
    await vi.waitFor(() => expect(unloaded()).toBe(1), 5_000);
    await expect(events(ask(one, 's'))).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });

  it('reads nothing of the KV cache of the one before, nor of its own from before', async () => {
    const one = await models.get(null);
    await events(ask(one, 's'));
    expect(await cachedTokens(one, 's')).toBeGreaterThan(0);
    await models.activate('two');
    expect(await cachedTokens(await models.get(null), 's')).toBe(0);
    await vi.waitFor(() => expect(unloaded()).toBe(1), 5_000);
    expect(await models.rollback()).toBe('one');
    expect(await cachedTokens(await models.get(null), 's')).toBe(0);
    expect(await models.rollback()).toBe('two');
  });

  it('stays when the other does not fit beside it, and says why; with more memory it is changed', async () => {
    freeBytes = 10 << 20;
    await expect(models.activate('two')).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(/needs \d+ MiB of memory and 10 MiB are free/),
    });
    expect(await active()).toEqual(['one']);
    await events(ask(await models.get(null), 's'));
    freeBytes = null;
    expect(await models.activate('two')).toBe('two');
  });

  it('is not changed to one that is not there, nor back to none', async () => {
    await expect(models.activate('three')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    await expect(models.rollback()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await models.activate('one')).toBe('one');
    expect(await active()).toEqual(['one']);
  });

  it('may be the one that needs no weights, and a model that somebody asks for by name stays loaded', async () => {
    expect(await models.activate('extractive')).toBe('extractive');
    expect(await active()).toEqual(['extractive']);
    models.checkReady();
    await models.activate('one');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(unloaded()).toBe(0);
    await events(ask(await models.get('one'), 's'));
  });
});
