import { createClient, documentHash, OpenSessionDocument } from '@supercontext/client';
import { type FakeGraph, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendFiles } from './append-files.ts';
import { partsOf, readFile, textOf } from './read-text.ts';

let graph: FakeGraph;

beforeAll(async () => {
  graph = await fakeGraph();
});
afterAll(() => graph.stop());

const { signal } = new AbortController();

interface Sent {
  readonly input: { readonly items: readonly { readonly file: { readonly path: string } }[] };
}

/** Refuses what has this path in it, and takes a token for each other file. */
function refuseIn(path: string) {
  return ({ input: { items } }: Sent) => {
    const isRefused = items.some(({ file: { path: sent } }) => sent === path);
    const userErrors = [
      { __typename: 'InputRejected', code: 'INPUT_INVALID', message: 'not this one', retryable: false, remedy: '' },
    ];
    const receipt = { revision: 1, fragments: 1, tokens: items.length, sizeBytes: 1, replayed: false };
    return { session: null, receipt: isRefused ? null : receipt, userErrors: isRefused ? userErrors : [] };
  };
}

const file = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, file: new File([content], path) });

describe('files that somebody adds', () => {
  it('go in with their paths, and what is not text is named', async () => {
    const client = createClient({ url: graph.url });
    const { openSession } = await client.mutate(OpenSessionDocument, { input: {} });
    const seen: number[] = [];
    const progress = await appendFiles(
      client,
      openSession.session?.id ?? '',
      {
        files: [
          file('docs/a.md', '# A'),
          file('b.bin', new Uint8Array([0xff, 0x00])),
          file('c.txt', 'c'.repeat(600_000)),
          file('empty.txt', ''),
        ],
        leftOut: [{ path: 'node_modules', why: 'every node_modules is' }],
      },
      ({ tokens }) => seen.push(tokens),
      signal,
    );
    expect(progress).toMatchObject({ files: 4, totalFiles: 4, tokens: 150_001 });
    expect(progress.leftOut).toEqual([
      { path: 'node_modules', why: 'every node_modules is' },
      { path: 'b.bin', why: 'it is no text' },
      { path: 'empty.txt', why: 'it is empty' },
    ]);
    expect(seen.toSorted((one, other) => one - other)).toEqual(seen);
    const paths = graph.received.flatMap(
      ({ payload }) => (payload.variables?.input as { items?: { file: { path: string } }[] } | undefined)?.items ?? [],
    );
    expect(paths.map((item) => item.file.path)).toEqual(['docs/a.md', 'c.txt']);
  });

  it('end with the code of what the platform refused', async () => {
    const chosen = { files: [file('a.md', 'A')], leftOut: [] };
    const refused = appendFiles(createClient({ url: graph.url }), 'ses_none', chosen, () => undefined, signal);
    await expect(refused).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('cost themselves alone, each of them that the platform will not have', async () => {
    const refusing = await fakeGraph({ root: { appendContext: refuseIn('bad.md') } });
    try {
      const chosen = { files: ['a.md', 'bad.md', 'c.md'].map((path) => file(path, path)), leftOut: [] };
      const client = createClient({ url: refusing.url });
      const progress = await appendFiles(client, 'ses_1', chosen, () => undefined, signal);
      expect(progress.leftOut).toEqual([{ path: 'bad.md', why: 'not this one' }]);
      expect(progress.tokens).toBe(2);
    } finally {
      await refusing.stop();
    }
  });

  it('are not read any further once that is stopped', async () => {
    const controller = new AbortController();
    const chosen = { files: [file('a.md', 'A'), file('b.md', 'B')], leftOut: [] };
    const stopped = appendFiles(
      createClient({ url: graph.url }),
      'ses_1',
      chosen,
      ({ files }) => files === 1 && controller.abort(),
      controller.signal,
    );
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('text', () => {
  it('is told from what is none, with a reason', async () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    expect(textOf(encode('Grüße'))).toEqual({ text: 'Grüße' });
    expect(textOf(encode('a\0b'))).toEqual({ why: 'it is no text' });
    expect(textOf(encode(' \n'))).toEqual({ why: 'it is empty' });
    expect(textOf(new Uint8Array([0xe9, 0x74, 0xe9]))).toEqual({ text: 'été' });
    expect(textOf(new Uint8Array([0xff, 0xfe, 0x41, 0x00]))).toEqual({ text: 'A' });
    const large = { size: 65 * 1024 * 1024 } as File;
    expect(await readFile('large.txt', large)).toEqual({ why: 'it is larger than 64 MiB' });
    const gone = { size: 1, arrayBuffer: () => Promise.reject(new Error('gone')) } as unknown as File;
    expect(await readFile('gone.txt', gone)).toEqual({ why: 'it could not be read: gone' });
    expect(await readFile('x'.repeat(1_025), gone)).toEqual({ why: 'its path has more than 1024 characters' });
  });

  it('is sent as a version of the document with its path, whole or in parts that say which they are', async () => {
    expect(await partsOf('a.md', 'one')).toEqual([
      { path: 'a.md', text: 'one', sizeBytes: 3, version: { part: 0, parts: 1, hash: null } },
    ]);
    const hash = await documentHash(['one\n', 'two\n']);
    expect((await partsOf('a.md', 'one\ntwo\n', 6)).map(({ text, version }) => [text, version])).toEqual([
      ['one\n', { part: 0, parts: 2, hash }],
      ['two\n', { part: 1, parts: 2, hash }],
    ]);
  });
});
