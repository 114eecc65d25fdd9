import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findManifest, pinned, readManifests } from './manifest.ts';
import { cachedModelPath, modelCacheDirectory } from './model-cache.ts';

const directory = mkdtempSync(join(tmpdir(), 'manifest-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function read(change: Record<string, unknown>) {
  const file = join(directory, 'models.json');
  writeFileSync(file, JSON.stringify({ models: [{ ...findManifest(readManifests()), ...change }] }));
  return readManifests(file);
}

test('the manifest of the repository is whole, and its first model is the default', () => {
  const [first] = readManifests();
  expect(findManifest(readManifests()).id).toBe(first?.id);
  expect(read({})).toEqual([first]);
});

test.each<[string, unknown]>([
  ['sha256', 'abc'],
  ['sizeBytes', 0],
  ['defaultBudgetTokens', '1800'],
  ['file', '../../etc/passwd'],
  ['licence', ''],
  ['sampling', { temperature: 9, topP: 1, repetitionPenalty: 1 }],
  ['sources', [{ kind: 'torrent' }]],
])('a wrong %s is named', (field, value) => {
  expect(() => read({ [field]: value })).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
});

test('an unknown model is refused with the known ones', () => {
  expect(() => findManifest(readManifests(), 'gpt-9')).toThrow(/known are: smollm2-135m-instruct/);
});

test('model files are cached outside the repository, by hash', () => {
  const cache = modelCacheDirectory({ cacheHome: undefined, home: '/home/ada' });
  expect(cache).toBe('/home/ada/.cache/supercontext/models');
  expect(modelCacheDirectory({ cacheHome: '/cache', home: '/home/ada' })).toBe('/cache/supercontext/models');
  const manifest = findManifest(readManifests());
  expect(cachedModelPath(cache, manifest)).toContain(pinned(manifest).sha256.slice(0, 16));
});
