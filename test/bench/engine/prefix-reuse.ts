import { Tokenizer } from '../../../subgraphs/reasoning/gguf/tokenizer.ts';
import type { BenchRow } from '../row.ts';
import { mixedText } from './mixed-text.ts';
import { OurDecoder } from './our-decoder.ts';
import { elapsedMs } from './timing.ts';
import { openWeights } from './weights.ts';

const PREFIX_TOKENS = 4_032;
const DELTA_TOKENS = 64;
const ROUNDS = 3;

/** First token of 64 new tokens on a cached prefix of 4 032, beside reading all 4 096. */
export async function run(): Promise<BenchRow[]> {
  const { prepared } = await openWeights();
  const tokens = new Tokenizer(prepared.vocabulary).encode(mixedText(64 << 10)).slice(0, PREFIX_TOKENS + DELTA_TOKENS);
  const decoder = await OurDecoder.open(prepared, 2);
  const full: number[] = [];
  const delta: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    decoder.clear(PREFIX_TOKENS + DELTA_TOKENS);
    full.push(await elapsedMs(() => decoder.read(tokens)));
    for (let repeat = 0; repeat < ROUNDS; repeat++) {
      decoder.rollBack(PREFIX_TOKENS);
      delta.push(await elapsedMs(() => decoder.read(tokens.slice(PREFIX_TOKENS))));
    }
  }
  await decoder.close();
  // The fastest of each: whatever else the machine does only slows.
  const ours = Math.min(...delta);
  const peer = Math.min(...full);
  return [
    {
      name: '64 new tokens on a 4 032-token prefix, against the full prefill',
      ours,
      peer,
      unit: 'ms',
      ratio: peer / ours,
      goal: '>= 30',
      met: peer / ours >= 30,
    },
  ];
}
