import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import {
  buildClientSchema,
  buildSchema,
  GraphQLSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  specifiedDirectives,
} from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession, post } from '../../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../../support/running-platform.ts';

// FRONTEND.md and the first calls of README.md, run as they stand there, changed in nothing but the address.

const ROOT = join(import.meta.dirname, '../../..');
const ADDRESS = /localhost:4000/g;

/** What stands in a document's fences: its language and its text. */
function blocksOf(document: string): readonly { readonly language: string; readonly text: string }[] {
  const source = readFileSync(join(ROOT, document), 'utf8');
  return [...source.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

const guide = blocksOf('FRONTEND.md');
const programs = new Map(
  guide.flatMap(({ language, text }) =>
    language === 'js' ? [[/^\/\/ (\w+)\.mjs/.exec(text)?.[1] ?? text, text] as const] : [],
  ),
);

let platform: RunningPlatform;
let folder: string;
let sessionId: string;

beforeAll(async () => {
  platform = await runningPlatform({ SUPERCONTEXT_REQUEST_TIMEOUT_MS: '8000' });
  folder = mkdtempSync(join(tmpdir(), 'frontend-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  install(platform.url);
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await platform?.stop();
});

/** Writes every program of the guide as a file, which finds the platform at this address. */
function install(url: string): void {
  for (const [name, program] of programs)
    writeFileSync(join(folder, `${name}.mjs`), program.replace(ADDRESS, new URL(url).host));
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: unknown;
}

async function started(command: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { cwd: folder, timeout: 40_000, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr, status: await ended };
}

const runProgram = (name: string, ...args: readonly string[]) => started(process.execPath, [`${name}.mjs`, ...args]);

const done = (stdout: unknown) => ({ status: 0, stderr: '', stdout });

it('has no block but programs that this test runs, and commands', () => {
  expect([...programs.keys()]).toEqual([
    ...['graph', 'open', 'append', 'documents', 'ask', 'resume', 'again', 'pages', 'errors'],
  ]);
  expect(guide.filter(({ language }) => language !== 'js').map(({ language }) => language)).toEqual(['sh']);
});

it('opens a session', async () => {
  const opened = await runProgram('open', 'mine');
  expect(opened).toEqual(done(expect.stringMatching(/^ses_[0-9a-f]{24}\n$/)));
  sessionId = opened.stdout.trim();
});

it('appends once, although the answer to the first try is lost', async () => {
  let tries = 0;
  const lossy = createServer(async (request, response) => {
    const body = await buffer(request);
    const answer = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(body),
    });
    const answered = await answer.text();
    tries += 1;
    if (tries === 1) request.socket.destroy();
    else response.setHeader('content-type', 'application/json').end(answered);
  });
  await new Promise<void>((resolve) => lossy.listen(0, '127.0.0.1', resolve));
  install(`http://127.0.0.1:${(lossy.address() as AddressInfo).port}`);
  const appended = await runProgram('append', sessionId);
  install(platform.url);
  lossy.close();
  expect(appended).toEqual(done(expect.stringMatching(/revision: 1, tokens: \d+, replayed: true/)));
  expect(tries).toBe(2);
  const { data } = await post(platform.url, 'query ($id: ID!) { session(id: $id) { revision fragmentCount } }', {
    id: sessionId,
  });
  expect(data).toEqual({ session: { revision: 1, fragmentCount: 2 } });
}, 60_000);

/** The answer to the newest question of the session, as it was kept. */
async function newestAnswer(): Promise<{ readonly prompt: string; readonly text: string }> {
  const { data } = await post(
    platform.url,
    'query ($id: ID!) { session(id: $id) { turns(last: 1) { edges { node { prompt generations { text } } } } } }',
    { id: sessionId },
  );
  const { session } = data as unknown as {
    session: { turns: { edges: [{ node: { prompt: string; generations: [{ text: string }] } }] } };
  };
  const { prompt, generations } = session.turns.edges[0].node;
  return { prompt, text: generations[0].text };
}

it('streams an answer', async () => {
  const asked = await runProgram('ask', sessionId, 'What is the port of the ledger?');
  expect(asked).toEqual(done(expect.stringContaining('7443')));
  expect((await newestAnswer()).text).toBe(asked.stdout);
}, 60_000);

it('says why a question is refused', async () => {
  expect(await runProgram('ask', `ses_${'0'.repeat(24)}`, 'Who?')).toEqual({
    status: 0,
    stdout: '',
    stderr: expect.stringMatching(/^refused: SESSION_NOT_FOUND /),
  });
}, 60_000);

it('reads on after a cut, without a gap and nothing twice', async () => {
  const resumed = await runProgram('resume', sessionId, 'When does the ledger close?');
  expect(resumed).toEqual(done(expect.stringContaining('closes at night')));
  expect(await newestAnswer()).toEqual({ prompt: 'When does the ledger close?', text: resumed.stdout });
}, 60_000);

it('reads all pages, forwards and backwards', async () => {
  for (const title of ['second', 'third', 'fourth']) await openSession(platform.url, title);
  const { stdout, ...ended } = await runProgram('pages', sessionId);
  expect(ended).toEqual({ status: 0, stderr: '' });
  expect(stdout.trim().split('\n')).toEqual([
    ...['fourth', 'third', 'second', 'mine'],
    ...['1 When does the ledger close?', '0 What is the port of the ledger?'],
  ]);
});

it('acts on errors by their codes, and reads what stands beside one', async () => {
  const compression = platform.pid('compression');
  if (compression === null) throw new Error('compression does not run');
  process.kill(compression, 'SIGSTOP');
  try {
    const { stdout, ...ended } = await runProgram('errors', sessionId);
    expect(ended).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'REVISION_CONFLICT 5',
      '{ revision: 6 }',
      'INPUT_INVALID false correct the argument that the error names',
    ]);
    expect(lines[3]).toMatch(/^compression (DEADLINE_EXCEEDED|SUBGRAPH_UNAVAILABLE) 500$/);
    expect(lines[4]).toMatch(/title: 'mine', storage: \{ indexedThrough: \d+ \}, compression: null/);
  } finally {
    process.kill(compression, 'SIGCONT');
  }
}, 60_000);

it('replaces a document where its text is another one, and removes it', async () => {
  const path = 'docs/ports.md';
  const text = 'The port of the ledger is 7555.';
  const change = (...args: readonly string[]) => runProgram('documents', sessionId, path, ...args);
  expect(await change(text)).toEqual(done(`{ path: '${path}', parts: 1 }\n${path}\n`));
  expect(await change(text)).toEqual(done(`unchanged\n${path}\n`));
  const { stdout } = await runProgram('ask', sessionId, 'What is the port of the ledger?');
  expect(stdout).toContain('7555');
  expect(stdout).not.toContain('7443');
  expect(await change()).toEqual(done('removed\n'));
  expect(await change()).toEqual(done('DOCUMENT_NOT_FOUND\n'));
}, 60_000);

it('answers the latest question anew, from what the session says now', async () => {
  const path = 'docs/ports.md';
  await runProgram('documents', sessionId, path, 'The port of the ledger is 7666.');
  const again = await runProgram('again', sessionId);
  expect(again).toEqual(done(expect.stringMatching(/^COMPLETED .*7666/s)));
  const { data } = await post(
    platform.url,
    'query ($id: ID!) { session(id: $id) { turns(last: 1) { edges { node { generations { text } } } } } }',
    { id: sessionId },
  );
  const { session } = data as unknown as {
    session: { turns: { edges: [{ node: { generations: readonly { text: string }[] } }] } };
  };
  expect(session.turns.edges[0].node.generations).toHaveLength(2);
}, 60_000);

it('shows what a page of another site is answered', async () => {
  const [block] = guide.filter(({ language }) => language === 'sh');
  const { stdout, status } = await started('sh', [
    '-c',
    (block?.text ?? '').replace(ADDRESS, new URL(platform.url).host),
  ]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^HTTP\/1\.1 403 /);
  expect(stdout).toContain('CALLER_REFUSED');
});

it('README.md: the first calls open a session and append to it', async () => {
  const calls = blocksOf('README.md').filter(({ text }) => text.startsWith('curl'));
  expect(calls).toHaveLength(2);
  let id = 'ses_…';
  const answers: string[] = [];
  for (const call of calls) {
    const command = call.text.replace(ADDRESS, new URL(platform.url).host).replace('ses_…', id);
    const { stdout } = await started('sh', ['-c', command]);
    id = /ses_[0-9a-f]{24}/.exec(stdout)?.[0] ?? id;
    answers.push(stdout);
  }
  expect(answers[1]).toMatch(/"receipt":\{"revision":1,"tokens":\d+,"replayed":false\},"userErrors":\[\]/);
});

it('supergraph/api.graphql is the schema that the gateway answers introspection with', async () => {
  const { data } = await post(
    platform.url,
    getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }),
  );
  const plain = buildSchema(readFileSync(join(ROOT, 'supergraph/api.graphql'), 'utf8'));
  // What a client is not told by introspection are the directives that stand on fields; those files have.
  const sdl = (schema: GraphQLSchema) =>
    printSchema(lexicographicSortSchema(new GraphQLSchema({ ...schema.toConfig(), directives: specifiedDirectives })));
  expect(sdl(plain)).toBe(sdl(buildClientSchema(data as never)));
  expect(printSchema(plain)).not.toMatch(/join__|link__|@key|@shareable|@inaccessible/);
});
