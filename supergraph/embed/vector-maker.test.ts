import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultEmbedder, whyNoEmbedder } from '../../test/support/embedder-weights.ts';
import { buildBertGraph, type Precision } from './bert-graph.ts';
import { type BertWeights, readBertWeights } from './bert-weights.ts';
import { cutWindows } from './cut-windows.ts';
import { dot, referenceVector } from './fixtures/bert-reference.ts';
import { TINY_HEADS, TINY_VOCABULARY, writeTinyBert } from './fixtures/tiny-bert.ts';
import { encodeModel } from './onnx/onnx-graph.ts';
import { openSafetensors } from './read-safetensors.ts';
import { VectorMaker } from './vector-maker.ts';
import { WordPieces } from './word-pieces.ts';

const directory = mkdtempSync(join(tmpdir(), 'embed-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const weightsPath = join(directory, 'tiny.safetensors');
const vocabularyPath = join(directory, 'vocab.txt');
writeTinyBert(weightsPath, 7);
writeFileSync(vocabularyPath, TINY_VOCABULARY);

const TEXTS = ['The port of the ledger is 7443.', 'a', '', "Don't run. ".repeat(12), 'The port of a ledger is 7443.'];

interface Model {
  readonly weights: BertWeights;
  readonly vocabularyPath: string;
  readonly windowPieces: number;
}

function weightsOf(path: string, heads: number): BertWeights {
  const file = openSafetensors(path);
  try {
    return readBertWeights(file, heads);
  } finally {
    file.close();
  }
}

function open(model: Model, precision: Precision): Promise<VectorMaker> {
  const graph = encodeModel(buildBertGraph(model.weights, precision), 'test');
  const { vocabularyPath: path, windowPieces, weights } = model;
  return VectorMaker.open({ graph, vocabularyPath: path, windowPieces, dimensions: weights.hidden });
}

/** The least cosine between what a graph makes of texts and what plain arithmetic does. */
async function leastCosine(model: Model, precision: Precision, texts: readonly string[]): Promise<number> {
  const maker = await open(model, precision);
  const vectors = await maker.make(texts);
  await maker.close();
  const pieces = new WordPieces(readFileSync(model.vocabularyPath, 'utf8'));
  const { hidden } = model.weights;
  const cosines = texts.flatMap((text, at) => {
    const windows = cutWindows(pieces.encode(text), { windowPieces: model.windowPieces, ...pieces.marks });
    expect(vectors[at]).toHaveLength(windows.length * hidden);
    return windows.map((ids, window) => {
      const made = vectors[at]?.subarray(window * hidden, (window + 1) * hidden) ?? [];
      expect(Math.hypot(...made)).toBeCloseTo(1, 4);
      return dot(made, referenceVector(model.weights, ids));
    });
  });
  return Math.min(...cosines);
}

describe('vectors', () => {
  const tiny: Model = { weights: weightsOf(weightsPath, TINY_HEADS), vocabularyPath, windowPieces: 16 };

  test('are those of plain arithmetic, window by window, in the order of the texts', async () => {
    expect(await leastCosine(tiny, 'float', TEXTS)).toBeGreaterThan(0.99999);
    expect(await leastCosine(tiny, 'int8', TEXTS)).toBeGreaterThan(0.98);
  });

  test('of one text do not depend on what else is asked for', async () => {
    const maker = await open(tiny, 'int8');
    const [alone] = await maker.make(['the port of a ledger']);
    const together = await maker.make([...TEXTS, 'the port of a ledger']);
    expect(together.at(-1)).toEqual(alone);
    await maker.close();
  });

  test('of weights that are cut off, or are no weights, are refused by name', () => {
    const damaged = join(directory, 'damaged.safetensors');
    writeFileSync(damaged, readFileSync(weightsPath));
    truncateSync(damaged, 20_000);
    expect(() => weightsOf(damaged, TINY_HEADS)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    writeFileSync(damaged, 'no weights at all');
    expect(() => weightsOf(damaged, TINY_HEADS)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });

  const why = whyNoEmbedder();
  const skipped = why === null ? '' : ` (skipped: ${why})`;
  test.skipIf(why !== null)(
    `of the default embedder are within 0.99 of plain arithmetic${skipped}`,
    async () => {
      const { manifest, weightsPath: path, ...files } = defaultEmbedder();
      const model = { ...files, weights: weightsOf(path, manifest.heads), windowPieces: manifest.windowPieces };
      const texts = ['The port of the ledger is 7443.', 'A feline rests on a rug, and nobody knows why it does.'];
      expect(await leastCosine(model, 'float', texts)).toBeGreaterThan(0.9999);
      const cosine = await leastCosine(model, 'int8', texts);
      console.log(`int8 against plain arithmetic: cosine ${cosine.toFixed(4)} or more`);
      expect(cosine).toBeGreaterThanOrEqual(0.99);
    },
    120_000,
  );
});
