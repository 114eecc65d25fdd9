import type { BenchRow } from '../row.ts';
import { run as batchThroughput } from './batch-throughput.ts';
import { run as greedyAgreement } from './greedy-agreement.ts';
import { run as prefixReuse } from './prefix-reuse.ts';
import { run as speed } from './speed.ts';
import { run as tokenIds } from './token-ids.ts';

/** The engine beside llama.cpp (node-llama-cpp) on the same file; the peer comes with `npm install --prefix test/bench`. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  // One after another: they share the cores.
  for (const part of [tokenIds, greedyAgreement, prefixReuse, speed, batchThroughput]) rows.push(...(await part()));
  return rows;
}
