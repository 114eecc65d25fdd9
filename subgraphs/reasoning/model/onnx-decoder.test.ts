import { InferenceSession } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import type { Architecture } from '../gguf/llama-shape.ts';
import { prepareModel } from '../gguf/prepare-model.ts';
import type { TensorTypeName } from '../gguf/tensor-types.ts';
import { tinyLlama, WIDE_SHAPE } from '../gguf/tiny-llama.ts';
import { KvStore } from './kv-store.ts';
import { OnnxDecoder } from './onnx-decoder.ts';
import { openSessions, type Provider } from './onnx-provider.ts';
import { providerFault } from './onnx-trial.ts';
import { tinyModel } from './tiny-model.ts';
import { referenceLogits } from './tiny-reference.ts';

const model = tinyModel();
const { shape, graphs } = model.prepared;
const sessions = await openSessions({ graphs, provider: 'cpu', threads: 1 });
const noCuda = await providerFault('cuda');
const decoder = new OnnxDecoder(sessions, 'cpu', shape);
afterAll(async () => {
  await decoder.close();
  model.remove();
});

const prompt = (length: number, salt = 0): number[] =>
  Array.from({ length }, (_, index) => 3 + ((index * 37 + salt * 101 + (index >> 3)) % 250));

async function read(store: KvStore, tokens: readonly number[], chunkTokens = 512, row = 0): Promise<Float32Array> {
  let last: Float32Array | undefined;
  for (let start = 0; start < tokens.length; start += chunkTokens) {
    const chunk = tokens.slice(start, start + chunkTokens);
    [last] = await decoder.forward({ store, firstRow: row, rowCount: 1, tokens: chunk });
  }
  return Float32Array.from(last ?? []);
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0;
  let norm = 0;
  for (let index = 0; index < b.length; index++) {
    error += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
    norm += (b[index] ?? 0) ** 2;
  }
  return Math.sqrt(error / norm);
}

/** Another order of the same sums can tip an activation over the edge of its 8-bit step; nothing more may differ. */
const ROUNDING = 2e-2;

describe('the decoder', () => {
  test.each<[TensorTypeName, Architecture, number]>([
    ['Q4_1', 'llama', 4e-2],
    ['Q4_0', 'llama', 4e-2],
    ['Q5_0', 'llama', 4e-2],
    ['Q5_1', 'llama', 4e-2],
    ['Q8_0', 'llama', 4e-2],
    ['Q2_K', 'llama', 4e-2],
    ['Q3_K', 'llama', 4e-2],
    ['Q4_K', 'llama', 4e-2],
    ['Q5_K', 'llama', 4e-2],
    ['Q6_K', 'llama', 4e-2],
    ['BF16', 'llama', 1e-3],
    ['F16', 'llama', 1e-3],
    ['F32', 'llama', 1e-3],
    ['F32', 'qwen2', 1e-3],
    ['F32', 'qwen3', 1e-3],
    ['Q4_K', 'qwen2', 4e-2],
    ['Q4_K', 'qwen3', 4e-2],
  ])(
    'computes what plain arithmetic computes from the %s weights of a %s file, within %f',
    async (type, architecture, bound) => {
      const options = { shape: { ...WIDE_SHAPE, architecture }, embeddingType: bound < 1e-2 ? type : 'Q8_0' } as const;
      const other = tinyModel(tinyLlama(type, 5, options));
      const opened = await openSessions({ graphs: other.prepared.graphs, provider: 'cpu', threads: 1 });
      const tokens = prompt(20);
      const store = new KvStore(other.prepared.shape, 1, 64);
      const parts = new OnnxDecoder(opened, 'cpu', other.prepared.shape);
      await parts.forward({ store, firstRow: 0, rowCount: 1, tokens: tokens.slice(0, 19) });
      const [logits] = await parts.forward({ store, firstRow: 0, rowCount: 1, tokens: tokens.slice(19) });
      expect(difference(logits ?? [], referenceLogits(other.llama, tokens))).toBeLessThan(bound);
      await parts.close();
      other.remove();
    },
  );

  // A processor has most of these operators for 32 bits only and casts around them: what is computed can be compared, not how fast.
  describe.each<[Provider, string | null]>([
    ['cpu', null],
    ['cuda', noCuda],
  ])('with the 16-bit graphs that are for CUDA, run on %s', (provider, fault) => {
    test.skipIf(fault !== null).each<[TensorTypeName, Architecture, number]>([
      ['Q4_K', 'llama', 2e-2],
      ['Q8_0', 'qwen2', 2e-2],
      ['F16', 'qwen3', 2e-3],
    ])('computes the same from the %s weights of a %s file, within %f', async (type, architecture, bound) => {
      const options = {
        shape: { ...WIDE_SHAPE, architecture },
        embeddingType: type === 'F16' ? type : 'Q8_0',
      } as const;
      const other = tinyModel(tinyLlama(type, 5, options));
      const { ggufPath, cacheDirectory, prepared } = other;
      const half = prepareModel({ ggufPath, cacheDirectory, sha256: prepared.sha256, precision: 'float16' });
      const opened = await openSessions({ graphs: half.graphs, provider, threads: 1 });
      const parts = new OnnxDecoder(opened, provider, half.shape);
      const store = new KvStore(half.shape, 2, 64);
      const tokens = prompt(20);
      for (const row of [0, 1])
        await parts.forward({ store, firstRow: row, rowCount: 1, tokens: tokens.slice(0, 19 - row) });
      const next = [tokens[19] ?? 0, tokens[18] ?? 0];
      for (const [row, logits] of (await parts.forward({ store, firstRow: 0, rowCount: 2, tokens: next })).entries()) {
        const expected = referenceLogits(other.llama, tokens.slice(0, 20 - row));
        expect(difference(logits, expected)).toBeLessThan(bound);
        expect(logits.indexOf(Math.max(...logits))).toBe(expected.indexOf(Math.max(...expected)));
      }
      // The graphs of the other precision stay: another process may use them.
      expect(prepareModel({ ggufPath, cacheDirectory, sha256: prepared.sha256 }).built).toBe(false);
      await parts.close();
      other.remove();
    });
  });

  test('gives the same logits for a prompt at once, in chunks and token by token', async () => {
    const tokens = prompt(96);
    const whole = await read(new KvStore(shape, 1, 256), tokens);
    for (const chunkTokens of [64, 32, 7, 1]) {
      expect(difference(await read(new KvStore(shape, 1, 256), tokens, chunkTokens), whole)).toBeLessThan(ROUNDING);
    }
  });

  test('goes on from a rolled-back prefix exactly as if what followed had never been', async () => {
    const prefix = prompt(60);
    const [first, second] = [prompt(30, 1), prompt(30, 2)];
    const direct = new KvStore(shape, 1, 256);
    await read(direct, prefix);
    const expected = await read(direct, second);

    const used = new KvStore(shape, 1, 256);
    await read(used, prefix);
    await read(used, first);
    used.setLength(0, prefix.length);
    expect(await read(used, second)).toEqual(expected);
    expect(difference(expected, await read(new KvStore(shape, 1, 256), [...prefix, ...second]))).toBeLessThan(ROUNDING);
  });

  // Which kernels a processor has decides whether a row of a batch is added up in the same order as one alone.
  test('gives each row of a ragged batch what it gets alone, but for rounding', async () => {
    const lengths = [40, 57, 23, 64];
    const batch = new KvStore(shape, 4, 128);
    const alone: Float32Array[] = [];
    for (const [row, length] of lengths.entries()) {
      const store = new KvStore(shape, 1, 128);
      await read(store, prompt(length, row));
      batch.copyRow(row, store, 0, length);
      alone.push(await read(store, [10 + row]));
    }
    const together = await decoder.forward({ store: batch, firstRow: 0, rowCount: 4, tokens: [10, 11, 12, 13] });
    for (const [row, logits] of together.entries()) {
      const own = alone[row] as Float32Array;
      expect(logits.indexOf(Math.max(...logits))).toBe(own.indexOf(Math.max(...own)));
      const worst = logits.reduce((most, logit, at) => Math.max(most, Math.abs(logit - (own[at] ?? Number.NaN))), 0);
      expect(worst).toBeLessThan(1e-4);
    }
  });

  test('prefills a row in the middle of a store without touching its neighbours', async () => {
    const store = new KvStore(shape, 3, 128);
    await read(store, prompt(20, 1), 512, 1);
    expect(store.length(0) + store.length(2)).toBe(0);
    const alone = new KvStore(shape, 1, 128);
    await read(alone, prompt(20, 1));
    expect(await read(store, [9], 512, 1)).toEqual(await read(alone, [9]));
    for (const tensor of store.tensors) {
      expect(tensor.subarray(0, store.elementsPerRow).every((bits) => bits === 0)).toBe(true);
    }
  });

  test('hands the cache to the runtime in place and gets back new rows only, however large the cache is', async () => {
    const moved = { inPlace: true, outputBytes: 0 };
    const opened = await InferenceSession.create(graphs.step, { intraOpNumThreads: 1 });
    const run = opened.run.bind(opened);
    const step = Object.assign(opened, {
      run: async (feeds: InferenceSession.FeedsType) => {
        for (const [name, { data }] of Object.entries(feeds)) {
          if (name.startsWith('past.') && ArrayBuffer.isView(data)) moved.inPlace &&= buffers.has(data.buffer);
        }
        const results = await run(feeds);
        for (const { data } of Object.values(results))
          if (ArrayBuffer.isView(data)) moved.outputBytes += data.byteLength;
        return results;
      },
    });
    const watched = new OnnxDecoder({ chunk: sessions.chunk, step }, 'cpu', shape);
    const buffers = new Set<ArrayBufferLike>();
    const outputs: number[] = [];
    for (const capacityTokens of [256, 16_384]) {
      const store = new KvStore(shape, 1, capacityTokens);
      for (const tensor of store.tensors) buffers.add(tensor.buffer);
      moved.outputBytes = 0;
      await watched.forward({ store, firstRow: 0, rowCount: 1, tokens: [5] });
      outputs.push(moved.outputBytes);
    }
    await step.release();
    const rowBytes = shape.layers * 2 * shape.keyValueHeads * shape.headWidth * 2;
    expect(moved.inPlace).toBe(true);
    expect(outputs).toEqual([shape.vocabulary * 4 + rowBytes, shape.vocabulary * 4 + rowBytes]);
  });

  test('refuses a provider that is not there instead of falling back', async () => {
    await expect(openSessions({ graphs, provider: 'cuda', threads: 1 })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });

  test('refuses a step that its store has no room for', async () => {
    const store = new KvStore(shape, 1, 256);
    await expect(decoder.forward({ store, firstRow: 0, rowCount: 1, tokens: prompt(257) })).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });
});
