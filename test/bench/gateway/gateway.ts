import type { BenchRow } from '../row.ts';
import { run as runQueries } from './queries.ts';
import { run as runStreams } from './streams.ts';

/** What the gateway costs: queries beside the stock gateway, streams beside no gateway at all. */
export async function run(): Promise<BenchRow[]> {
  return [...(await runQueries()), ...(await runStreams())];
}
