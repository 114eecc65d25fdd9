import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { hashOfModel } from './file-hash.ts';
import { openOnnxModel } from './onnx.ts';
import { PromptHost } from './prompt-host.ts';
import { tinyModel } from './tiny-model.ts';

const tiny = tinyModel();
afterAll(() => tiny.remove());
const { manifest, ggufPath, cacheDirectory } = tiny;
const start = { manifest, ggufPath, cacheDirectory, precision: 'float', freeBytes: null } as const;
const messages = [{ role: 'user', content: 'on' }];

describe('the thread of prompts', () => {
  test('prepares the file, counts and encodes, in the order it was asked', async () => {
    const host = new PromptHost(start);
    const prepared = await host.start();
    expect(prepared).toMatchObject({ sha256: manifest.sha256, sizeBytes: manifest.sizeBytes, ends: [2, 0] });
    const [counts, ids, more] = await Promise.all([
      host.count(['the', '', '123']),
      host.encode(messages),
      host.count([]),
    ]);
    expect([counts, more]).toEqual([[1, 0, 3], []]);
    expect(ids[0]).toBe(1);
    await host.close();
    await expect(host.count(['the'])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });

  test('that hangs ends what it was asked within the deadline, holds up nobody, and is replaced', async () => {
    const started: Worker[] = [];
    const hanging = new PromptHost({
      ...start,
      answerTimeoutMs: 300,
      startWorker: (workerData) => {
        // The first one never comes back from its second message.
        const source = `
          const { parentPort } = require('node:worker_threads');
          let asked = 0;
          parentPort.on('message', () => { if (++asked > 1) for (;;); parentPort.postMessage({ type: 'answer', numbers: Uint32Array.of(7) }); });
          parentPort.postMessage({ type: 'ready', prepared: { sha256: '${manifest.sha256}' } });`;
        const real = new URL('./prompt-thread.ts', import.meta.url);
        const worker = started.length === 0 ? new Worker(source, { eval: true }) : new Worker(real, { workerData });
        started.push(worker);
        return worker;
      },
    });
    expect(await hanging.count(['x'])).toEqual([7]);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const [first, second] = await Promise.allSettled([hanging.encode(messages), hanging.count(['the the'])]);
    delay.disable();
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'MODEL_FAILED' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: [2] });
    expect(started).toHaveLength(2);
    expect(delay.max / 1e6).toBeLessThan(250);
    await hanging.close();
  });

  test('that dies fails what it was asked, and the next question has another', async () => {
    const started: Worker[] = [];
    const host = new PromptHost({
      ...start,
      startWorker: (workerData) => {
        const worker = new Worker(new URL('./prompt-thread.ts', import.meta.url), { workerData });
        started.push(worker);
        return worker;
      },
    });
    await host.start();
    const asked = host.count(['the']);
    await started[0]?.terminate();
    await asked.catch((error: unknown) => expect(error).toMatchObject({ code: 'MODEL_FAILED' }));
    expect(await host.count(['the'])).toEqual([1]);
    expect(started).toHaveLength(2);
    await host.close();
  });

  test('refuses a model that needs more memory than is free, before anything is built', async () => {
    const place = join(cacheDirectory, 'small');
    const opening = openOnnxModel({
      manifest,
      ggufPath,
      cacheDirectory: place,
      provider: 'cpu',
      threads: 1,
      limits: { slots: 1, kvBudgetBytes: 1 << 24 },
      queueLimit: 1,
      freeBytes: 100 << 20,
    });
    await expect(opening).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(/needs \d+ MiB of memory and 100 MiB are free/),
    });
    expect(readdirSync(place)).toEqual(['hashes']);
  });
});

describe('the hash of a model', () => {
  test('is computed once, and again when the file is another one', async () => {
    const place = join(cacheDirectory, 'remembered');
    const path = join(cacheDirectory, 'copy.gguf');
    linkSync(ggufPath, path);
    expect(await hashOfModel(path, place)).toBe(manifest.sha256);
    const record = join(place, 'hashes', readdirSync(join(place, 'hashes'))[0] ?? '');
    // What is remembered is believed: proof that the file is not read again.
    const lie = readFileSync(record, 'utf8').replace(manifest.sha256, 'a'.repeat(64));
    writeFileSync(record, lie);
    expect(await hashOfModel(path, place)).toBe('a'.repeat(64));
    utimesSync(path, new Date(), new Date(statSync(path).mtimeMs + 5_000));
    expect(await hashOfModel(path, place)).toBe(manifest.sha256);
    writeFileSync(record, '{"files": 7');
    expect(await hashOfModel(path, place)).toBe(manifest.sha256);
    rmSync(path);
    await expect(hashOfModel(path, place)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    mkdirSync(path);
    await expect(hashOfModel(path, place)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});
