import { createClient } from '@supercontext/client';
import { type FakeGraph, fakeGraph } from '@supercontext/client/fixtures/fake-graph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogReader } from './load-neighbours.ts';

const ENTRIES = 1_200;
const { signal } = new AbortController();

interface PageArguments {
  readonly first: number;
  readonly after: string | null;
}

/** A fragment whose text is its position. */
function fragmentAt(position: number) {
  return {
    id: `ses_1.${position}`,
    text: String(position),
    tokens: 1,
    role: 'DOCUMENT',
    source: { kind: 'FILE', name: 'log.txt' },
    contractVersion: 2,
    shard: { name: 'embedded' },
    createdAt: '2026-09-21T12:00:00.000Z',
  };
}

function fragments({ first, after }: PageArguments) {
  const from = after === null ? 0 : Number(after) + 1;
  const positions = Array.from({ length: Math.min(first, ENTRIES - from) }, (_, at) => from + at);
  return {
    edges: positions.map((position) => ({ cursor: String(position), position, node: fragmentAt(position) })),
    pageInfo: {
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: positions.at(-1)?.toString() ?? null,
    },
  };
}

let graph: FakeGraph;
let log: LogReader;

beforeAll(async () => {
  graph = await fakeGraph({ root: { session: () => ({ __typename: 'Session', id: 'ses_1', fragments }) } });
  log = new LogReader(createClient({ url: graph.url }), 'ses_1');
});
afterAll(() => graph.stop());

async function textsAround(position: number): Promise<(string | null)[]> {
  const { before, after } = await log.neighbours(position, signal);
  return [before?.text ?? null, after?.text ?? null];
}

describe('the neighbours of a fragment in the log', () => {
  it('are those before and after its position, at the ends one alone', async () => {
    expect(await textsAround(0)).toEqual([null, '1']);
    expect(await textsAround(1)).toEqual(['0', '2']);
    expect(await textsAround(511)).toEqual(['510', '512']);
    expect(await textsAround(512)).toEqual(['511', '513']);
    expect(await textsAround(513)).toEqual(['512', '514']);
    expect(await textsAround(1_100)).toEqual(['1099', '1101']);
    expect(await textsAround(ENTRIES - 1)).toEqual([String(ENTRIES - 2), null]);
  });

  it('are found again without going through the log once more', async () => {
    const before = graph.received.length;
    await textsAround(1_100);
    expect(graph.received.length - before).toBe(2);
  });

  it('are refused beyond what is read through, before anything is asked', async () => {
    const before = graph.received.length;
    await expect(log.neighbours(1_000_000, signal)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(graph.received).toHaveLength(before);
  });
});
