import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { MetadataValue } from './gguf-metadata.ts';
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

describe('a model split into files', () => {
  function split(
    counts: readonly number[],
    change: (metadata: Map<string, MetadataValue>, part: number) => void = () => {},
  ) {
    const whole = tinyLlama('Q4_1', 3);
    const folder = mkdtempSync(join(directory, 'split-'));
    let taken = 0;
    const paths = counts.map((count, part) => {
      const metadata = new Map<string, MetadataValue>(part === 0 ? whole.metadata : []);
      metadata.set('split.no', part).set('split.count', counts.length).set('split.tensors.count', whole.tensors.length);
      change(metadata, part);
      const tensors = whole.tensors.slice(taken, taken + count);
      taken += count;
      const number = (value: number): string => String(value).padStart(5, '0');
      const path = join(folder, `tiny-${number(part + 1)}-of-${number(counts.length)}.gguf`);
      writeFileSync(path, writeGguf({ ...whole, metadata, tensors }));
      return path;
    });
    return { paths, cacheDirectory: join(folder, 'cache') };
  }
  const whole = tinyLlama('Q4_1', 3).tensors.length;

  test('has the graphs of the whole one, whichever of its files is named', () => {
    const options = place('whole.gguf', writeGguf(tinyLlama('Q4_1', 3)));
    const expected = prepareModel(options).graphs;
    const { paths, cacheDirectory } = split([1, 12, whole - 13]);
    for (const [index, ggufPath] of paths.entries()) {
      const { graphs, built } = prepareModel({ ggufPath, sha256: `${index}`.repeat(64), cacheDirectory });
      expect(built).toBe(true);
      expect(readFileSync(graphs.step)).toEqual(readFileSync(expected.step));
      const weights = (path: string) => readFileSync(join(dirname(path), 'weights.data'));
      expect(weights(graphs.step)).toEqual(weights(expected.step));
    }
  });

  test.each<[string, () => ReturnType<typeof split>, RegExp]>([
    [
      'a part that is missing',
      () => {
        const parts = split([4, 8, whole - 12]);
        rmSync(parts.paths[1] ?? '');
        return parts;
      },
      /part 2 of 3, tiny-00002-of-00003.gguf: .*no such file/,
    ],
    ['too few tensors', () => split([4, whole - 5]), new RegExp(`${whole - 1} tensors together, not ${whole}`)],
    [
      'a part of another place',
      () => split([4, whole - 4], (metadata, part) => metadata.set('split.no', 1 - part)),
      /part 1 of 2, .*it says it is part 2/,
    ],
    [
      'another count',
      () => split([4, whole - 4], (metadata) => metadata.set('split.count', 5)),
      /split into 5 files, not 2/,
    ],
  ])('with %s is refused by name', (_, make, message) => {
    const { paths, cacheDirectory } = make();
    const prepare = () => prepareModel({ ggufPath: paths[0] ?? '', sha256: '0'.repeat(64), cacheDirectory });
    expect(prepare).toThrow(message);
  });

  test('but renamed is told what its files are called', () => {
    const { paths, cacheDirectory } = split([4, whole - 4]);
    const ggufPath = join(cacheDirectory, '..', 'renamed.gguf');
    renameSync(paths[0] ?? '', ggufPath);
    expect(() => prepareModel({ ggufPath, sha256: '0'.repeat(64), cacheDirectory })).toThrow(/keep their names/);
  });
});
