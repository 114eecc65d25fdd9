import { Tokenizer } from '../../../subgraphs/reasoning/gguf/tokenizer.ts';
import type { BenchRow } from '../row.ts';
import { LlamaPeer } from './llama-peer.ts';
import { mixedText } from './mixed-text.ts';
import { OurDecoder } from './our-decoder.ts';
import { elapsedMs, firstQuartile } from './timing.ts';
import { openRandomWeights, openWeights, type Weights } from './weights.ts';

const THREADS = 2;
const ROUNDS = 3;
const STEPS_PER_ROUND = 12;
const PLACES = [
  { pastTokens: 512, decodeGoal: 0.7, prefillGoal: 0.55 },
  { pastTokens: 2_048, decodeGoal: 1, prefillGoal: 0.9 },
  { pastTokens: 4_000, decodeGoal: 1, prefillGoal: 1 },
];
const CONTEXT_TOKENS = 4_000 + STEPS_PER_ROUND + 8;

/** Reading a prompt and decoding after it, by turns with llama.cpp on the same file, so that both meet the same machine. */
export async function run(): Promise<BenchRow[]> {
  const rows = await compare('SmolLM2-135M, Q4_1', await openWeights());
  const random = openRandomWeights('Q4_K');
  try {
    rows.push(...(await compare('135M random weights, Q4_K', random)));
  } finally {
    random.remove();
  }
  return rows;
}

interface Reader {
  /** The time that reading a prompt from its beginning takes, in milliseconds. */
  prefill(tokens: readonly number[]): Promise<number>;
  /** The times of steps after it. */
  decode(steps: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

async function compare(
  model: string,
  { prepared, ggufPath }: Pick<Weights, 'prepared' | 'ggufPath'>,
): Promise<BenchRow[]> {
  const tokens = new Tokenizer(prepared.vocabulary).encode(mixedText(64 << 10));
  const decoder = await OurDecoder.open(prepared, THREADS);
  const peer = await LlamaPeer.open(ggufPath, THREADS, CONTEXT_TOKENS);
  const ours = reader(decoder, () => decoder.clear(CONTEXT_TOKENS));
  const theirs = reader(peer, () => peer.clear());
  const rows: BenchRow[] = [];
  for (const { pastTokens, decodeGoal, prefillGoal } of PLACES) {
    const prompt = tokens.slice(0, pastTokens);
    const prefillMs = { ours: [] as number[], theirs: [] as number[] };
    const stepMs = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [who, side] of [
        ['ours', ours],
        ['theirs', theirs],
      ] as const) {
        prefillMs[who].push(await side.prefill(prompt));
        stepMs[who].push(...(await side.decode(STEPS_PER_ROUND)));
      }
    }
    rows.push(
      row(`decode after ${pastTokens} tokens, against llama.cpp (${model})`, 1, stepMs, decodeGoal),
      row(`prefill of ${pastTokens} tokens, against llama.cpp (${model})`, pastTokens, prefillMs, prefillGoal),
    );
  }
  await ours.close();
  await theirs.close();
  return rows;
}

function reader(decoder: OurDecoder | LlamaPeer, clear: () => Promise<void> | void): Reader {
  let next = 0;
  return {
    async prefill(tokens) {
      await clear();
      const ms = await elapsedMs(() => decoder.read(tokens));
      next = tokens.at(-1) ?? 0;
      return ms;
    },
    async decode(steps) {
      const times: number[] = [];
      for (let step = 0; step < steps; step++) {
        times.push(
          await elapsedMs(async () => {
            next = await decoder.step(next);
          }),
        );
      }
      return times;
    },
    close: () => decoder.close(),
  };
}

function row(
  name: string,
  tokens: number,
  { ours, theirs }: { readonly ours: readonly number[]; readonly theirs: readonly number[] },
  goal: number,
): BenchRow {
  const [own, peer] = [ours, theirs].map((times) => (tokens * 1_000) / firstQuartile(times)) as [number, number];
  const spread = (times: readonly number[]): string =>
    `${Math.min(...times).toFixed(1)}-${Math.max(...times).toFixed(1)} ms`;
  return {
    name,
    ours: own,
    peer,
    unit: 'tokens/s',
    ratio: own / peer,
    goal: `>= ${goal}`,
    met: own / peer >= goal,
    note: `first quartile of ${ours.length}; ${spread(ours)}, llama.cpp ${spread(theirs)}`,
  };
}
