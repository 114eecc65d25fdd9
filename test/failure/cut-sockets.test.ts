import type { RunningSubgraph } from '@supercontext/runtime/serve/start-subgraph.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { RESUME_DEFAULTS } from '../../gateway/config.ts';
import { type CuttingProxy, startCuttingProxy } from '../../gateway/fixtures/cutting-proxy.ts';
import { startTestGateway, type TestGateway } from '../../gateway/fixtures/gateway.ts';
import { countTo, openClient, type Reading, read, sequences } from '../../gateway/fixtures/reader.ts';
import { newActivity, startLibrary, startStream } from '../../gateway/fixtures/subgraphs.ts';

const READERS = 50;
const EVENTS = 400;
const CUTS_OF_READERS = 900;
const CUTS_OF_SUBGRAPH = 100;
const QUERY =
  'subscription ($to: Int!, $after: String) { events(to: $to, everyMs: 4, after: $after) { cursor sequence } }';

let [stream, library]: RunningSubgraph[] = [];
let proxy: CuttingProxy;
let gateway: TestGateway;
let cutsOfReaders = 0;
let cutsOfSubgraph = 0;

beforeAll(async () => {
  const activity = newActivity();
  [stream, library] = await Promise.all([startStream(activity), startLibrary(activity)]);
  proxy = await startCuttingProxy(stream.url);
  gateway = await startTestGateway(
    { stream: proxy.url, library: library.url },
    {
      stream: {
        bufferEvents: 1_024,
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

/** Reads a whole stream over one socket after another, each cut after a few events; goes on after the last cursor it saw. */
async function readThroughCuts(cuts: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  let after: unknown = null;
  for (let cut = 0; ; cut++) {
    let socket: WebSocket | undefined;
    const client = openClient(gateway.url, {
      on: {
        connected: (opened) => {
          socket = opened as WebSocket;
        },
      },
    });
    const reading: Reading = read(client, { query: QUERY, variables: { to: EVENTS, after } });
    const last = cut === cuts;
    if (last) expect(await reading.ended).toBe('completed');
    else {
      await reading.have(1 + Math.floor(Math.random() * ((EVENTS / cuts) * 0.8)));
      socket?.terminate();
      cutsOfReaders++;
      await reading.ended;
    }
    seen.push(...sequences(reading.results));
    after = reading.results.at(-1)?.data?.events?.cursor ?? after;
    if (last) return seen;
  }
}

it('loses nothing and repeats nothing while 1 000 sockets are cut, of readers and of the subgraph', async () => {
  let isReading = true;
  const cutSubgraph = async (): Promise<void> => {
    while (isReading && cutsOfSubgraph < CUTS_OF_SUBGRAPH) {
      cutsOfSubgraph += proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const cutting = cutSubgraph();
  const read = await Promise.all(Array.from({ length: READERS }, () => readThroughCuts(CUTS_OF_READERS / READERS)));
  isReading = false;
  await cutting;
  for (const seen of read) expect(seen).toEqual(countTo(EVENTS));
  expect(cutsOfReaders).toBe(CUTS_OF_READERS);
  expect(cutsOfSubgraph).toBeGreaterThanOrEqual(CUTS_OF_SUBGRAPH);
}, 60_000);
