import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append, errorCode, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const OLD = 'The harbour master of Port Quill is Ines Abara, who took the office in 1998.';
const NEW = 'The harbour master of Port Quill is Tomas Leide, who took the office in 2024.';
const QUESTION = 'Who is the harbour master of Port Quill?';
const FILLER = Array.from({ length: 4_000 }, (_, at) => `Berth ${at} takes boats of ${at % 40} metres.`).join('\n');

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await runningPlatform();
}, 120_000);
afterAll(() => platform?.stop());

const REPLACE = `mutation ($input: ReplaceDocumentInput!) {
  replaceDocument(input: $input) { document { path hash parts tokens } session { tokens fragmentCount } userErrors { code } }
}`;
const REMOVE = 'mutation ($input: RemoveDocumentInput!) { removeDocument(input: $input) { userErrors { code } } }';
const SEEN = `query ($id: ID!, $question: String!) {
  session(id: $id) {
    tokens fragmentCount
    documents { edges { node { path } } }
    search(query: $question) { position fragment { text } }
    fragments(last: 512) { edges { position node { text } } }
    workingSet(query: $question, budgetTokens: 4096) { segments { text } omitted { fragments } degraded { code } }
    digest(budgetTokens: 4096) { text children { __typename ... on Fragment { text } } }
    storage { fragments tokens behind { from } }
  }
}`;

interface Seen {
  readonly tokens: number;
  readonly fragmentCount: number;
  readonly documents: { readonly edges: readonly { readonly node: { readonly path: string } }[] };
  readonly search: readonly { readonly position: number }[];
  readonly fragments: { readonly edges: readonly { readonly position: number }[] };
  readonly storage: { readonly fragments: number; readonly tokens: number };
}

/** Everything the graph shows of a session, as it is and as one text. */
async function see(id: string): Promise<{ readonly session: Seen; readonly all: string }> {
  const answer = await post(platform.url, SEEN, { id, question: QUESTION });
  expect(answer.errors).toBeUndefined();
  const { session } = answer.data as unknown as { session: Seen };
  return { session, all: JSON.stringify(session) };
}

async function filled(): Promise<string> {
  const sessionId = await openSession(platform.url, 'Harbour');
  const items = [
    { file: { path: 'berths.md', text: FILLER } },
    { file: { path: 'people.md', text: `${OLD}\n\n${FILLER.slice(0, 60_000)}` } },
  ];
  await append(platform.url, { sessionId, idempotencyKey: 'first', items });
  return sessionId;
}

async function untilCompressed(id: string): Promise<void> {
  const query = 'query ($id: ID!) { session(id: $id) { compression { nodes pendingJobs } } }';
  type Status = { session: { compression: { nodes: number; pendingJobs: number } } };
  await expect
    .poll(async () => ((await post(platform.url, query, { id })).data as unknown as Status).session.compression, {
      timeout: 30_000,
    })
    .toMatchObject({ nodes: expect.toSatisfy((nodes: number) => nodes > 4), pendingJobs: 0 });
}

const change = async (query: string, input: object) => {
  const answer = await post(platform.url, query, { input });
  expect([errorCode(answer), answer.errors]).toEqual([undefined, undefined]);
  return answer.data as unknown as Record<string, { document: { hash: string } | null }>;
};

describe('a document that is replaced', () => {
  it('is found nowhere by its acknowledgement, though it was summarised, and the new one is', async () => {
    const sessionId = await filled();
    await untilCompressed(sessionId);
    expect((await see(sessionId)).all).toContain('Ines Abara');
    await change(REPLACE, { sessionId, idempotencyKey: 'new', path: 'people.md', text: NEW });
    const { session, all } = await see(sessionId);
    expect([all.includes('Ines Abara'), all.includes('Tomas Leide')]).toEqual([false, true]);
    expect(session.storage).toMatchObject({ fragments: session.fragmentCount, tokens: session.tokens, behind: null });
    const positions = session.fragments.edges.map(({ position }) => position);
    expect(positions).toHaveLength(session.fragmentCount);
    // Positions never move: the new one stands behind those that are gone.
    expect(Math.max(...positions)).toBeGreaterThan(session.fragmentCount);
    await untilCompressed(sessionId);
    expect((await see(sessionId)).all).not.toContain('Ines Abara');
  }, 90_000);

  it('stays so when stages die and come back, and when it is asked again under its key', async () => {
    const sessionId = await filled();
    await untilCompressed(sessionId);
    const input = { sessionId, idempotencyKey: 'new', path: 'people.md', text: NEW };
    await platform.killAndAwait('store');
    await change(REPLACE, input);
    await platform.killAndAwait('compression');
    expect((await see(sessionId)).all).not.toContain('Ines Abara');
    await platform.killAndAwait('context');
    await change(REPLACE, input);
    const { session, all } = await see(sessionId);
    expect(all).not.toContain('Ines Abara');
    expect(session.documents.edges.map(({ node }) => node.path)).toEqual(['berths.md', 'people.md']);
  }, 120_000);

  it('comes into effect with its last part, over several appends', async () => {
    const sessionId = await filled();
    const parts = [`${NEW}\n`, FILLER.slice(0, 9_000)];
    const hashes = parts.map((part) => createHash('sha256').update(part).digest());
    const hash = createHash('sha256').update(Buffer.concat(hashes)).digest('hex');
    const send = (part: number) =>
      change(REPLACE, {
        ...{ sessionId, idempotencyKey: `part ${part}`, path: 'people.md', text: parts[part] },
        version: { part, parts: 2, hash },
      });
    await send(0);
    const before = (await see(sessionId)).all;
    expect([before.includes('Ines Abara'), before.includes('Tomas Leide')]).toEqual([true, false]);
    expect((await send(1)).replaceDocument?.document).toMatchObject({ hash, parts: 2 });
    const after = (await see(sessionId)).all;
    expect([after.includes('Ines Abara'), after.includes('Tomas Leide')]).toEqual([false, true]);
  }, 60_000);
});

it('a document that is removed leaves the session, and erasing the session leaves nothing of it in the files', async () => {
  const sessionId = await filled();
  await change(REMOVE, { sessionId, idempotencyKey: 'gone', path: 'people.md' });
  const { session, all } = await see(sessionId);
  expect([all.includes('Ines Abara'), session.documents.edges.length]).toEqual([false, 1]);
  const again = await post(platform.url, REMOVE, { input: { sessionId, idempotencyKey: 'other', path: 'people.md' } });
  expect(errorCode(again)).toBe('DOCUMENT_NOT_FOUND');
  const secret = 'quincemarmalade';
  await change(REPLACE, { sessionId, idempotencyKey: 'in', path: 'secret.md', text: `It is ${secret}.` });
  await change(REMOVE, { sessionId, idempotencyKey: 'out', path: 'secret.md' });
  const erase = 'mutation ($id: ID!) { eraseSession(input: { sessionId: $id }) { userErrors { code } } }';
  expect(errorCode(await post(platform.url, erase, { id: sessionId }))).toBeUndefined();
  expect(filesWith(platform.dataFolder, secret)).toEqual([]);
}, 60_000);

it('a question is answered anew from what the session says now, and the answer before leaves it', async () => {
  const sessionId = await filled();
  const ask = 'mutation ($input: AskInput!) { ask(input: $input) { generation { id turn { id } } } }';
  const asked = await post(platform.url, ask, { input: { sessionId, prompt: QUESTION, budgetTokens: 1_000 } });
  const { generation } = (asked.data as unknown as { ask: { generation: { id: string; turn: { id: string } } } }).ask;
  expect(await answerOf(generation.id)).toContain('Ines Abara');
  await change(REPLACE, { sessionId, idempotencyKey: 'new', path: 'people.md', text: NEW });
  const again =
    'mutation ($input: RegenerateInput!) { regenerate(input: $input) { generation { id } userErrors { code } } }';
  const input = { turnId: generation.turn.id, idempotencyKey: 'again', budgetTokens: 1_000 };
  type Again = { regenerate: { generation: { id: string } } };
  const { regenerate } = (await post(platform.url, again, { input })).data as unknown as Again;
  const { regenerate: same } = (await post(platform.url, again, { input })).data as unknown as Again;
  expect(same.generation.id).toBe(regenerate.generation.id);
  expect(await answerOf(regenerate.generation.id)).toContain('Tomas Leide');
  const { session, all } = await see(sessionId);
  expect([all.includes('Ines Abara'), session.storage.fragments]).toEqual([false, session.fragmentCount]);
  const turns = 'query ($id: ID!) { session(id: $id) { turns { edges { node { generations { text } } } } } }';
  expect(JSON.stringify((await post(platform.url, turns, { id: sessionId })).data)).toContain('Ines Abara');
  const unknown = await post(platform.url, again, { input: { turnId: `${sessionId}.t7` } });
  expect(errorCode(unknown)).toBe('INPUT_INVALID');
}, 60_000);

it('the command makes a session what a folder holds, and says what it did', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'supercontext-synced-'));
  const sessionId = await openSession(platform.url, 'Synced');
  await mkdir(join(folder, 'notes'));
  await writeFile(join(folder, 'notes/people.md'), OLD);
  await writeFile(join(folder, 'long.txt'), FILLER.repeat(12));
  expect(await sync(sessionId, folder)).toMatchObject({ added: ['long.txt', 'notes/people.md'], unchanged: 0 });
  await writeFile(join(folder, 'notes/people.md'), NEW);
  rmSync(join(folder, 'long.txt'));
  expect(await sync(sessionId, folder)).toMatchObject({ replaced: ['notes/people.md'], removed: ['long.txt'] });
  expect(await sync(sessionId, folder)).toMatchObject({ unchanged: 1, tokens: 0 });
  // Two at once: both end, and the session holds what the folder holds.
  await writeFile(join(folder, 'long.txt'), FILLER.repeat(15));
  await writeFile(join(folder, 'notes/people.md'), OLD);
  const both = await Promise.all([sync(sessionId, folder), sync(sessionId, folder)]);
  expect(both).toMatchObject([{ faults: 0 }, { faults: 0 }]);
  expect(await sync(sessionId, folder)).toMatchObject({ unchanged: 2, added: [], replaced: [], removed: [] });
  const { session, all } = await see(sessionId);
  expect([all.includes('Tomas Leide'), session.documents.edges.length]).toEqual([false, 2]);
  rmSync(folder, { recursive: true });
}, 120_000);

it('a file that is written to while the command reads it is taken as it was read, and as it is by the next one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'supercontext-written-'));
  const sessionId = await openSession(platform.url, 'Written');
  const place = join(folder, 'log.txt');
  await writeFile(place, FILLER.repeat(12));
  const written = new AbortController();
  const writing = (async () => {
    for (let line = 0; !written.signal.aborted; line++) {
      // Grown, and now and then begun anew.
      await (line % 200 === 199 ? writeFile(place, FILLER.repeat(11)) : appendFile(place, `\nLine ${line}.`));
      await sleep(2);
    }
  })();
  for (let round = 0; round < 3; round++)
    expect(await sync(sessionId, folder)).toMatchObject({ faults: 0, removed: [] });
  written.abort();
  await writing;
  await appendFile(place, `\n${NEW}`);
  expect(await sync(sessionId, folder)).toMatchObject({ replaced: ['log.txt'], faults: 0 });
  expect(await sync(sessionId, folder)).toMatchObject({ unchanged: 1, tokens: 0 });
  const { session, all } = await see(sessionId);
  expect([all.includes('Tomas Leide'), session.documents.edges.length]).toEqual([true, 1]);
  rmSync(folder, { recursive: true });
}, 120_000);

async function answerOf(generationId: string): Promise<string> {
  const query = 'query ($id: ID!) { generation(id: $id) { status text } }';
  for (;;) {
    const { data } = await post(platform.url, query, { id: generationId });
    const { generation } = data as unknown as { generation: { status: string; text: string } };
    if (generation.status !== 'RUNNING') return generation.text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const COMMAND = fileURLToPath(new URL('../../console/terminal/main.ts', import.meta.url));

async function sync(sessionId: string, folder: string): Promise<Record<string, unknown>> {
  const command = spawn(process.execPath, [COMMAND, 'sync', sessionId, folder, '--json', '--url', platform.url]);
  const [out, said] = await Promise.all([textOf(command.stdout), textOf(command.stderr)]);
  if (out === '') throw new Error(said);
  return JSON.parse(out) as Record<string, unknown>;
}

/** Files below a folder in which `word` stands. */
function filesWith(folder: string, word: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesWith(path, word);
    return readFileSync(path).includes(word) ? [path] : [];
  });
}
