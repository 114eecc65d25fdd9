import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { held } from '../../test/support/cpu-time.ts';
import { defaultEmbedder, whyNoEmbedder } from '../../test/support/embedder-weights.ts';
import { chooseEmbedder } from './choose-embedder.ts';
import { EMBEDDERS, embedderOf, embeddingName } from './embedders.ts';
import { dot } from './fixtures/bert-reference.ts';
import { TINY_EMBEDDER, TINY_VOCABULARY, writeTinyBert } from './fixtures/tiny-bert.ts';
import { embedderFiles, isPrepared, prepareEmbedder } from './prepare-embedder.ts';
import { startEmbedder } from './start-embedder.ts';
import { cachedPath } from './weights/weights-cache.ts';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'embedder-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

const tiny = TINY_EMBEDDER;
writeTinyBert(cachedPath(cacheDirectory, tiny.weights), 7);
writeFileSync(cachedPath(cacheDirectory, tiny.vocabulary), TINY_VOCABULARY);
const options = { manifest: tiny, cacheDirectory, isBackground: true };

describe('an embedder', () => {
  test('is prepared once, whole, and built again when a part is missing', () => {
    expect(isPrepared(tiny, cacheDirectory)).toBe(false);
    expect(prepareEmbedder(tiny, cacheDirectory)).toBe(true);
    expect(prepareEmbedder(tiny, cacheDirectory)).toBe(false);
    writeFileSync(embedderFiles(tiny, cacheDirectory).graphPath, 'cut');
    expect(isPrepared(tiny, cacheDirectory)).toBe(false);
    expect(prepareEmbedder(tiny, cacheDirectory)).toBe(true);
  });

  test('whose weights are of another width than its manifest says is refused', () => {
    const wider = { ...tiny, dimensions: 64, weights: { ...tiny.weights, sha256: 'a'.repeat(16) + 'c'.repeat(48) } };
    const build = () => prepareEmbedder(wider, cacheDirectory);
    expect(build).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
    expect(isPrepared(wider, cacheDirectory)).toBe(false);
  });

  test('answers calls in order, also those made before it was loaded', async () => {
    prepareEmbedder(tiny, cacheDirectory);
    const embedder = startEmbedder(options);
    const [first, second] = await Promise.all([embedder.embed(['the port', 'a ledger']), embedder.embed(['the port'])]);
    expect(first.map(({ length }) => length)).toEqual([32, 32]);
    expect(second[0]).toEqual(first[0]);
    expect(embedder.name).toBe('tiny.1');
    await embedder.close();
    await expect(embedder.embed(['the port'])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });

  test('that is asked too much refuses the rest', async () => {
    const embedder = startEmbedder(options);
    const calls = Array.from({ length: 80 }, () => embedder.embed(['the port of a ledger']));
    const settled = await Promise.allSettled(calls);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(16);
    expect(refused[0]?.reason).toMatchObject({ code: 'MODEL_OVERLOADED' });
    await embedder.close();
  });

  test('that cannot be loaded says why to those who wait and to those who come', async () => {
    const place = join(cacheDirectory, 'broken');
    mkdirSync(place);
    const embedder = startEmbedder({ ...options, cacheDirectory: place });
    await expect(embedder.embed(['the port'])).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(embedder.embed(['the port'])).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await embedder.close();
  });

  test('is chosen by the setting: none is none, auto what is there, a name what must be there', () => {
    expect(chooseEmbedder('none', cacheDirectory)).toBeNull();
    expect(chooseEmbedder('auto', cacheDirectory)).toBeNull();
    const [first] = EMBEDDERS;
    expect(() => chooseEmbedder(first?.id ?? '', cacheDirectory)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
    expect(() => chooseEmbedder('word2vec', cacheDirectory)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNKNOWN' }),
    );
    expect(EMBEDDERS.map(embeddingName).map(embedderOf)).toEqual(EMBEDDERS);
    expect(embedderOf('all-minilm-l6-v2.0')).toBeNull();
  });

  const why = whyNoEmbedder();
  const skipped = why === null ? '' : ` (skipped: ${why})`;
  // A thread that is ended within a run takes the whole process with it: then there would be no result of this file at all.
  test.skipIf(why !== null)(`is closed in the middle of its work${skipped}`, async () => {
    const { manifest, cacheDirectory: cache } = defaultEmbedder();
    for (let round = 0; round < 4; round++) {
      const embedder = startEmbedder({ manifest, cacheDirectory: cache, isBackground: false });
      await embedder.embed(['the port']);
      const long = embedder.embed(Array.from({ length: 100 }, () => 'the port of a ledger '.repeat(50)));
      long.catch(() => {});
      await setTimeout(50 + 20 * round);
      await embedder.close();
      await expect(long).rejects.toMatchObject({ code: 'MODEL_FAILED' });
    }
  });

  test.skipIf(why !== null)(
    `of the default kind holds up no event loop; its speed is printed${skipped}`,
    async () => {
      const { manifest, cacheDirectory: cache } = defaultEmbedder();
      const embedder = startEmbedder({ manifest, cacheDirectory: cache, isBackground: false });
      const words =
        'the ledger of the harbour is closed at night and opens when the tide is high enough to sail '.split(' ');
      const texts = Array.from({ length: 48 }, (_, at) =>
        words
          .slice(at % 7)
          .join(' ')
          .repeat(1 + (at % 12)),
      );
      await embedder.embed(['ready']);
      const startedAtMs = performance.now();
      const { longestMs } = await held(() => embedder.embed(texts));
      const seconds = (performance.now() - startedAtMs) / 1_000;
      const pieces = texts.join(' ').split(/\s+/).length;
      console.log(`${Math.round(pieces / seconds)} word pieces a second on one thread`);
      expect(longestMs).toBeLessThan(100);
      const [port, same, other] = await embedder.embed([
        'Which port does the ledger use?',
        'The number of the ledger’s port',
        'Stock markets fell sharply today.',
      ]);
      expect(dot(port ?? [], same ?? [])).toBeGreaterThan(dot(port ?? [], other ?? []) + 0.2);
      await embedder.close();
    },
    60_000,
  );
});
