import { seededRandom } from '../model/random.ts';
import { BYTE_CHARACTERS } from './byte-alphabet.ts';
import type { MetadataValue } from './gguf-metadata.ts';
import type { TensorTypeName } from './tensor-types.ts';
import { packValues } from './tiny-llama-blocks.ts';

// For tests: writes GGUF files of a small random model, whole or with any field replaced.

export const TINY_SHAPE = {
  layers: 2,
  hiddenWidth: 64,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 16,
  feedForwardWidth: 96,
  contextTokens: 1_024,
  ropeBase: 10_000,
  normEpsilon: 1e-5,
};

export const TINY_MERGES = ['t h', 'th e', 'Ġ the', 'i n', 'Ġ a', 'o n', 'e r', 'Ġ Ġ'];
export const TINY_TOKENS = [
  '<|endoftext|>',
  '<|im_start|>',
  '<|im_end|>',
  ...BYTE_CHARACTERS,
  ...TINY_MERGES.map((merge) => merge.replace(' ', '')),
];
const TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

export interface TinyTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly type: TensorTypeName | number;
  readonly bytes: Uint8Array;
  /** What the bytes stand for, as exactly as the type can hold it; `[rows][columns]`. */
  readonly values: Float32Array;
}

export interface TinyLlama {
  readonly metadata: Map<string, MetadataValue>;
  readonly tensors: TinyTensor[];
}

/** A model of random weights, the same for the same seed. */
export function tinyLlama(matrixType: TensorTypeName = 'Q4_1', seed = 1): TinyLlama {
  const shape = TINY_SHAPE;
  const random = seededRandom(seed);
  const tensor = (
    name: string,
    type: TensorTypeName,
    dimensions: readonly number[],
    make: () => number,
  ): TinyTensor => {
    const length = dimensions.reduce((product, dimension) => product * dimension, 1);
    return { name, type, dimensions, ...packValues(type, Float32Array.from({ length }, make)) };
  };
  const matrix = (name: string, rows: number, columns: number, type = matrixType): TinyTensor =>
    tensor(name, type, [columns, rows], () => ((random() + random() + random() - 1.5) * 1.6) / Math.sqrt(columns));
  const norm = (name: string): TinyTensor => tensor(name, 'F32', [shape.hiddenWidth], () => 0.8 + 0.4 * random());
  const { hiddenWidth, heads, keyValueHeads, headWidth, feedForwardWidth } = shape;
  const tensors = [
    tensor('token_embd.weight', 'Q8_0', [hiddenWidth, TINY_TOKENS.length], () => random() * 2 - 1),
    norm('output_norm.weight'),
  ];
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}.weight`;
    tensors.push(
      norm(name('attn_norm')),
      matrix(name('attn_q'), heads * headWidth, hiddenWidth),
      matrix(name('attn_k'), keyValueHeads * headWidth, hiddenWidth),
      matrix(name('attn_v'), keyValueHeads * headWidth, hiddenWidth),
      matrix(name('attn_output'), hiddenWidth, heads * headWidth),
      norm(name('ffn_norm')),
      matrix(name('ffn_gate'), feedForwardWidth, hiddenWidth),
      matrix(name('ffn_up'), feedForwardWidth, hiddenWidth),
      matrix(name('ffn_down'), hiddenWidth, feedForwardWidth),
    );
  }
  return { metadata: tinyMetadata(), tensors };
}

function tinyMetadata(): Map<string, MetadataValue> {
  const shape = TINY_SHAPE;
  return new Map<string, MetadataValue>([
    ['general.architecture', 'llama'],
    ['llama.block_count', shape.layers],
    ['llama.context_length', shape.contextTokens],
    ['llama.embedding_length', shape.hiddenWidth],
    ['llama.feed_forward_length', shape.feedForwardWidth],
    ['llama.attention.head_count', shape.heads],
    ['llama.attention.head_count_kv', shape.keyValueHeads],
    ['llama.rope.dimension_count', shape.headWidth],
    ['llama.rope.freq_base', shape.ropeBase],
    ['llama.attention.layer_norm_rms_epsilon', shape.normEpsilon],
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.pre', 'smollm'],
    ['tokenizer.ggml.tokens', TINY_TOKENS],
    ['tokenizer.ggml.token_type', TINY_TOKENS.map((_, index) => (index < 3 ? 3 : 1))],
    ['tokenizer.ggml.merges', TINY_MERGES],
    ['tokenizer.ggml.eos_token_id', 2],
    ['tokenizer.chat_template', TEMPLATE],
  ]);
}
