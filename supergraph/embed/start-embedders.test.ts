import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TINY_EMBEDDER, TINY_VOCABULARY, writeTinyBert } from './fixtures/tiny-bert.ts';
import { prepareEmbedder } from './prepare-embedder.ts';
import { startEmbedders } from './start-embedders.ts';
import { cachedPath } from './weights/weights-cache.ts';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'embedders-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

writeTinyBert(cachedPath(cacheDirectory, TINY_EMBEDDER.weights), 7);
writeFileSync(cachedPath(cacheDirectory, TINY_EMBEDDER.vocabulary), TINY_VOCABULARY);
prepareEmbedder(TINY_EMBEDDER, cacheDirectory);
const options = { manifest: TINY_EMBEDDER, cacheDirectory, isBackground: true };

describe('several embedders as one', () => {
  test('give a text the same vector, whichever makes it, and count the time of all', async () => {
    const embedder = startEmbedders(options, 2);
    const calls = await Promise.all(Array.from({ length: 6 }, () => embedder.embed(['the port of a ledger'])));
    const [first, ...others] = calls.map(([vector]) => vector);
    expect(first).toHaveLength(TINY_EMBEDDER.dimensions);
    for (const other of others) expect(other).toEqual(first);
    expect(embedder.usedMs).toBeGreaterThan(0);
    await embedder.close();
    await expect(embedder.embed(['the port'])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });

  test('take as many more calls than one', async () => {
    const embedder = startEmbedders(options, 2);
    const settled = await Promise.allSettled(
      Array.from({ length: 140 }, () => embedder.embed(['the port of a ledger'])),
    );
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(12);
    await embedder.close();
  });
});
