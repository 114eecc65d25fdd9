import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { BenchRow } from '../row.ts';
import { median, startBench } from './processes.ts';

const EVENTS = 20_000;
const ROUNDS = 7;
const TOKENS = 'subscription ($count: Int!) { tokens(count: $count) { sequence text tokens } }';
const DELTAS = '__typename cursor sequence ... on TokenDelta { text tokens }';
const DIRECT_EVENTS = `subscription ($count: Int!) { events(count: $count) { ${DELTAS} ... on Cited { book { id } } } }`;
const EVENTS_WITH_BOOKS = `subscription ($count: Int!) { events(count: $count) { ${DELTAS} ... on Cited { book { id title } } } }`;

/** Reads one whole stream as fast as it comes; every event has to be there, in order. */
async function eventsPerSecond(url: string, query: string): Promise<number> {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: true,
  });
  let received = 0;
  let start = 0;
  await new Promise<void>((resolve, reject) => {
    client.subscribe<Record<string, { sequence: number }>>(
      { query, variables: { count: EVENTS } },
      {
        next: ({ data }) => {
          if (received === 0) start = performance.now();
          const event = Object.values(data ?? {})[0];
          if (event?.sequence !== received++) reject(new Error(`event ${received - 1} is missing`));
        },
        error: (error) => reject(new Error(JSON.stringify(error))),
        complete: resolve,
      },
    );
  });
  const elapsedMs = performance.now() - start;
  await client.dispose();
  if (received !== EVENTS) throw new Error(`${received} of ${EVENTS} events came`);
  return (EVENTS * 1_000) / elapsedMs;
}

/** Events per second of one subscription through the gateway, beside the same from the subgraph itself. */
export async function run(): Promise<BenchRow[]> {
  const bench = await startBench();

  async function compare(name: string, ours: string, direct: string, goal: number | null): Promise<BenchRow> {
    const rates = { ours: [] as number[], direct: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      const pair = {
        direct: await eventsPerSecond(bench.direct, direct),
        ours: await eventsPerSecond(bench.ours, ours),
      };
      // The first round warms all processes up and does not count.
      if (round === 0) continue;
      rates.ours.push(pair.ours);
      rates.direct.push(pair.direct);
    }
    const [mine, peer] = [median(rates.ours), median(rates.direct)];
    const ratio = mine / peer;
    return {
      name,
      ours: mine,
      peer,
      unit: 'events/s',
      ratio,
      goal: goal === null ? '-' : `>= ${goal}`,
      met: ratio >= (goal ?? 0),
    };
  }

  try {
    return [
      await compare('gateway: subscription pass-through, beside direct graphql-ws', TOKENS, TOKENS, 0.8),
      await compare('gateway: resumable events, first and last joined', EVENTS_WITH_BOOKS, DIRECT_EVENTS, null),
    ];
  } finally {
    await bench.stop();
  }
}
