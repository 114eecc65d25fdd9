import { Agent } from 'undici';
import type { BenchRow } from '../row.ts';
import { median, startBench } from './processes.ts';

const CONNECTIONS = 16;
const ROUNDS = 5;
const ROUND_MS = 2_000;
const QUERY = 'query ($id: ID!) { run(id: $id) { id status book { id title author { name } } } }';

/** Requests per second of a query that asks one subgraph, then another. No two requests are alike. */
export async function run(): Promise<BenchRow[]> {
  const bench = await startBench();
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
  let id = 0;

  /** By the dispatcher itself: on few cores, what the client costs is taken from the gateways. */
  function ask(origin: string): Promise<void> {
    const asked = String(id++);
    const body = JSON.stringify({ query: QUERY, variables: { id: asked } });
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      agent.dispatch(
        { origin, path: '/graphql', method: 'POST', headers: ['content-type', 'application/json'], body },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseError: (_controller, error) => reject(error),
          onResponseEnd: () => {
            const text = Buffer.concat(chunks).toString();
            if (text.includes(`"Title of b${asked}"`)) resolve();
            else reject(new Error(`wrong answer: ${text}`));
          },
        },
      );
    });
  }

  async function requestsPerSecond(url: string): Promise<number> {
    const { origin } = new URL(url);
    let answered = 0;
    const start = performance.now();
    const until = start + ROUND_MS;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (performance.now() < until) {
          await ask(origin);
          answered++;
        }
      }),
    );
    return (answered * 1_000) / (performance.now() - start);
  }

  try {
    const rates: { ours: number[]; stock: number[] } = { ours: [], stock: [] };
    // The first round warms both up and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const name of ['ours', 'stock'] as const) {
        const rate = await requestsPerSecond(bench[name]);
        if (round > 0) rates[name].push(rate);
      }
    }
    const [ours, peer] = [median(rates.ours), median(rates.stock)];
    const ratio = ours / peer;
    const name = 'gateway: two-subgraph query, beside stock @apollo/gateway';
    return [{ name, ours, peer, unit: 'requests/s', ratio, goal: '>= 3', met: ratio >= 3 }];
  } finally {
    await agent.close();
    await bench.stop();
  }
}
