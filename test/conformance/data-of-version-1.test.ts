import { hash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSocket } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { APPEND, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

// A data folder that the last build of contract version 1 wrote, with what its graph answered then. Never made again.
const KEPT = join(import.meta.dirname, 'data-of-version-1');

interface Answers {
  readonly sessionId: string;
  readonly generationId: string;
  readonly items: readonly object[];
  readonly prompt: string;
  /** What was asked of the graph. */
  readonly query: string;
  readonly answers: {
    readonly session: { readonly fragments: { readonly edges: readonly { readonly node: { readonly id: string } }[] } };
  };
  readonly events: readonly object[];
}

const kept = JSON.parse(readFileSync(join(KEPT, 'answers.json'), 'utf8')) as Answers;
const folder = mkdtempSync(join(tmpdir(), 'version-1-'));
let platform: RunningPlatform;

beforeAll(async () => {
  cpSync(KEPT, folder, { recursive: true });
  platform = await runningPlatform({}, folder);
}, 120_000);
afterAll(async () => {
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(query: string, variables: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { data, errors } = await post(platform.url, query, variables);
  expect(errors).toBeUndefined();
  return data ?? {};
}

it('opens and answers as it did: log, fragments, turns, search, working set, generation and citations', async () => {
  expect(await ask(kept.query, { s: kept.sessionId, g: kept.generationId })).toEqual(kept.answers);
});

it('streams the events of an answer of then, which had no evidence-chosen', async () => {
  const socket = createSocket({ url: `${platform.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  const query = `subscription ($id: ID!) { generationEvents(generationId: $id) {
    __typename cursor sequence ... on TokenDelta { text tokens } } }`;
  const events: unknown[] = [];
  for await (const { data } of socket.iterate<{ generationEvents: object }>({
    query,
    variables: { id: kept.generationId },
  })) {
    events.push(data?.generationEvents);
  }
  await socket.dispose();
  expect(events).toEqual(kept.events);
});

it('knows a key of then again, and refuses it for other content', async () => {
  const input = { sessionId: kept.sessionId, contractVersion: 1, idempotencyKey: 'first', items: kept.items };
  expect(await ask(APPEND, { input })).toMatchObject({ appendContext: { receipt: { revision: 1, replayed: true } } });
  const [, ...fewer] = kept.items;
  const { appendContext } = await ask(APPEND, { input: { ...input, items: fewer } });
  expect(appendContext).toMatchObject({ userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
});

it('keeps a text that comes again with facts once, and tells the facts with it', async () => {
  const text = 'Remember that the spare key hangs behind the barometer.';
  const message = {
    role: 'USER',
    text,
    speaker: 'Ines Abara',
    occurredAt: '1954-05-06T07:08:09+02:00',
    metadata: '{}',
  };
  const input = { sessionId: kept.sessionId, idempotencyKey: 'again', items: [{ message }] };
  expect(await ask(APPEND, { input })).toMatchObject({ appendContext: { receipt: { replayed: false } } });
  const { session } = await ask(
    `query ($id: ID!) { session(id: $id) { fragments(first: 100) { edges { node { id text contractVersion } } }
      workingSet(query: "anything", budgetTokens: 4096) { confidence segments { text from modelWritten
        ... on FragmentSegment { role speaker occurredAt metadata source { kind name } } } } } }`,
    { id: kept.sessionId },
  );
  const { fragments, workingSet } = session as never as {
    fragments: { edges: { node: { id: string; text: string; contractVersion: number } }[] };
    workingSet: { segments: { text: string; from: number }[] };
  };
  const same = fragments.edges.map(({ node }) => node).filter((node) => node.text === text);
  expect(same).toHaveLength(2);
  expect(new Set(same.map(({ id }) => id)).size).toBe(1);
  const [latest] = workingSet.segments.filter((segment) => segment.text === text).sort((a, b) => b.from - a.from);
  expect(latest).toMatchObject({
    ...{ role: 'USER', speaker: 'Ines Abara', occurredAt: '1954-05-06T05:08:09.000Z', metadata: '{}' },
    ...{ source: { kind: 'CHAT', name: null }, modelWritten: false },
  });
});

it('knows the documents of then by their names in the store, and puts others in their place', async () => {
  const files = kept.items.flatMap((item) => ('file' in item ? [item.file as { path: string; text: string }] : []));
  const list =
    'query ($id: ID!) { session(id: $id) { fragmentCount documents { edges { node { path hash parts } } } } }';
  type Listed = { fragmentCount: number; documents: { edges: { node: object }[] } };
  const listed = async () => (await ask(list, { id: kept.sessionId })).session as Listed;
  const before = await listed();
  const expected = files
    .map(({ path, text }) => ({ path, hash: hash('sha256', text), parts: 1 }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  expect(before.documents.edges.map(({ node }) => node)).toEqual(expected);
  const [first] = files as [{ path: string; text: string }];
  const input = {
    sessionId: kept.sessionId,
    idempotencyKey: 'replaced',
    path: first.path,
    text: 'Nothing is left of it.',
  };
  const replace = `mutation ($input: ReplaceDocumentInput!) { replaceDocument(input: $input) { userErrors { code } } }`;
  expect(await ask(replace, { input })).toMatchObject({ replaceDocument: { userErrors: [] } });
  const fragments = 'query ($id: ID!) { session(id: $id) { fragments(last: 512) { edges { node { text } } } } }';
  const left = JSON.stringify(await ask(fragments, { id: kept.sessionId }));
  expect([left.includes('Nothing is left of it.'), left.includes(first.text.slice(0, 40))]).toEqual([true, false]);
  expect((await listed()).documents.edges).toHaveLength(files.length);
});
