import { createClient, type GraphClient } from '@supercontext/client';
import { type FakeGraph, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadReference } from './load-reference.ts';
import { referenceOf, shortName } from './reference.ts';

const SESSION = `ses_${'0'.repeat(24)}`;
const { signal } = new AbortController();

let graph: FakeGraph;
let client: GraphClient;

beforeAll(async () => {
  graph = await fakeGraph();
  client = createClient({ url: graph.url });
});
afterAll(() => graph.stop());

describe('a reference of the session', () => {
  it('is a fragment, verbatim', async () => {
    const id = `${SESSION}.${'a'.repeat(32)}`;
    const reference = await loadReference(
      client,
      { kind: 'fragment', id, name: '', position: null, cited: null },
      signal,
    );
    expect(reference).toMatchObject({ kind: 'fragment', fragment: { text: expect.stringContaining('# Streams') } });
  });

  it('is a summary that leads down to what it was made from', async () => {
    const id = `${SESSION}.s${'c'.repeat(32)}`;
    const reference = await loadReference(client, { kind: 'summary', id, name: '' }, signal);
    expect(reference).toMatchObject({
      kind: 'summary',
      summary: { originalTokens: 32_120 },
      children: [
        {
          kind: 'fragment',
          id: `${SESSION}.${'a'.repeat(32)}`,
          name: 'docs/streams.md',
          position: null,
          cited: null,
        },
      ],
    });
  });

  it('says so when it is damaged', async () => {
    const damaged = loadReference(
      client,
      { kind: 'fragment', id: `${SESSION}.${'f'.repeat(32)}`, name: '', position: null, cited: null },
      signal,
    );
    await expect(damaged).rejects.toMatchObject({ code: 'FRAGMENT_CORRUPT' });
  });

  it('is shown by the end of its path', () => {
    expect(shortName('docs/a.md')).toBe('docs/a.md');
    expect(shortName('packages/one/docs/guide/a.md')).toBe('…/guide/a.md');
  });

  it('is named by its source, and is none where nothing can be read', () => {
    const source = { name: null };
    expect(referenceOf({ fragment: { id: 'f', source }, summary: null, from: 7 })).toEqual({
      kind: 'fragment',
      id: 'f',
      name: 'Conversation',
      position: 7,
      cited: null,
    });
    expect(referenceOf({ fragment: null, summary: null })).toBeNull();
    expect(referenceOf(undefined)).toBeNull();
  });
});
