import { Tokenizer } from '../../../subgraphs/reasoning/gguf/tokenizer.ts';
import type { BenchRow } from '../row.ts';
import { LlamaPeer } from './llama-peer.ts';
import { mixedText } from './mixed-text.ts';
import { openWeights } from './weights.ts';

const SIZE_BYTES = 1_000_000;

/** Tokens of 1 MB of mixed text that are the same as llama.cpp's, by position. */
export async function run(): Promise<BenchRow[]> {
  const { prepared, ggufPath } = await openWeights();
  const tokenizer = new Tokenizer(prepared.vocabulary);
  const peer = await LlamaPeer.open(ggufPath, 2, 512);
  const text = mixedText(SIZE_BYTES);
  const startedAtMs = performance.now();
  const ours = tokenizer.encode(text);
  const oursMs = performance.now() - startedAtMs;
  const theirs = peer.tokenize(text);
  const theirsMs = performance.now() - startedAtMs - oursMs;
  await peer.close();
  const equal = theirs.reduce((count, id, index) => count + (id === ours[index] ? 1 : 0), 0);
  const whole = ours.length === theirs.length && equal === theirs.length;
  return [
    {
      name: 'token ids equal to llama.cpp, 1 MB of mixed text',
      ours: equal,
      peer: theirs.length,
      unit: 'tokens',
      ratio: equal / theirs.length,
      goal: '= 1',
      met: whole,
      note: `encoded in ${oursMs.toFixed(0)} ms, llama.cpp in ${theirsMs.toFixed(0)} ms`,
    },
  ];
}
