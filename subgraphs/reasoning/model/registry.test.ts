import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractError } from '@supercontext/contract';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { scriptedModel } from '../../../test/support/scripted-model.ts';
import { tinyLlama } from '../gguf/tiny-llama.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import { manifestOfFile } from './file-manifest.ts';
import type { LanguageModel } from './language-model.ts';
import { readManifests } from './manifest.ts';
import { cachedModelPath } from './model-cache.ts';
import { openOnnxModel } from './onnx.ts';
import { openModels, type RegistryOptions } from './registry.ts';

const manifests = readManifests().slice(0, 1);
const [manifest] = manifests;
if (manifest === undefined) throw new Error('models.json lists no model');

describe('openModels', () => {
  let cacheDirectory: string;
  const log = createLog({ name: 'reasoning', version: 'test' }, 'silent');
  let warn: MockInstance<typeof log.warn>;
  beforeEach(() => {
    cacheDirectory = mkdtempSync(join(tmpdir(), 'models-'));
    warn = vi.spyOn(log, 'warn');
  });
  afterEach(() => {
    warn.mockRestore();
    rmSync(cacheDirectory, { recursive: true, force: true });
  });

  const onnx = (model: LanguageModel = scriptedModel(() => [], { id: manifest.id })) => ({
    open: async () => model,
    model,
  });
  function open(options: Partial<RegistryOptions>) {
    return openModels({
      choice: 'auto',
      modelPath: null,
      cacheDirectory,
      manifests,
      open: onnx().open,
      log,
      ...options,
    });
  }
  const cacheWeights = (bytes = 'weights') => writeFileSync(cachedModelPath(cacheDirectory, manifest), bytes);

  /** Opens the file as the stage does, with every check. */
  const openReally: RegistryOptions['open'] = (which, ggufPath) =>
    openOnnxModel({
      manifest: which,
      ggufPath,
      cacheDirectory,
      provider: 'cpu',
      threads: 1,
      limits: { slots: 1, kvBudgetBytes: 1 << 26 },
      queueLimit: 1,
    });

  it('serves the model that is asked for, when its weights are in the cache', async () => {
    cacheWeights();
    const { open: openIt, model } = onnx();
    const models = open({ choice: manifest.id, open: openIt });
    await models.loaded;
    models.checkReady();
    expect(await models.get(null)).toBe(model);
    expect((await models.list()).map(({ id, need }) => [id, need])).toEqual([
      [manifest.id, null],
      ['extractive', null],
    ]);
    expect((await models.get('extractive')).description.engine).toBe('extractive');
  });

  it('serves extractive when nobody chooses, also where the weights of a small model are there', async () => {
    cacheWeights();
    const there = open({});
    await there.loaded;
    there.checkReady();
    expect((await there.get(null)).description.engine).toBe('extractive');
    rmSync(cachedModelPath(cacheDirectory, manifest));
    const models = open({});
    await models.loaded;
    expect((await models.get(null)).description.engine).toBe('extractive');
    expect((await models.list()).map(({ id, need }) => [id, need])).toEqual([
      ['extractive', null],
      [manifest.id, 'weights'],
    ]);
    await expect(models.get(manifest.id)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it('is an error at start when a model asked for by name, or by its file, is not there', () => {
    expect(() => open({ choice: manifest.id })).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    expect(() => open({ choice: 'gpt' })).toThrow(expect.objectContaining({ code: 'MODEL_UNKNOWN' }));
    expect(() => open({ modelPath: '/no/such/file' })).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    cacheWeights();
    expect(() => open({ choice: 'extractive', modelPath: '/x' })).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });

  it("refuses weights that are not the manifest's: no other model answers in their place", async () => {
    cacheWeights('swapped or truncated');
    const models = open({ choice: manifest.id, open: openReally });
    await expect(models.loaded).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('20 bytes'),
    });
    expect(() => models.checkReady()).toThrow(/failed/);
    await expect(models.get(null)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await models.close();
  });

  it('takes a file by its path alone: the id is of its name, all else of what is in it', async () => {
    const modelPath = join(cacheDirectory, 'My Tiny.Q4_1.gguf');
    writeFileSync(modelPath, writeGguf(tinyLlama()));
    const models = open({ modelPath, open: openReally });
    await models.loaded;
    const [first, ...others] = await models.list();
    expect(first).toMatchObject({
      id: 'my-tiny.q4_1',
      engine: 'onnx',
      need: null,
      contextTokens: 1_024,
      defaultBudgetTokens: 512,
      maxAnswerTokens: 256,
      version: expect.stringMatching(/^[0-9a-f]{12}-graph\d+$/),
    });
    expect(others.map(({ id }) => id).sort()).toEqual(['extractive', ...manifests.map(({ id }) => id)].sort());
    expect((await models.get('my-tiny.q4_1')).description.id).toBe('my-tiny.q4_1');
    await models.close();
  });

  it('takes a file that is as long as the one of a known model for that one, and holds it to its hash', async () => {
    const bytes = writeGguf(tinyLlama());
    const modelPath = join(cacheDirectory, 'renamed.gguf');
    writeFileSync(modelPath, bytes);
    const known = { ...manifest, id: 'known', sizeBytes: bytes.byteLength };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const models = open({ modelPath, manifests: [{ ...known, sha256 }], open: openReally });
    await models.loaded;
    expect((await models.list())[0]?.id).toBe('known');
    await models.close();
    const damaged = open({ modelPath, manifests: [known], open: openReally });
    await expect(damaged.loaded).rejects.toThrow(/has sha256 .* its manifest says/);
    await damaged.close();
  });

  it('gives a file whose name is taken another id', () => {
    const path = join(cacheDirectory, 'extractive.gguf');
    writeFileSync(path, writeGguf(tinyLlama()));
    expect(manifestOfFile(path, manifests).id).toBe('extractive-file');
  });

  it('lets a question wait while the model loads, and is not ready before', async () => {
    cacheWeights();
    const loading = Promise.withResolvers<LanguageModel>();
    const models = open({ choice: manifest.id, open: () => loading.promise });
    expect(() => models.checkReady()).toThrow(/loading/);
    const waiting = models.get(null);
    const { model } = onnx();
    loading.resolve(model);
    expect(await waiting).toBe(model);
    models.checkReady();
  });

  it('sends a question away that has waited too long for the model', async () => {
    cacheWeights();
    const models = open({ choice: manifest.id, open: () => new Promise(() => {}), loadingTimeoutMs: 10 });
    await expect(models.get(null)).rejects.toMatchObject({ code: 'MODEL_OVERLOADED' });
    expect((await models.get('extractive')).description.id).toBe('extractive');
  });

  it('loads another model than the default when it is asked for, once', async () => {
    cacheWeights();
    const { open: openIt, model } = onnx();
    const opening = vi.fn(openIt);
    const models = open({ choice: 'extractive', open: opening });
    expect((await models.list()).map(({ id, need }) => [id, need])).toEqual([
      ['extractive', null],
      [manifest.id, null],
    ]);
    expect(opening).not.toHaveBeenCalled();
    expect(await Promise.all([models.get(manifest.id), models.get(manifest.id)])).toEqual([model, model]);
    expect(opening).toHaveBeenCalledOnce();
    expect(models.forget('ses_1')).toBe(1);
  });

  it('knows no model but those it serves', async () => {
    const models = open({});
    await expect(models.get('gpt')).rejects.toBeInstanceOf(ContractError);
    cacheWeights();
    await expect(open({}).get('gpt')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
  });
});
