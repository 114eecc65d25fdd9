import { KvStore } from '../../../subgraphs/reasoning/model/kv-store.ts';
import { OnnxDecoder } from '../../../subgraphs/reasoning/model/onnx-decoder.ts';
import { openSessions } from '../../../subgraphs/reasoning/model/onnx-provider.ts';
import type { BenchRow } from '../row.ts';
import { elapsedMs } from './timing.ts';
import { openWeights } from './weights.ts';

const SESSIONS = 8;
const PAST_TOKENS = 512;
const ROUNDS = 24;

/** Tokens per second of 8 sessions decoded together, against one alone, at 512 past. */
export async function run(): Promise<BenchRow[]> {
  const { prepared } = await openWeights();
  const { graphs, shape } = prepared;
  const decoder = new OnnxDecoder(await openSessions({ graphs, provider: 'cpu', threads: 2 }), 'cpu', shape);
  const store = new KvStore(shape, SESSIONS, PAST_TOKENS + ROUNDS + 8);
  const prompt = Array.from({ length: PAST_TOKENS }, (_, index) => 100 + ((index * 7_919) % 40_000));
  await decoder.forward({ store, firstRow: 0, rowCount: 1, tokens: prompt });
  for (let row = 1; row < SESSIONS; row++) store.copyRow(row, store, 0, PAST_TOKENS);
  const steps = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const rowCount of [1, SESSIONS]) {
      for (let row = 0; row < rowCount; row++) store.setLength(row, PAST_TOKENS);
      const tokens = Array.from({ length: rowCount }, (_, row) => 500 + round + row);
      const ms = await elapsedMs(() => decoder.forward({ store, firstRow: 0, rowCount, tokens }));
      steps.set(rowCount, Math.min(steps.get(rowCount) ?? Number.POSITIVE_INFINITY, ms));
    }
  }
  await decoder.close();
  const ours = (SESSIONS * 1_000) / (steps.get(SESSIONS) ?? Number.NaN);
  const one = 1_000 / (steps.get(1) ?? Number.NaN);
  return [
    {
      name: '8 sessions decoded together, against one alone',
      ours,
      peer: one,
      unit: 'tokens/s',
      ratio: ours / one,
      goal: '>= 3',
      met: ours / one >= 3,
    },
  ];
}
