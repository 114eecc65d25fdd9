import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countTo } from '../../../gateway/fixtures/reader.ts';
import { append, openSession } from '../../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../../support/running-platform.ts';
import { compileRelay, generateWithPreset, writeApiSchema } from './generated-programs.ts';
import { factsOf, LONGEST_INSTALL_MS, run } from './run-program.ts';

// Each client is a program of its own, as its documentation would have it written, with nothing set but the address.

const PROGRAMS = join(import.meta.dirname, 'programs');
const PYTHON_PACKAGE = 'gql[aiohttp,requests,websockets]==4.4.0';
const TEXTS = countTo(7).map((number) => `Note ${number}: the port of the ledger is 7443.`);

const folder = mkdtempSync(join(tmpdir(), 'clients-'));
const schemaPath = join(folder, 'schema.graphql');
const relay = { plain: join(folder, 'relay'), persisted: join(folder, 'relay-persisted') };
const documentsPath = join(folder, 'persisted-documents.json');
let platform: RunningPlatform;
let url: string;

beforeAll(async () => {
  await writeApiSchema(schemaPath);
  await compileRelay({ schemaPath, artifacts: relay.plain });
  await compileRelay({ schemaPath, artifacts: relay.persisted, documentsPath });
  platform = await runningPlatform({ SUPERCONTEXT_DOCUMENTS: documentsPath });
  url = `${platform.url}/graphql`;
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true });
});

/** A session of its own for each client, with a list to go through: one fragment for each of TEXTS. */
async function newSession(title: string): Promise<string> {
  const sessionId = await openSession(platform.url, title);
  for (const text of TEXTS)
    await append(platform.url, { sessionId, idempotencyKey: text, items: [{ text: { text } }] });
  return sessionId;
}

const program = (name: string, ...args: readonly string[]) =>
  factsOf<Record<string, unknown>>(process.execPath, [join(PROGRAMS, name), url, ...args]);

const pageLengths = (total: number): number[] =>
  [3, 6, 9, 12].filter((length) => length - 3 < total).map((length) => Math.min(length, total));

/** What every stream of a question has to be. */
function expectWholeAnswer({ sequences, streamed, answer }: Record<string, unknown>): void {
  expect((sequences as unknown[]).length).toBeGreaterThan(3);
  expect(sequences).toEqual(countTo((sequences as unknown[]).length));
  expect(streamed).toBe(answer);
  expect(answer).toContain('7443');
}

describe('Apollo Client', () => {
  it('queries, mutates, keeps its cache, pages in both directions and streams', async () => {
    const id = await newSession('Apollo Client');
    const facts = await program('apollo-client.mjs', id);
    expect(facts).toMatchObject({
      query: { id, title: 'Apollo Client', revision: TEXTS.length },
      fromCache: true,
      userErrors: [],
      seen: [TEXTS.length, TEXTS.length + 1],
      refused: { name: 'CombinedGraphQLErrors', code: 'INPUT_INVALID' },
    });
    const texts = [...TEXTS, 'Written by Apollo Client.'];
    expect(facts.forward).toEqual({ lengths: pageLengths(texts.length), texts });
    expect(facts.backward).toEqual({ lengths: pageLengths(texts.length), texts });
    expectWholeAnswer(facts);
  }, 60_000);
});

describe('urql', () => {
  it('queries by GET and POST as it likes, mutates, keeps its cache and streams', async () => {
    const id = await newSession('urql');
    const facts = await program('urql.mjs', id);
    expect(facts).toMatchObject({
      query: { id, title: 'urql', revision: TEXTS.length },
      isSame: true,
      // The first call is a GET, and none fails.
      beforeAppend: ['GET'],
      appended: { session: { id, revision: TEXTS.length + 1 }, userErrors: [] },
      revisions: [TEXTS.length, TEXTS.length + 1],
      isFound: true,
      refused: ['INPUT_INVALID'],
      methods: ['GET', 'POST', 'GET', 'POST', 'GET'],
    });
    expect(facts.statuses).toEqual([200, 200, 200, 200, 200]);
    expectWholeAnswer(facts);
  }, 60_000);
});

describe('Relay', () => {
  it.each([
    ['with its documents', relay.plain, false],
    ['with ids of documents in their place', relay.persisted, true],
  ])(
    'pages in both directions through its store, mutates and streams, %s',
    async (title, artifacts, isPersisted) => {
      const facts = await program('relay.mjs', await newSession(title), artifacts);
      const page = { title, revision: TEXTS.length, lengths: pageLengths(TEXTS.length), texts: TEXTS };
      expect(facts).toMatchObject({
        forward: page,
        backward: page,
        appended: { session: { revision: TEXTS.length + 1 }, userErrors: [] },
        isPersisted,
      });
      expect(new Set(facts.statuses as number[])).toEqual(new Set([200]));
      expectWholeAnswer(facts);
    },
    60_000,
  );
});

describe('graphql-request', () => {
  it('queries, mutates, and throws what is refused', async () => {
    const id = await newSession('graphql-request');
    const session = { id, title: 'graphql-request', revision: TEXTS.length };
    const appended = { id, revision: TEXTS.length + 1 };
    expect(await program('graphql-request.mjs', id)).toMatchObject({
      query: session,
      appended: { session: appended, userErrors: [] },
      raw: { status: 200, revision: TEXTS.length + 1 },
      wrongField: { isClientError: true, code: 'GRAPHQL_VALIDATION_FAILED' },
      wrongArgument: { isClientError: true, status: 200, code: 'INPUT_INVALID' },
      byGet: { session: { ...session, ...appended } },
    });
  }, 60_000);
});

describe("graphql-codegen's client preset", () => {
  it('makes types that fit what is answered', async () => {
    const id = await newSession('client preset');
    const path = await generateWithPreset({ schemaPath, folder: join(folder, 'client-preset') });
    expect(await factsOf(process.execPath, [path, url, id])).toEqual({
      title: 'client preset',
      code: 'REVISION_CONFLICT',
      currentRevision: TEXTS.length,
    });
  }, 120_000);
});

describe("Python's gql", () => {
  it('queries, mutates and streams, over each of its transports', async ({ skip }) => {
    const python = join(folder, 'python', 'bin', 'python');
    const venv = await run('python3', ['-m', 'venv', join(folder, 'python')]);
    skip(!venv.isDone, `skipped: python3 makes no environment here: ${venv.stderr.trim() || 'there is none'}`);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', PYTHON_PACKAGE];
    const pip = await run(python, install, { timeoutMs: LONGEST_INSTALL_MS });
    skip(!pip.isDone, `skipped: pip installs no gql here: ${pip.stderr.trim().split('\n').at(-1)}`);
    const id = await newSession('gql');
    const facts = await factsOf<Record<string, unknown>>(python, [join(PROGRAMS, 'python_gql.py'), url, id]);
    const session = { id, title: 'gql', revision: TEXTS.length };
    expect(facts).toMatchObject({
      requests: { session, types: true, refused: 'INPUT_INVALID' },
      appended: { session: { id, revision: TEXTS.length + 1 }, userErrors: [] },
    });
    expectWholeAnswer(facts);
  }, 240_000);
});
