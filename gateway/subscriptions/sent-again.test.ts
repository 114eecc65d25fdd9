import { randomUUID } from 'node:crypto';
import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RESUME_DEFAULTS } from '../config.ts';
import { type CuttingProxy, startCuttingProxy } from '../fixtures/cutting-proxy.ts';
import { startTestGateway, type TestGateway } from '../fixtures/gateway.ts';
import { countTo, until } from '../fixtures/reader.ts';
import { newActivity, startLibrary, startStream } from '../fixtures/subgraphs.ts';

const activity = newActivity();
let [stream, library]: RunningSubgraph[] = [];
let proxy: CuttingProxy;
let gateway: TestGateway;

beforeAll(async () => {
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  proxy = await startCuttingProxy(stream.url);
  gateway = await startTestGateway(
    { stream: proxy.url, library: library.url },
    {
      stream: {
        bufferEvents: 64,
        slowReaderMs: 10_000,
        ...RESUME_DEFAULTS,
        resumeBackoff: { firstMs: 10, longestMs: 2_000 },
      },
    },
  );
});
afterAll(async () => {
  await gateway.stop();
  await proxy.stop();
  await Promise.all([stream?.stop(), library?.stop()]);
});
beforeEach(() => {
  activity.keys.length = 0;
});

interface Asked {
  readonly socket: WebSocket;
  readonly events: { sequence: number }[];
  readonly answers: unknown[];
  readonly ends: unknown[];
}

const BEGIN = 'subscription ($input: BeginInput!) { begin(input: $input) { sequence } }';

/** Sends one operation under an id of the test's choice over a socket of its own, as client libraries do when they try again. */
async function ask(id: string, variables: object, query = BEGIN, autoPong = true): Promise<Asked> {
  const socket = new WebSocket(gateway.url.replace(/^http/, 'ws'), 'graphql-transport-ws', { autoPong });
  const asked: Asked = { socket, events: [], answers: [], ends: [] };
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data));
    if (type === 'connection_ack') {
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
    }
    if (type === 'next') asked.answers.push(payload);
    if (type === 'next' && payload.data?.begin) asked.events.push(payload.data.begin);
    if (type === 'error' || type === 'complete') asked.ends.push(payload ?? type);
  });
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  return asked;
}

const numbers = ({ events }: Asked): number[] => events.map(({ sequence }) => sequence);
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));

async function cutAfter(asked: Asked, count: number): Promise<void> {
  await until(() => asked.events.length >= count, `${count} events`);
  asked.socket.terminate();
  await settle();
}

it('an operation that is sent again over another socket goes on after what its client has, with one effect', async () => {
  const input = { to: 40, everyMs: 25 };
  const id = randomUUID();
  const first = await ask(id, { input });
  await cutAfter(first, 5);
  const second = await ask(id, { input });
  await cutAfter(second, 5);
  const third = await ask(id, { input });
  await until(() => third.ends.length > 0, 'the end');
  expect([...numbers(first), ...numbers(second), ...numbers(third)]).toEqual(countTo(40));
  expect(third.ends).toEqual(['complete']);
  expect(activity.keys).toEqual([expect.stringMatching(/^auto-/)]);
  const fourth = await ask(id, { input });
  await until(() => fourth.ends.length > 0, 'the end of one that has all');
  expect([fourth.events, fourth.ends]).toEqual([[], ['complete']]);
});

it('what is not known to have arrived is sent again, and the same key comes with it', async () => {
  const input = { to: 3 };
  const id = randomUUID();
  const deaf = await ask(id, { input }, BEGIN, false);
  await until(() => deaf.ends.length > 0, 'the end');
  deaf.socket.terminate();
  const again = await ask(id, { input });
  await until(() => again.ends.length > 0, 'the end');
  expect(numbers(again)).toEqual([0, 1, 2]);
  expect(activity.keys).toHaveLength(2);
  expect(new Set(activity.keys).size).toBe(1);
});

it('a stream its client left on purpose begins anew', async () => {
  const input = { to: 100, everyMs: 20 };
  const id = randomUUID();
  const left = await ask(id, { input });
  await until(() => left.events.length >= 3, 'events');
  await settle();
  left.socket.send(JSON.stringify({ id, type: 'complete' }));
  await settle();
  const again = await ask(id, { input });
  await until(() => again.events.length >= 2, 'events');
  expect(numbers(again).slice(0, 2)).toEqual([0, 1]);
  left.socket.terminate();
  again.socket.terminate();
});

it.each([
  ['an id that counts', '1', '1', {}, {}],
  ['ids of their own', randomUUID(), randomUUID(), {}, {}],
  ['other variables', 'same', 'same', {}, { everyMs: 1 }],
])('two operations with %s have two effects', async (_what, one, other, more, others) => {
  const same = randomUUID();
  for (const [id, input] of [
    [one, { to: 1, ...more }],
    [other, { to: 1, ...others }],
  ] as const) {
    const asked = await ask(id === 'same' ? same : id, { input });
    await until(() => asked.ends.length > 0, 'the end');
    expect(numbers(asked)).toEqual([0]);
    asked.socket.terminate();
  }
  expect(new Set(activity.keys).size).toBe(2);
});

it("a client's own key is left as it is", async () => {
  const asked = await ask(randomUUID(), { input: { to: 1, key: 'mine' } });
  await until(() => asked.ends.length > 0, 'the end');
  expect(activity.keys).toEqual(['mine']);
  asked.socket.terminate();
});

it('a mutation that is sent again has the same key, unless its id counts', async () => {
  const put = 'mutation ($text: String!) { put(input: { text: $text }) }';
  const id = randomUUID();
  for (const one of [id, id, '1']) {
    const asked = await ask(one, { text: 't' }, put);
    await until(() => asked.ends.length > 0, 'the end');
    expect(asked.answers).toMatchObject([{ data: { put: 't' } }]);
    asked.socket.terminate();
  }
  const [first, second, third] = activity.keys;
  expect([first, third]).toEqual([expect.stringMatching(/^auto-/), null]);
  expect(second).toBe(first);
});

it('a stream that has a key is opened again by the gateway itself when its subgraph breaks before the first event', async () => {
  const asked = await ask('1', { input: { to: 2, everyMs: 300 } });
  await until(() => activity.keys.length === 1, 'the effect');
  proxy.cut();
  await until(() => asked.ends.length > 0, 'the end');
  expect([numbers(asked), asked.ends]).toEqual([[0, 1], ['complete']]);
  expect(activity.keys).toHaveLength(2);
  expect(new Set(activity.keys).size).toBe(1);
  asked.socket.terminate();
});

it('a key that cannot be filled in for wrong variables is a refusal of this operation', async () => {
  const asked = await ask(randomUUID(), { input: { to: 'many' } });
  await until(() => asked.ends.length > 0, 'the end');
  expect(asked.ends).toMatchObject([[{ extensions: { code: 'BAD_USER_INPUT' } }]]);
  expect(activity.keys).toEqual([]);
  asked.socket.terminate();
});
