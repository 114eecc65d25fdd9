import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedRun } from './guarded-run.mjs';
import { stageFaults } from './stage-settings.ts';

const KEY = 'sk-only-for-the-reasoning-stage';

describe('the key of a model’s server', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'told-'));
    // Every process of Node writes down what it was told before it does anything else.
    const spy = join(folder, 'spy.mjs');
    const told = join(folder, 'told-');
    writeFileSync(
      spy,
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(told)} + process.pid, JSON.stringify({ program: process.argv[1], env: process.env }));`,
    );
    environment = { ...process.env, NODE_OPTIONS: `--import ${spy}`, SUPERCONTEXT_MODEL_KEY: KEY };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const told = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith('told-'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));

  it('is told to no other process when all are asked what is wrong with their settings', async () => {
    await stageFaults(environment);
    expect(told()).toHaveLength(5);
    const holders = told().filter((text) => text.includes(KEY));
    expect(holders.map((text) => JSON.parse(text).program)).toEqual([
      expect.stringMatching(/subgraphs\/reasoning\/main\.ts$/),
    ]);
  }, 30_000);

  it('is not told to what the set-up runs, nor is any other secret of the platform', async () => {
    const secrets = { SUPERCONTEXT_TENANT_KEY: `${KEY} 2`, SUPERCONTEXT_PGVECTOR: `postgres://me:${KEY}@host/db` };
    const { status, output } = await guardedRun(process.execPath, ['-e', 'console.log("ran")'], {
      cwd: folder,
      env: { ...environment, ...secrets, SUPERCONTEXT_MODEL_PATH: 'kept.gguf' },
    });
    expect({ status, output }).toEqual({ status: 0, output: 'ran\n' });
    expect(told()).toHaveLength(1);
    expect(told()[0]).not.toContain(KEY);
    expect(told()[0]).toContain('kept.gguf');
  });
});
