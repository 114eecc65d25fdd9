import { Tokenizer } from '../../../subgraphs/reasoning/gguf/tokenizer.ts';
import type { BenchRow } from '../row.ts';
import { LlamaPeer } from './llama-peer.ts';
import { mixedText } from './mixed-text.ts';
import { OurDecoder } from './our-decoder.ts';
import { elapsedMs, firstQuartile } from './timing.ts';
import { openWeights } from './weights.ts';

const PAST_TOKENS = 2_048;
const ROUNDS = 6;
const STEPS_PER_ROUND = 12;
const CONTEXT_TOKENS = PAST_TOKENS + ROUNDS * STEPS_PER_ROUND + 8;

/** Tokens per second at 2 048 past, by turns with llama.cpp on the same file, so that both meet the same machine. */
export async function run(): Promise<BenchRow[]> {
  const { prepared, ggufPath } = await openWeights();
  const tokens = new Tokenizer(prepared.vocabulary).encode(mixedText(32 << 10)).slice(0, PAST_TOKENS);
  const decoder = await OurDecoder.open(prepared, 2);
  const peer = await LlamaPeer.open(ggufPath, 2, CONTEXT_TOKENS);
  decoder.clear(CONTEXT_TOKENS);
  let ourNext = await decoder.read(tokens);
  await peer.read(tokens);
  let theirNext = ourNext;
  const oursMs: number[] = [];
  const theirsMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let step = 0; step < STEPS_PER_ROUND; step++) {
      oursMs.push(
        await elapsedMs(async () => {
          ourNext = await decoder.step(ourNext);
        }),
      );
    }
    for (let step = 0; step < STEPS_PER_ROUND; step++) {
      theirsMs.push(
        await elapsedMs(async () => {
          theirNext = await peer.step(theirNext);
        }),
      );
    }
  }
  await decoder.close();
  await peer.close();
  const ours = 1_000 / firstQuartile(oursMs);
  const theirs = 1_000 / firstQuartile(theirsMs);
  return [
    {
      name: 'decode at 2 048 past, against llama.cpp on the same file',
      ours,
      peer: theirs,
      unit: 'tokens/s',
      ratio: ours / theirs,
      goal: '>= 0.8',
      met: ours / theirs >= 0.8,
      note: `fastest step ${Math.min(...oursMs).toFixed(1)} ms, llama.cpp ${Math.min(...theirsMs).toFixed(1)} ms`,
    },
  ];
}
