import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type ClientOptions, createClient, type GraphClient } from './create-client.ts';
import { ANSWER_WORDS, fakeEvents } from './fixtures/fake-answer.ts';
import { type FakeGraph, type FakeGraphOptions, fakeGraph } from './fixtures/fake-graph.ts';
import {
  AppendContextDocument,
  CompressionProgressDocument,
  type EventFieldsFragment,
  FragmentsDocument,
  GenerateDocument,
  GenerationEventsDocument,
  ModelsDocument,
  OpenSessionDocument,
} from './generated/operations.ts';
import { newIdempotencyKey, newTraceparent } from './new-keys.ts';

const SESSION = `ses_${'0'.repeat(23)}1`;
const LAST = ANSWER_WORDS.length + 2;

let graph: FakeGraph;
let client: GraphClient;

async function start(options: FakeGraphOptions = {}, clientOptions: Partial<ClientOptions> = {}): Promise<void> {
  graph = await fakeGraph(options);
  client = createClient({ url: graph.url, webSocketImpl: WebSocket, ...clientOptions });
}

afterEach(async () => {
  await client.close();
  await graph.stop();
});

async function collect(options: Parameters<GraphClient['subscribe']>[2] = {}, idempotencyKey?: string) {
  const events: EventFieldsFragment[] = [];
  const input = { sessionId: SESSION, prompt: 'Why?', ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  for await (const { generate } of client.subscribe(GenerateDocument, { input }, options)) events.push(generate);
  return events;
}

const sequences = (events: readonly EventFieldsFragment[]) => events.map(({ sequence }) => sequence);
const textOf = (events: readonly EventFieldsFragment[]) =>
  events.map((event) => (event.__typename === 'TokenDelta' ? event.text : '')).join('');
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const countTo = (last: number) => Array.from({ length: last + 1 }, (_, index) => index);

describe('a query or mutation', () => {
  it.each(['http', 'socket'] as const)('over %s sends its hash and variables, and no query text', async (via) => {
    await start();
    const { openSession } = await client.mutate(OpenSessionDocument, { input: { title: 'Notes' } }, { via });
    expect(openSession.session).toMatchObject({ title: 'Notes', revision: 0 });
    const { payload } = graph.received[0] ?? {};
    expect(payload?.query || undefined).toBeUndefined();
    expect(payload?.extensions).toMatchObject({ persistedQuery: { sha256Hash: OpenSessionDocument.sha256 } });
  });

  it.each(['http', 'socket'] as const)(
    'over %s sends the whole document once to a server that does not know it',
    async (via) => {
      await start({ documents: {} });
      expect((await client.query(ModelsDocument, {}, { via })).models).toHaveLength(3);
      const first = client.bytesSent;
      expect((await client.query(ModelsDocument, {}, { via })).models).toHaveLength(3);
      expect(graph.received.map(({ payload }) => payload.query || null)).toEqual([ModelsDocument.text, null]);
      expect(client.bytesSent - first).toBeLessThan(first / 2);
    },
  );

  it('throws the code, the remedy and the details of what went wrong', async () => {
    await start();
    const id = `${SESSION}.${'f'.repeat(32)}`;
    await expect(client.query(FragmentsDocument, { ids: [id] })).rejects.toMatchObject({
      name: 'GraphRequestError',
      code: 'FRAGMENT_CORRUPT',
      retryable: false,
      remedy: 'restore it',
      details: { fragmentId: id },
    });
  });

  it('gives what there is beside an error to a caller that takes both', async () => {
    await start();
    const codes: string[] = [];
    const { fragments } = await client.query(
      FragmentsDocument,
      { ids: [`${SESSION}.${'f'.repeat(32)}`, `${SESSION}.${'a'.repeat(32)}`] },
      { onPartial: ({ code }) => codes.push(code) },
    );
    expect(fragments.map((fragment) => fragment?.source.name)).toEqual([undefined, 'docs/streams.md']);
    expect(codes).toEqual(['FRAGMENT_CORRUPT']);
  });

  it.each(['http', 'socket'] as const)('over %s says that nothing answers', async (via) => {
    await start();
    await graph.stop();
    await expect(client.query(ModelsDocument, {}, { via })).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
      retryable: true,
    });
    await start();
  });

  it.each(['http', 'socket'] as const)('over %s ends with the reason of its signal', async (via) => {
    await start({ root: { models: () => new Promise(() => undefined) } });
    const reason = new Error('enough');
    const controller = new AbortController();
    const asked = client.query(ModelsDocument, {}, { via, signal: controller.signal });
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });

  it.each(['http', 'socket'] as const)('over %s carries the trace it is given', async (via) => {
    await start();
    const traceparent = newTraceparent();
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await client.query(ModelsDocument, {}, { via, traceparent });
    expect(graph.received[0]?.traceparent).toBe(traceparent);
  });
});

describe('a stream', () => {
  it('gives every event in order and ends', async () => {
    await start();
    const events = await collect();
    expect(sequences(events)).toEqual(countTo(LAST));
    expect(textOf(events)).toBe(ANSWER_WORDS.join(''));
    expect(events.at(-1)?.__typename).toBe('GenerationCompleted');
  });

  it('goes on after its last event when the socket is cut: none lost, none twice', async () => {
    await start({ cutAfter: [0, 3, 4, 11, 20] });
    const resumed: unknown[] = [];
    const events = await collect({ onResume: (resumption) => resumed.push(resumption) }, newIdempotencyKey());
    expect(sequences(events)).toEqual(countTo(LAST));
    expect(textOf(events)).toBe(ANSWER_WORDS.join(''));
    expect(resumed.length).toBeGreaterThanOrEqual(4);
    for (const resumption of resumed) expect(resumption).toMatchObject({ lost: 0 });
  });

  it('goes on when the client cuts its own network', async () => {
    await start({ everyMs: 5 });
    const resumed: number[] = [];
    const interrupted: string[] = [];
    const events: EventFieldsFragment[] = [];
    const stream = client.subscribe(
      GenerationEventsDocument,
      { generationId: `gen_${'0'.repeat(23)}1` },
      {
        onResume: ({ resumedAt }) => resumed.push(resumedAt),
        onInterrupted: ({ error }) => interrupted.push(error.code),
      },
    );
    for await (const { generationEvents } of stream) {
      events.push(generationEvents);
      if (generationEvents.sequence === 5) client.disconnect();
    }
    expect(sequences(events)).toEqual(countTo(LAST));
    expect(resumed).toEqual([5]);
    expect(interrupted).toEqual(['SUBGRAPH_CONNECTION_LOST']);
  });

  it('goes on with the WebSocket that Node and browsers have', async () => {
    await start({ cutAfter: [2, 9] }, { webSocketImpl: globalThis.WebSocket });
    const events = await collect({}, newIdempotencyKey());
    expect(sequences(events)).toEqual(countTo(LAST));
  });

  it('counts what a server skipped as lost', async () => {
    const skipping = (id: string) => fakeEvents(id).filter(({ sequence }) => sequence !== 6 && sequence !== 7);
    await start({ cutAfter: [5], events: skipping });
    const resumed: unknown[] = [];
    await collect({ onResume: (resumption) => resumed.push(resumption) }, newIdempotencyKey());
    expect(resumed).toEqual([{ resumedAt: 5, lost: 2, tries: 1 }]);
  });

  it('asks once only when it has no idempotency key and was cut before its first event', async () => {
    const root = {
      generate: (_: unknown, { extra }: { extra: { socket: WebSocket } }) => {
        extra.socket.terminate();
        return Readable.from([]);
      },
    };
    await start({ root });
    await expect(collect()).rejects.toMatchObject({ code: 'SUBGRAPH_CONNECTION_LOST', retryable: true });
    expect(graph.received).toHaveLength(1);
  });

  it('gives up after its tries', async () => {
    await start({ cutAfter: [4] }, { maximumTries: 2 });
    const attempts: number[] = [];
    const stream = collect({
      onInterrupted: ({ attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) void graph.stop();
      },
    });
    await expect(stream).rejects.toMatchObject({ retryable: true });
    expect(attempts).toEqual([1, 2]);
    await start();
  });

  it('leaves its connection to the next operation, and nothing that could hold a process once the client is closed', async () => {
    const states: string[] = [];
    await start({}, { onState: (state) => states.push(state) });
    const timersBefore = timers();
    await collect();
    await collect();
    await client.mutate(OpenSessionDocument, { input: {} }, { via: 'socket' });
    expect(states).toEqual(['connected']);
    await client.close();
    await expect.poll(() => states).toEqual(['connected', 'idle']);
    await expect.poll(timers).toBeLessThanOrEqual(timersBefore);
  });

  it('has its connection closed when nothing has used it for half a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const states: string[] = [];
      await start({}, { onState: (state) => states.push(state) });
      await collect();
      await vi.advanceTimersByTimeAsync(29_000);
      expect(states).toEqual(['connected']);
      await collect();
      await vi.advanceTimersByTimeAsync(29_000);
      expect(states).toEqual(['connected']);
      await vi.advanceTimersByTimeAsync(2_000);
      await vi.waitFor(() => expect(states).toEqual(['connected', 'idle']));
    } finally {
      vi.useRealTimers();
    }
  });

  it('is ended at the server when its reader leaves', async () => {
    await start({ everyMs: 5 });
    for await (const { generate } of client.subscribe(GenerateDocument, {
      input: { sessionId: SESSION, prompt: '?' },
    })) {
      if (generate.sequence === 2) break;
    }
    await expect.poll(() => graph.openStreams).toBe(0);
  });

  it('ends with the reason of its signal, also while it waits to go on', async () => {
    await start({ cutAfter: [4] });
    const controller = new AbortController();
    const reason = new Error('enough');
    const stream = collect({ signal: controller.signal, onInterrupted: () => controller.abort(reason) });
    await expect(stream).rejects.toBe(reason);
  });

  it('without cursors gives its events and ends', async () => {
    await start();
    const complete: boolean[] = [];
    for await (const { compressionProgress } of client.subscribe(CompressionProgressDocument, { sessionId: SESSION })) {
      complete.push(compressionProgress.complete);
    }
    expect(complete).toEqual([false, true]);
  });
});

describe('what goes up', () => {
  it('is counted to the byte', async () => {
    await start();
    await client.query(ModelsDocument, {});
    expect(client.bytesSent).toBe(graph.bytesReceived);
    await collect();
    graph.cut();
    // A socket also says good-bye in a frame of its own where it can, which a cut one cannot.
    await expect.poll(() => graph.bytesReceived).toBe(client.bytesSent);
  });

  it.each([0, 100, 4_096, 100_000])(
    'for a turn with %i characters of text is at most 1.2 times that and 300 bytes',
    async (length) => {
      await start();
      await collect();
      const prompt = 'x'.repeat(length);
      const before = client.bytesSent;
      const input = { sessionId: SESSION, prompt, idempotencyKey: newIdempotencyKey() };
      for await (const _ of client.subscribe(GenerateDocument, { input }));
      expect(client.bytesSent - before).toBeLessThanOrEqual(1.2 * length + 300);
    },
  );

  it('for an append over the socket is its text and a little', async () => {
    await start();
    await client.mutate(OpenSessionDocument, { input: {} }, { via: 'socket' });
    const text = 'x'.repeat(4_096);
    const before = client.bytesSent;
    const input = { sessionId: SESSION, idempotencyKey: newIdempotencyKey(), items: [{ text: { text } }] };
    const { appendContext } = await client.mutate(AppendContextDocument, { input }, { via: 'socket' });
    expect(appendContext.receipt).toMatchObject({ sizeBytes: 4_096, replayed: false });
    expect(client.bytesSent - before).toBeLessThanOrEqual(1.2 * text.length + 300);
  });
});
