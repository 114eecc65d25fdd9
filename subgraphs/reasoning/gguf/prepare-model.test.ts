import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { prepareModel } from './prepare-model.ts';
import { tinyLlama } from './tiny-llama.ts';
import { writeGguf } from './write-gguf.ts';

const directory = mkdtempSync(join(tmpdir(), 'prepare-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function place(name: string, bytes: Uint8Array) {
  const ggufPath = join(directory, name);
  writeFileSync(ggufPath, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ggufPath, sha256, cacheDirectory: join(directory, 'cache') };
}

test('graphs are built once, again when a part of them is gone, and replace those of other versions', () => {
  const options = place('model.gguf', writeGguf(tinyLlama()));
  const first = prepareModel(options);
  expect(first.built).toBe(true);
  expect(prepareModel(options).built).toBe(false);
  const older = join(options.cacheDirectory, `${options.sha256.slice(0, 32)}-graph0`);
  mkdirSync(older);
  truncateSync(first.graphs.step, 100);
  expect(prepareModel(options).built).toBe(true);
  expect(prepareModel(options).built).toBe(false);
  expect(existsSync(older)).toBe(false);
});

test('a damaged file is refused and leaves nothing behind', () => {
  const model = tinyLlama('Q4_1', 2);
  model.tensors.at(-1)?.bytes.set([0xff, 0x7f]);
  const options = place('damaged.gguf', writeGguf(model));
  const before = readdirSync(options.cacheDirectory);
  expect(() => prepareModel(options)).toThrow(/not finite/);
  expect(readdirSync(options.cacheDirectory)).toEqual(before);
});

test('a file whose vocabulary is not its embedding is refused', () => {
  const model = tinyLlama();
  const tokens = model.metadata.get('tokenizer.ggml.tokens');
  const types = model.metadata.get('tokenizer.ggml.token_type');
  if (Array.isArray(tokens)) model.metadata.set('tokenizer.ggml.tokens', [...tokens, 'extra']);
  if (Array.isArray(types)) model.metadata.set('tokenizer.ggml.token_type', [...types, 1]);
  expect(() => prepareModel(place('swapped.gguf', writeGguf(model)))).toThrow(/268 tokens but embeds 267/);
});
