import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCompression } from '@supercontext/compression/start.ts';
import { startContext } from '@supercontext/context/start.ts';
import { readReasoningConfig } from '@supercontext/reasoning/config.ts';
import { startReasoning } from '@supercontext/reasoning/start.ts';
import { createLog } from '@supercontext/runtime/process/log.ts';
import { startStore } from '@supercontext/store/start.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { askStage } from '../support/stage-client.ts';
import { SIGNING_KEY } from '../support/stage-process.ts';

/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9/graphql';
const folder = mkdtempSync(join(tmpdir(), 'damaged-files-'));
const log = createLog({ name: 'test', version: '0' }, 'silent');
const common = {
  host: '127.0.0.1',
  port: 0,
  signingKey: null,
  logLevel: 'silent',
  otlpEndpoint: null,
  redis: null,
  log,
} as const;
const running: { stop(): Promise<void> }[] = [];
let sessions: readonly string[];
let generationId: string;

const file = (...names: string[]) => join(folder, ...names);

async function platform() {
  const store = await startStore({
    ...common,
    signingKey: null as never,
    dataFolder: folder,
    tenantKey: null,
    indexMebibytes: 16,
    segmentFragments: 1_024,
    embedder: 'none',
    cacheHome: '',
    embedWaitMs: 100,
    pgvectorUrl: null,
  });
  running.unshift(store);
  const context = await startContext({
    ...common,
    dataFolder: folder,
    storeUrl: store.url,
    compressionUrl: NOBODY,
    searchDeadlineMs: 2_000,
    digestDeadlineMs: 500,
    textsMebibytes: 1,
  });
  running.unshift(context);
  const reasoning = await startReasoning({
    ...readReasoningConfig({ SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY }),
    ...common,
    dataFolder: folder,
    contextUrl: context.url,
    model: 'extractive',
  });
  running.unshift(reasoning);
  return { store, context, reasoning };
}

async function stopAll(): Promise<void> {
  for (const one of running.splice(0)) await one.stop();
}

/** Changes letters in a file, where they stand. */
function rewrite(path: string, from: string, to: string): void {
  const bytes = readFileSync(path);
  const found: number[] = [];
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) found.push(at);
  expect(found.length).toBeGreaterThan(0);
  for (const at of found) bytes.write(to, at);
  writeFileSync(path, bytes);
}

beforeAll(async () => {
  const { context, reasoning } = await platform();
  const opened: string[] = [];
  for (const title of ['The first title', 'The other title']) {
    const { data } = await askStage<{ openSession: { session: { id: string } } }>(
      context.url,
      `mutation { openSession(input: { title: "${title}" }) { session { id } } }`,
    );
    const id = data?.openSession.session.id as string;
    opened.push(id);
    await askStage(
      context.url,
      `mutation { appendContext(input: { sessionId: "${id}", idempotencyKey: "a", items: [{ text: { text:
        "The pump is switched off at noon. The valve of the pump stays open until midnight." } }] }) { receipt { revision } } }`,
    );
  }
  sessions = opened;
  const asked = await askStage<{ ask: { generation: { id: string } } }>(
    reasoning.url,
    `mutation { ask(input: { sessionId: "${opened[0]}", prompt: "When is the pump switched off?" }) { generation { id } } }`,
  );
  generationId = asked.data?.ask.generation.id as string;
  await vi.waitUntil(async () => (await generation(reasoning.url)).data?.status === 'COMPLETED', { timeout: 10_000 });
  await stopAll();
});
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function generation(url: string) {
  const { data, errors } = await askStage<{ generation: { status: string; text: string } | null }>(
    url,
    `{ generation(id: "${generationId}") { status text citations { text } } }`,
  );
  return { data: data?.generation, error: errors?.[0]?.extensions };
}

/** The last words of a stage that cannot start, and its status. */
function startAndFail(stage: 'context' | 'store' | 'reasoning'): {
  readonly status: number | null;
  readonly said: string;
} {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../subgraphs', stage, 'main.ts')],
    {
      env: {
        PATH: process.env.PATH,
        SUPERCONTEXT_SIGNING_KEY: SIGNING_KEY,
        SUPERCONTEXT_DATA: folder,
        SUPERCONTEXT_MODEL: 'extractive',
        [`SUPERCONTEXT_${stage.toUpperCase()}_PORT`]: '0',
      },
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return { status, said: (JSON.parse(last) as { msg: string }).msg };
}

async function whileDamaged(path: string, damage: () => void, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(path);
  damage();
  try {
    await work();
    await stopAll();
  } finally {
    writeFileSync(path, before, { mode: 0o600 });
  }
}

describe('damage on the disk, as the graph tells of it', () => {
  it('names the session whose title was changed, and answers for the other', async () => {
    const path = file('context', 'log.sqlite');
    await whileDamaged(
      path,
      () => rewrite(path, 'The first title', 'The worst title'),
      async () => {
        const { context } = await platform();
        const { data, errors } = await askStage<Record<string, unknown>>(
          context.url,
          `{ one: session(id: "${sessions[0]}") { title } other: session(id: "${sessions[1]}") { title } }`,
        );
        expect(data).toEqual({ one: null, other: { title: 'The other title' } });
        expect(errors?.map(({ extensions }) => extensions)).toEqual([
          expect.objectContaining({
            code: 'STORAGE_CORRUPT',
            retryable: false,
            details: { file: 'log.sqlite', row: `sessions: ${sessions[0]}` },
          }),
        ]);
        const list = await askStage(context.url, '{ sessions { edges { node { title } } } }');
        expect(list.errors?.[0]?.extensions.code).toBe('STORAGE_CORRUPT');
      },
    );
  });

  it('names the turn whose prompt was changed', async () => {
    const path = file('context', 'log.sqlite');
    await whileDamaged(
      path,
      () => rewrite(path, 'When is the pump', 'When is the pomp'),
      async () => {
        const { context } = await platform();
        const { errors } = await askStage(
          context.url,
          `{ session(id: "${sessions[0]}") { turns { edges { node { prompt } } } } }`,
        );
        expect(errors?.[0]?.message).toContain(`log.sqlite, turns: ${sessions[0]} turn 0`);
        expect(errors?.[0]?.extensions.code).toBe('STORAGE_CORRUPT');
      },
    );
  });

  it('names the generation whose answer or citation was changed', async () => {
    const path = file('reasoning', 'generations.sqlite');
    for (const [from, to] of [
      ['switched off at noon', 'switched off at nine'],
      ['stays open until', 'stays shut until'],
    ] as const) {
      await whileDamaged(
        path,
        () => rewrite(path, from, to),
        async () => {
          const { reasoning } = await platform();
          expect(await generation(reasoning.url)).toMatchObject({
            data: null,
            error: {
              code: 'STORAGE_CORRUPT',
              details: { file: 'generations.sqlite', row: `generations: ${generationId}` },
            },
          });
        },
      );
    }
  });

  it.each([
    ['context', 'log.sqlite'],
    ['store', 'fragments.sqlite'],
    ['reasoning', 'generations.sqlite'],
  ] as const)(
    'keeps %s from starting on a broken %s, with the file and what to do in one line',
    async (stage, name) => {
      const path = file(stage, name);
      await whileDamaged(
        path,
        () => truncateSync(path, statSync(path).size / 2),
        async () => {
          const { status, said } = startAndFail(stage);
          expect(status).toBe(1);
          expect(said).toMatch(new RegExp(`^${name}: .*restore the stage's data from a backup$`));
        },
      );
    },
  );

  it.each([
    ['half of it', (path: string) => truncateSync(path, 32)],
    ['nothing', (path: string) => truncateSync(path, 0)],
    ['no file', (path: string) => rmSync(path)],
  ])(
    'keeps the store from starting when its tenant key is %s, with the file and what to do in one line',
    async (_what, damage) => {
      const path = file('store', 'tenant.key');
      await whileDamaged(
        path,
        () => damage(path),
        async () => {
          const { status, said } = startAndFail('store');
          expect(status).toBe(1);
          expect(said).toMatch(/store\/tenant\.key.*; restore it from a backup/);
        },
      );
    },
  );

  it('puts what can be made again aside, and makes it again', async () => {
    const path = file('store', 'segments.sqlite');
    writeFileSync(path, 'no database '.repeat(1_000));
    const { store } = await platform();
    expect(existsSync(`${path}.damaged`)).toBe(true);
    const found = await askStage<{ _entities: [{ search: readonly unknown[] }] }>(
      store.url,
      `{ _entities(representations: [{ __typename: "Session", id: "${sessions[0]}" }]) {
        ... on Session { search(query: "pump") { position } } } }`,
    );
    expect(found.errors).toBeUndefined();
    expect(found.data?._entities[0].search.length).toBeGreaterThan(0);
    for (const name of ['summaries.sqlite', 'jobs.sqlite']) {
      const derived = file('compression', name);
      if (!existsSync(file('compression'))) await (await compression(store.url)).stop();
      writeFileSync(derived, 'no database '.repeat(1_000));
      const stage = await compression(store.url);
      expect(existsSync(`${derived}.damaged`)).toBe(true);
      await stage.stop();
    }
  });

  it('leaves every folder and file of state to its owner alone', async () => {
    const mode = (...names: string[]) => (statSync(file(...names)).mode & 0o777).toString(8);
    for (const [stage, name] of [
      ['context', 'log.sqlite'],
      ['store', 'fragments.sqlite'],
      ['store', 'segments.sqlite'],
      ['store', 'tenant.key'],
      ['reasoning', 'generations.sqlite'],
    ] as const) {
      expect([mode(stage), mode(stage, name)]).toEqual(['700', '600']);
    }
  });
});

function compression(storeUrl: string) {
  const settings = { threads: 1, pauseMs: 0, maximumAttempts: 2, sweepMs: 60_000, embedder: 'none', cacheHome: '' };
  const contextUrl = 'http://127.0.0.1:9/graphql';
  return startCompression({
    ...common,
    ...settings,
    signingKey: SIGNING_KEY,
    dataFolder: folder,
    storeUrl,
    contextUrl,
  });
}
