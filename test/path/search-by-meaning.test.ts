import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoEmbedder } from '../support/embedder-weights.ts';
import { append, openSession, post } from '../support/graph.ts';
import { type RunningPlatform, runningPlatform } from '../support/running-platform.ts';

const why = whyNoEmbedder();
let platform: RunningPlatform;

const items = (texts: readonly string[]) => texts.map((text) => ({ message: { role: 'USER', text } }));
const filler = (count: number, of: string) =>
  Array.from({ length: count }, (_, at) => `Entry ${at} of the ${of} register was signed by the clerk on day ${at}.`);

async function read<Data>(fields: string, id: string): Promise<Data> {
  const { data, errors } = await post(platform.url, `query ($id: ID!) { session(id: $id) { ${fields} } }`, { id });
  expect(errors).toBeUndefined();
  return (data as unknown as { session: Data }).session;
}

interface Storage {
  readonly storage: {
    readonly fragments: number;
    readonly indexedThrough: number;
    readonly vectorsIndexedThrough: number | null;
  };
}

const storageOf = async (id: string) =>
  (await read<Storage>('storage { fragments indexedThrough vectorsIndexedThrough }', id)).storage;

async function untilComplete(id: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { indexedThrough, vectorsIndexedThrough } = await storageOf(id);
    if (vectorsIndexedThrough === indexedThrough) return;
    if (tries > 2_000) throw new Error(`vectors end at ${vectorsIndexedThrough} of ${indexedThrough}`);
    await sleep(50);
  }
}

async function search(id: string, query: string): Promise<readonly string[]> {
  const fields = `search(query: ${JSON.stringify(query)}, first: 5) { fragment { text } }`;
  const { search: hits } = await read<{ search: { fragment: { text: string } }[] }>(fields, id);
  return hits.map(({ fragment }) => fragment.text);
}

const PARAPHRASE = 'Which physician looked after an infant?';
const ANSWER = 'Dr Okafor took care of the newborn baby at the clinic.';

describe.skipIf(why !== null)(`search by meaning${why === null ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    platform = await runningPlatform({
      SUPERCONTEXT_EMBEDDER: 'auto',
      // A busy machine may take longer than a person waits.
      SUPERCONTEXT_STORE_EMBED_WAIT_MS: '10000',
    });
  }, 120_000);
  afterAll(() => platform?.stop());

  it('finds what a question says in other words, in search and in working sets', async () => {
    const id = await openSession(platform.url);
    const texts = [...filler(40, 'harbour'), ANSWER, ...filler(40, 'orchard')];
    await append(platform.url, { sessionId: id, idempotencyKey: 'texts', items: items(texts) });
    await untilComplete(id);
    expect(await search(id, PARAPHRASE)).toContain(ANSWER);
    const fields = `workingSet(query: ${JSON.stringify(PARAPHRASE)}, budgetTokens: 2000) { degraded { code } segments { text } }`;
    type Set = { workingSet: { degraded: unknown[]; segments: { text: string }[] } };
    const { workingSet } = await read<Set>(fields, id);
    expect(workingSet.degraded).toEqual([]);
    expect(workingSet.segments.map(({ text }) => text).join('\n')).toContain(ANSWER);
  }, 120_000);

  it('says in a working set when many fragments have no vectors yet', async () => {
    const id = await openSession(platform.url);
    const texts = filler(900, 'premium');
    await append(platform.url, { sessionId: id, idempotencyKey: 'texts', items: items(texts) });
    const fields = 'workingSet(query: "Which clerk?", budgetTokens: 2000) { degraded { stage code message } }';
    const { workingSet } = await read<{ workingSet: { degraded: unknown[] } }>(fields, id);
    expect(workingSet.degraded).toMatchObject([{ stage: 'store', code: 'VECTORS_MISSING' }]);
    await untilComplete(id);
    const later = await read<{ workingSet: { degraded: unknown[] } }>(fields, id);
    expect(later.workingSet.degraded).toEqual([]);
  }, 180_000);

  it('is complete again after compression and store were killed in the middle of it', async () => {
    const id = await openSession(platform.url);
    await append(platform.url, {
      sessionId: id,
      idempotencyKey: 'texts',
      items: items([...filler(500, 'archive'), ANSWER]),
    });
    await platform.killAndAwait('compression');
    await sleep(500);
    await platform.killAndAwait('store');
    await untilComplete(id);
    expect(await search(id, PARAPHRASE)).toContain(ANSWER);
  }, 180_000);

  it('finds nothing of what was replaced, and the new version', async () => {
    const id = await openSession(platform.url);
    const replace =
      'mutation ($input: ReplaceDocumentInput!) { replaceDocument(input: $input) { userErrors { code } } }';
    const put = async (key: string, text: string) => {
      const input = { sessionId: id, idempotencyKey: key, path: 'notes.md', text };
      expect((await post(platform.url, replace, { input })).errors).toBeUndefined();
    };
    await put('one', ANSWER);
    await append(platform.url, { sessionId: id, idempotencyKey: 'rest', items: items(filler(5, 'furnace')) });
    await untilComplete(id);
    expect(await search(id, PARAPHRASE)).toContain(ANSWER);
    await put('two', 'Nurse Adeyemi cared for the infant.');
    expect(await search(id, PARAPHRASE)).not.toContain(ANSWER);
    await untilComplete(id);
    expect(await search(id, PARAPHRASE)).toContain('Nurse Adeyemi cared for the infant.');
  }, 120_000);

  it('leaves nothing of an erased session in the file of vectors', async () => {
    const id = await openSession(platform.url);
    await append(platform.url, {
      sessionId: id,
      idempotencyKey: 'texts',
      items: items([...filler(3, 'signal'), ANSWER]),
    });
    await untilComplete(id);
    const folder = join(platform.dataFolder, 'store');
    const files = () => readdirSync(folder).filter((name) => name.startsWith('vectors.sqlite'));
    const stands = () => files().some((name) => readFileSync(join(folder, name)).includes(id));
    expect(stands()).toBe(true);
    const erase = 'mutation ($id: ID!) { eraseSession(input: { sessionId: $id }) { userErrors { code } } }';
    expect((await post(platform.url, erase, { id })).errors).toBeUndefined();
    await sleep(1_000);
    expect(stands()).toBe(false);
  }, 120_000);
});
