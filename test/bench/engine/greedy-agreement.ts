import { ChatPrompt } from '../../../subgraphs/reasoning/gguf/chat-prompt.ts';
import { Tokenizer } from '../../../subgraphs/reasoning/gguf/tokenizer.ts';
import type { BenchRow } from '../row.ts';
import { LlamaPeer } from './llama-peer.ts';
import { OurDecoder } from './our-decoder.ts';
import { openWeights } from './weights.ts';

const ANSWER_TOKENS = 80;
const CONTEXT_TOKENS = 512;
const PROMPTS = [
  'What is water made of? Explain in three sentences.',
  'Write a short story about a lighthouse keeper and a storm.',
  'List five uses of a paper clip.',
  'Explain to a child why the sky is blue.',
  'Write a JavaScript function that reverses a string, and explain it.',
  '[1] The store keeps fragments in SQLite.\n[2] The gateway listens on port 4000.\n\nWhich port does the gateway listen on?',
  'Summarise the history of the bicycle.',
  'Give advice to somebody who learns to cook.',
];

/** Of the tokens llama.cpp chooses greedily, how many our decoder finds likeliest when it reads the same tokens before. */
export async function run(): Promise<BenchRow[]> {
  const { prepared, ggufPath } = await openWeights();
  const chat = new ChatPrompt(prepared.vocabulary, new Tokenizer(prepared.vocabulary));
  const decoder = await OurDecoder.open(prepared, 2);
  const peer = await LlamaPeer.open(ggufPath, 2, CONTEXT_TOKENS);
  const ends = new Set(prepared.vocabulary.ends);
  let agreed = 0;
  let compared = 0;
  for (const content of PROMPTS) {
    const prompt = chat.encode([{ role: 'user', content }]);
    decoder.clear(CONTEXT_TOKENS);
    await peer.clear();
    let ours = await decoder.read(prompt);
    await peer.read(prompt.slice(0, -1));
    let theirs = await peer.step(prompt.at(-1) ?? 0);
    for (let step = 0; step < ANSWER_TOKENS; step++) {
      compared += 1;
      if (ours === theirs) agreed += 1;
      if (ends.has(theirs)) break;
      ours = await decoder.step(theirs);
      theirs = await peer.step(theirs);
    }
  }
  await decoder.close();
  await peer.close();
  const ratio = agreed / compared;
  return [
    {
      name: "greedy tokens over llama.cpp's own output",
      ours: agreed,
      peer: compared,
      unit: 'tokens',
      ratio,
      goal: '>= 0.95',
      met: ratio >= 0.95,
    },
  ];
}
