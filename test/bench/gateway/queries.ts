import { Agent, request } from 'undici';
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

  async function ask(url: string): Promise<void> {
    const asked = String(id++);
    const { body } = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY, variables: { id: asked } }),
    });
    const answer = (await body.json()) as { data?: { run?: { book?: { title?: string } } } };
    if (answer.data?.run?.book?.title !== `Title of b${asked}`)
      throw new Error(`wrong answer: ${JSON.stringify(answer)}`);
  }

  async function requestsPerSecond(url: string): Promise<number> {
    let answered = 0;
    const start = performance.now();
    const until = start + ROUND_MS;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (performance.now() < until) {
          await ask(url);
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
