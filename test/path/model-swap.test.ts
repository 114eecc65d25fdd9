import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { tinyLlama } from '@supercontext/reasoning/gguf/tiny-llama.ts';
import { writeGguf } from '@supercontext/reasoning/gguf/write-gguf.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeBackup } from '../../infra/backup/make-backup.ts';
import { append, askAndAwait, openSession, post, untilCompressed } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'model-swap-'));
let platform: RunningPlatform;
beforeAll(async () => {
  const modelPath = join(folder, 'tiny.gguf');
  writeFileSync(modelPath, writeGguf(tinyLlama()));
  platform = await runningPlatform({
    SUPERCONTEXT_MODEL: 'auto',
    SUPERCONTEXT_MODEL_PATH: modelPath,
    XDG_CACHE_HOME: join(folder, 'cache'),
  });
}, 120_000);
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the operator's command says. */
async function model(...words: readonly string[]): Promise<string> {
  const environment = { ...process.env, SUPERCONTEXT_DATA: platform.dataFolder };
  const run = promisify(execFile);
  return (await run(process.execPath, [join(ROOT, 'infra/model.ts'), ...words], { env: environment })).stdout;
}

async function activeModels(): Promise<readonly string[]> {
  const { data } = await post(platform.url, '{ models { id active } }');
  const { models } = data as unknown as { models: readonly { id: string; active: boolean }[] };
  return models.filter(({ active }) => active).map(({ id }) => id);
}

/** Of every fragment and every node of every summary tree, with what their rows hold. */
async function hashesOfState(): Promise<Readonly<Record<string, string>>> {
  const hashes: Record<string, string> = {};
  const copy = mkdtempSync(join(folder, 'copy-'));
  await makeBackup({ dataFolder: platform.dataFolder, isInRedis: false, tenantKey: null, withoutDamaged: false }, copy);
  for (const path of globSync('{store,compression}/**/*.sqlite', { cwd: copy }).sort()) {
    const database = new DatabaseSync(join(copy, path), { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name } of tables) {
      if (name !== 'fragments' && name !== 'nodes') continue;
      const hash = createHash('sha256');
      const rows = database.prepare(`SELECT * FROM ${name} ORDER BY 1, 2`).all();
      for (const row of rows) {
        for (const value of Object.values(row)) hash.update(value instanceof Uint8Array ? value : String(value));
      }
      hashes[`${path} ${name} ${rows.length}`] = hash.digest('hex');
    }
    database.close();
  }
  return hashes;
}

it('the operator changes the model while sessions are asked, and no fragment or summary is touched', async () => {
  const sessionId = await openSession(platform.url);
  const text = Array.from(
    { length: 400 },
    (_, index) => `Lamp ${index} of the pier is lit at ${index % 24} o'clock.`,
  ).join('\n');
  await append(platform.url, { sessionId, idempotencyKey: 'k', items: [{ file: { path: 'lamps.md', text } }] });
  expect(await activeModels()).toEqual(['tiny']);
  await askAndAwait(platform.url, sessionId, 'When is lamp 7 lit?');
  await untilCompressed(platform.url, sessionId);
  // What the answer has added is told to compression behind it.
  await expect
    .poll(
      async () => {
        const before = JSON.stringify(await hashesOfState());
        await new Promise((resolve) => setTimeout(resolve, 500));
        return before === JSON.stringify(await hashesOfState());
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  const before = await hashesOfState();
  expect(Object.keys(before).filter((name) => !name.endsWith(' 0')).length).toBeGreaterThan(1);

  expect(await model('activate', 'extractive')).toBe('extractive answers questions that name no model\n');
  expect(await activeModels()).toEqual(['extractive']);
  expect(await model('list')).toMatch(/^\* extractive$/m);
  expect(await hashesOfState()).toEqual(before);
  expect(await model('rollback')).toContain('tiny');
  expect(await activeModels()).toEqual(['tiny']);
  expect(await hashesOfState()).toEqual(before);
  await askAndAwait(platform.url, sessionId, 'And lamp 8?');
}, 120_000);

it('nobody changes it over the graph, and what cannot be is said', async () => {
  const { errors } = (await post(platform.url, 'mutation { activateModel(id: "extractive") }')) as unknown as {
    errors: readonly { message: string }[];
  };
  expect(errors[0]?.message).toMatch(/Cannot query field "activateModel"/);
  await expect(model('activate', 'gpt')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no model 'gpt'"),
  });
  await expect(model('use', 'tiny')).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/^usage: /) });
});
