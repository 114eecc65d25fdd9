import { seededRandom } from '../model/random.ts';
import { BYTE_CHARACTERS } from './byte-alphabet.ts';
import type { MetadataValue } from './gguf-metadata.ts';
import type { Architecture } from './llama-shape.ts';
import type { TensorTypeName } from './tensor-types.ts';
import { packValues } from './tiny-llama-blocks.ts';

// For tests: writes GGUF files of a small random model, whole or with any field replaced.

export interface TinyShape {
  readonly architecture: Architecture;
  readonly layers: number;
  readonly hiddenWidth: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForwardWidth: number;
  readonly contextTokens: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
}

const TINY_SHAPE: TinyShape = {
  architecture: 'llama',
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

/** Rows of 256 values, as the K types need them. */
export const WIDE_SHAPE: TinyShape = {
  ...TINY_SHAPE,
  hiddenWidth: 256,
  headWidth: 64,
  feedForwardWidth: 512,
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
  readonly shape: TinyShape;
  readonly metadata: Map<string, MetadataValue>;
  readonly tensors: TinyTensor[];
}

export interface TinyOptions {
  readonly shape?: TinyShape;
  readonly embeddingType?: TensorTypeName;
  /** Without one of its own, the head is the embedding, and such a model likes to say the same token again. */
  readonly ownHead?: boolean;
  /** How large the matrices' values are: with more, what a layer adds is more of the whole. */
  readonly gain?: number;
}

/** A model of random weights, the same for the same seed. */
export function tinyLlama(
  matrixType: TensorTypeName = 'Q4_1',
  seed = 1,
  { shape = TINY_SHAPE, embeddingType = 'Q8_0', ownHead = false, gain = 1 }: TinyOptions = {},
): TinyLlama {
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
    tensor(
      name,
      type,
      [columns, rows],
      () => ((random() + random() + random() - 1.5) * 1.6 * gain) / Math.sqrt(columns),
    );
  const norm = (name: string, width = shape.hiddenWidth): TinyTensor =>
    tensor(name, 'F32', [width], () => 0.8 + 0.4 * random());
  const bias = (name: string, width: number): TinyTensor => tensor(name, 'F32', [width], () => random() - 0.5);
  const { hiddenWidth, heads, keyValueHeads, headWidth, feedForwardWidth } = shape;
  const tensors = [
    tensor('token_embd.weight', embeddingType, [hiddenWidth, TINY_TOKENS.length], () => random() * 2 - 1),
    norm('output_norm.weight'),
  ];
  if (ownHead) tensors.push(matrix('output.weight', TINY_TOKENS.length, hiddenWidth));
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
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}`;
    if (shape.architecture === 'qwen2') {
      tensors.push(
        bias(name('attn_q.bias'), heads * headWidth),
        bias(name('attn_k.bias'), keyValueHeads * headWidth),
        bias(name('attn_v.bias'), keyValueHeads * headWidth),
      );
    } else if (shape.architecture === 'qwen3') {
      tensors.push(norm(name('attn_q_norm.weight'), headWidth), norm(name('attn_k_norm.weight'), headWidth));
    }
  }
  return { shape, metadata: tinyMetadata(shape), tensors };
}

function tinyMetadata(shape: TinyShape): Map<string, MetadataValue> {
  const key = (rest: string): string => `${shape.architecture}.${rest}`;
  return new Map<string, MetadataValue>([
    ['general.architecture', shape.architecture],
    [key('block_count'), shape.layers],
    [key('context_length'), shape.contextTokens],
    [key('embedding_length'), shape.hiddenWidth],
    [key('feed_forward_length'), shape.feedForwardWidth],
    [key('attention.head_count'), shape.heads],
    [key('attention.head_count_kv'), shape.keyValueHeads],
    [key('rope.dimension_count'), shape.headWidth],
    [key('attention.key_length'), shape.headWidth],
    [key('attention.value_length'), shape.headWidth],
    [key('rope.freq_base'), shape.ropeBase],
    [key('attention.layer_norm_rms_epsilon'), shape.normEpsilon],
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.pre', 'smollm'],
    ['tokenizer.ggml.tokens', TINY_TOKENS],
    ['tokenizer.ggml.token_type', TINY_TOKENS.map((_, index) => (index < 3 ? 3 : 1))],
    ['tokenizer.ggml.merges', TINY_MERGES],
    ['tokenizer.ggml.eos_token_id', 2],
    ['tokenizer.chat_template', TEMPLATE],
  ]);
}
