import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Architecture } from '@supercontext/reasoning/gguf/llama-shape.ts';
import type { TensorTypeName } from '@supercontext/reasoning/gguf/tensor-types.ts';
import { tinyLlama, WIDE_SHAPE } from '@supercontext/reasoning/gguf/tiny-llama.ts';
import { KvStore } from '@supercontext/reasoning/model/kv-store.ts';
import { OnnxDecoder } from '@supercontext/reasoning/model/onnx-decoder.ts';
import { openSessions } from '@supercontext/reasoning/model/onnx-provider.ts';
import { type TinyModel, tinyModel } from '@supercontext/reasoning/model/tiny-model.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignServerPython } from '../../infra/foreign-server.mjs';

const PYTHON = foreignServerPython();
const STEPS = 48;
const PROMPT = Array.from({ length: 24 }, (_, index) => 3 + ((index * 37 + (index >> 3)) % 250));

/** Files of numbers, which both sides compute as such: only the last bits of a sum may differ. */
const EXACT: readonly (readonly [Architecture, TensorTypeName])[] = [
  ['llama', 'F32'],
  ['llama', 'F16'],
  ['qwen2', 'F32'],
  ['qwen2', 'F16'],
  ['qwen3', 'F32'],
  ['qwen3', 'F16'],
];
/** Both sides round activations, each in its own way; llama.cpp those of BF16 as well. */
const ROUNDED: readonly (readonly [Architecture, TensorTypeName])[] = [
  ...(['BF16', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q2_K', 'Q3_K', 'Q4_K', 'Q5_K', 'Q6_K'] as const).map(
    (type) => ['llama', type] as const,
  ),
  ['qwen2', 'Q4_K'],
  ['qwen2', 'Q8_0'],
  ['qwen3', 'Q4_K'],
  ['qwen3', 'Q8_0'],
];

interface Continued {
  readonly tokens: readonly number[];
  readonly logits: readonly (readonly number[])[];
}

/** Our logits after the prompt and after each token but the last; tokens given, or else our own likeliest ones. */
async function continueOurs({ prepared }: TinyModel, given?: readonly number[]): Promise<Continued> {
  const sessions = await openSessions({ graphs: prepared.graphs, provider: 'cpu', threads: 1 });
  const decoder = new OnnxDecoder(sessions, 'cpu', prepared.shape);
  const store = new KvStore(prepared.shape, 1, 256);
  const tokens: number[] = [];
  const logits: number[][] = [];
  let next = PROMPT;
  for (let step = 0; step < STEPS; step++) {
    const [row] = await decoder.forward({ store, firstRow: 0, rowCount: 1, tokens: next });
    const numbers = [...(row ?? [])];
    logits.push(numbers);
    tokens.push(numbers.indexOf(Math.max(...numbers)));
    next = [given?.[step] ?? tokens[step] ?? 0];
  }
  await decoder.close();
  return { tokens, logits };
}

describe.skipIf(PYTHON === null)(
  `model files beside llama.cpp${PYTHON === null ? ' (skipped: it is not built; node infra/setup.mjs --model-server builds it)' : ''}`,
  () => {
    const models = new Map<string, TinyModel>();
    const theirs = new Map<string, Continued>();
    beforeAll(() => {
      const all = [...EXACT, ...ROUNDED];
      for (const [index, [architecture, type]] of all.entries()) {
        const embeddingType = type === 'F32' || type === 'F16' || type === 'BF16' ? type : 'Q8_0';
        const shape = { ...WIDE_SHAPE, architecture };
        models.set(
          `${architecture} ${type}`,
          tinyModel(tinyLlama(type, 100 + index, { shape, embeddingType, ownHead: true, gain: 2 })),
        );
      }
      const asked = [...models.values()].map(({ ggufPath }) => ({ path: ggufPath, prompt: PROMPT, steps: STEPS }));
      const script = join(import.meta.dirname, 'peers', 'greedy.py');
      const said = execFileSync(PYTHON ?? '', [script], {
        input: `${JSON.stringify(asked)}\n`,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const lines = said.trim().split('\n');
      [...models.keys()].forEach((name, index) => {
        theirs.set(name, JSON.parse(lines[index] ?? '') as Continued);
      });
    }, 300_000);
    afterAll(() => {
      for (const model of models.values()) model.remove();
    });

    const sides = async (name: string, teacherForced: boolean) => {
      const [model, their] = [models.get(name), theirs.get(name)];
      if (model === undefined || their === undefined) throw new Error(`no model ${name}`);
      return { their, ours: await continueOurs(model, teacherForced ? their.tokens : undefined) };
    };

    it.each(EXACT)('%s %s: the same tokens, each side by itself', async (architecture, type) => {
      const { ours, their } = await sides(`${architecture} ${type}`, false);
      expect(ours.tokens).toEqual(their.tokens);
      expect(new Set(ours.tokens).size).toBeGreaterThan(9);
    });

    it.each(ROUNDED)(
      '%s %s: the same likeliest token wherever it leads by more than the error',
      async (architecture, type) => {
        const { ours, their } = await sides(`${architecture} ${type}`, true);
        const differences = ours.logits.flatMap((row, step) =>
          row.map((logit, at) => logit - (their.logits[step]?.[at] ?? 0)),
        );
        const rms = (values: readonly number[]) =>
          Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
        const error = rms(differences);
        expect(error / rms(their.logits.flat())).toBeLessThan(0.08);
        const doubtful = ours.tokens.filter((token, step) => token !== their.tokens[step]).length;
        ours.tokens.forEach((token, step) => {
          const row = their.logits[step] ?? [];
          const lead = Math.max(...row) - (row[token] ?? Number.NaN);
          // Two logits, each within three times the error.
          expect(lead).toBeLessThan(6 * error);
        });
        expect(doubtful / STEPS).toBeLessThan(0.15);
      },
    );
  },
);
