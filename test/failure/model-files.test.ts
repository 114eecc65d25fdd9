import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findManifest, readManifests } from '../../subgraphs/reasoning/model/manifest.ts';
import { cachedModelPath, modelCacheDirectory } from '../../subgraphs/reasoning/model/model-cache.ts';
import { append, openSession, post } from '../support/graph.ts';
import { whyNoWeights } from '../support/model-weights.ts';
import { runningPlatform } from '../support/running-platform.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A port nobody listens on: what is fetched from there cannot be had. */
const NOWHERE = 'http://127.0.0.1:9';

const folder = mkdtempSync(join(tmpdir(), 'supercontext-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('without weights', () => {
  const cacheHome = join(folder, 'empty-cache');

  it('the set-up says so in one clear line and with a status of its own', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'subgraphs/reasoning/fetch-model/main.ts')], {
      encoding: 'utf8',
      env: {
        ...process.env,
        XDG_CACHE_HOME: cacheHome,
        HF_ENDPOINT: NOWHERE,
        PIP_INDEX_URL: NOWHERE,
        PIP_FIND_LINKS: '',
        PIP_RETRIES: '0',
        PIP_CONFIG_FILE: '/dev/null',
        PIP_NO_CACHE_DIR: '1',
      },
    });
    expect(status).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('smollm2-135m-instruct');
  }, 60_000);

  it('the platform serves with the extractive engine, and every answer carries that label', async () => {
    const platform = await runningPlatform({ SUPERCONTEXT_MODEL: 'auto', XDG_CACHE_HOME: cacheHome });
    try {
      const sessionId = await openSession(platform.url);
      const text = 'The lighthouse keeper of Skerry Rock is Edna Marsh. She has kept the light since 1987.';
      await append(platform.url, { sessionId, idempotencyKey: 'k', items: [{ file: { path: 'skerry.md', text } }] });
      const asked = await post(
        platform.url,
        'mutation ($input: AskInput!) { ask(input: $input) { generation { id } } }',
        {
          input: { sessionId, prompt: 'Who is the keeper of the lighthouse?' },
        },
      );
      const { ask } = asked.data as unknown as { ask: { generation: { id: string } } };
      await expect
        .poll(
          async () => {
            const answer = await post(
              platform.url,
              'query ($id: ID!) { generation(id: $id) { status text model { id engine } citations { number text } } }',
              { id: ask.generation.id },
            );
            return (answer.data as unknown as { generation: unknown }).generation;
          },
          { timeout: 10_000 },
        )
        .toMatchObject({
          status: 'COMPLETED',
          text: expect.stringContaining('Edna Marsh'),
          model: { id: 'extractive', engine: 'extractive' },
          citations: [{ number: 1, text: expect.stringContaining('Edna Marsh') }],
        });
    } finally {
      await platform.stop();
    }
  }, 120_000);
});

const skipped = whyNoWeights();

describe.skipIf(skipped !== null)(
  `with a model file that is not the one it should be${skipped === null ? '' : ` (skipped: ${skipped})`}`,
  () => {
    const cacheDirectory = modelCacheDirectory({ cacheHome: process.env.XDG_CACHE_HOME, home: homedir() });
    const original = cachedModelPath(cacheDirectory, findManifest(readManifests()));

    it.each([
      [
        'damaged',
        (path: string) => {
          copyFileSync(original, path);
          const file = openSync(path, 'r+');
          writeSync(file, Buffer.alloc(16, 0xff), 0, 16, 50_000_000);
        },
      ],
      [
        'truncated',
        (path: string) => {
          copyFileSync(original, path);
          truncateSync(path, 60_000_000);
        },
      ],
      ['swapped for something else', (path: string) => writeFileSync(path, 'GGUF is not what this is')],
    ])(
      'a %s one is refused with what is wrong, and nothing else answers in its place',
      async (name, damage) => {
        const path = join(folder, `${name}.gguf`);
        damage(path);
        const start = runningPlatform({ SUPERCONTEXT_MODEL: 'auto', SUPERCONTEXT_MODEL_PATH: path });
        await expect(start).rejects.toThrow(
          /(reasoning cannot start: |SUPERCONTEXT_MODEL_PATH=".*": ).*(sha256|truncated|GGUF)/,
        );
      },
      120_000,
    );
  },
);
