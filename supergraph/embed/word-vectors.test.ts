import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TINY_EMBEDDER, TINY_VOCABULARY, writeTinyBert } from './fixtures/tiny-bert.ts';
import { openSafetensors } from './read-safetensors.ts';
import { cachedPath } from './weights/weights-cache.ts';
import { prepareWordVectors, readWordVectors } from './word-vectors.ts';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'words-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

const tiny = TINY_EMBEDDER;
writeTinyBert(cachedPath(cacheDirectory, tiny.weights), 7);
writeFileSync(cachedPath(cacheDirectory, tiny.vocabulary), `${TINY_VOCABULARY}\n`);

test('the vectors of whole words are made once, are theirs without the mean, and are made again when a part is missing', () => {
  expect(readWordVectors(tiny, cacheDirectory)).toBeNull();
  expect(prepareWordVectors(tiny, cacheDirectory)).toBe(true);
  expect(prepareWordVectors(tiny, cacheDirectory)).toBe(false);
  const { words, dimensions, values } = readWordVectors(tiny, cacheDirectory) ?? {
    words: [],
    dimensions: 0,
    values: [],
  };
  expect(words).toEqual(['the', 'port', 'ledger', 'cafe', 'don', 'run']);
  expect(values).toHaveLength(words.length * dimensions);

  const weights = openSafetensors(cachedPath(cacheDirectory, tiny.weights));
  const all = weights.read('embeddings.word_embeddings.weight', 2).values;
  weights.close();
  const vocabulary = TINY_VOCABULARY.split('\n');
  const rows = words.map((word) => [
    ...all.subarray(vocabulary.indexOf(word) * 32, vocabulary.indexOf(word) * 32 + 32),
  ]);
  const wanted = rows.map((row) =>
    row.map((value, at) => value - rows.reduce((sum, one) => sum + (one[at] ?? 0), 0) / 6),
  );
  for (const [at, row] of wanted.entries()) {
    const largest = Math.max(...row.map(Math.abs));
    const made = [...values.slice(at * 32, at * 32 + 32)].map((value) => (value * largest) / 127);
    for (const [column, value] of row.entries()) expect(made[column]).toBeCloseTo(value, 1);
  }

  const [place = ''] = readdirSync(cacheDirectory).filter((name) => name.includes('-words'));
  truncateSync(join(cacheDirectory, place, 'vectors.bin'), 32);
  expect(readWordVectors(tiny, cacheDirectory)).toBeNull();
  expect(prepareWordVectors(tiny, cacheDirectory)).toBe(true);
  expect(readWordVectors(tiny, cacheDirectory)?.words).toEqual(words);
});
