import { createClient, OpenSessionDocument } from '@supercontext/client';
import { type FakeGraph, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendFiles } from './append-files.ts';
import { partsOf, textOf } from './read-text.ts';

let graph: FakeGraph;

beforeAll(async () => {
  graph = await fakeGraph();
});
afterAll(() => graph.stop());

const file = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, file: new File([content], path) });

describe('files that somebody adds', () => {
  it('go in with their paths, and what is not text is named', async () => {
    const client = createClient({ url: graph.url });
    const { openSession } = await client.mutate(OpenSessionDocument, { input: {} });
    const seen: number[] = [];
    const progress = await appendFiles(
      client,
      openSession.session?.id ?? '',
      [file('docs/a.md', '# A'), file('b.bin', new Uint8Array([0xff, 0x00])), file('c.txt', 'c'.repeat(600_000))],
      ({ tokens }) => seen.push(tokens),
    );
    expect(progress).toMatchObject({ files: 3, totalFiles: 3, leftOut: ['b.bin'] });
    expect(seen).toEqual([0, 1, 150_001]);
    const paths = graph.received.flatMap(
      ({ payload }) => (payload.variables?.input as { items?: { file: { path: string } }[] } | undefined)?.items ?? [],
    );
    expect(paths.map((item) => item.file.path)).toEqual(['docs/a.md', 'c.txt']);
  });

  it('end with the code of what the platform refused', async () => {
    const refused = appendFiles(createClient({ url: graph.url }), 'ses_none', [file('a.md', 'A')], () => undefined);
    await expect(refused).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });
});

describe('text', () => {
  it('is told from what is none', () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    expect(textOf(encode('Grüße'))).toBe('Grüße');
    for (const bytes of [encode('a\0b'), encode(' \n'), new Uint8Array([0xc3, 0x28])]) expect(textOf(bytes)).toBeNull();
  });

  it('is cut into parts that join to it, at lines where it can and never through a character', () => {
    for (const text of ['one\ntwo\nthree\n', 'no line ends here', '😀😀😀😀😀', '']) {
      const parts = [...partsOf(text, 5)];
      expect(parts.join('')).toBe(text);
      for (const part of parts) expect(part.isWellFormed()).toBe(true);
    }
    expect([...partsOf('one\ntwo\n', 6)]).toEqual(['one\n', 'two\n']);
  });
});
