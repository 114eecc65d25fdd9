import type { MetadataValue } from './gguf-metadata.ts';
import { modelInvalid } from './model-invalid.ts';
import type { GgufFile } from './read-gguf.ts';
import { BLOCK_ELEMENTS } from './read-matrix.ts';

/** What the graph can compute; all are of the Llama family, and differ in what the projections of attention have. */
export const ARCHITECTURES = ['llama', 'qwen2', 'qwen3'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** The numbers that make one model of the Llama family. */
export interface LlamaShape {
  readonly architecture: Architecture;
  readonly layers: number;
  readonly hiddenWidth: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForwardWidth: number;
  readonly vocabulary: number;
  readonly contextTokens: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
  /** Query, key and value have something added to them. */
  readonly hasAttentionBias: boolean;
  /** Each head of query and key is normed before it is rotated. */
  readonly hasHeadNorms: boolean;
}

/** Bounds the rotation tables: 32 MiB each. What is left of a longer context is not used. */
const MAX_ROTATION_VALUES = 1 << 23;

/** Reads and checks the shape. Throws `MODEL_INVALID` for another architecture, a number out of range or a feature the graph lacks. */
export function llamaShape(file: GgufFile): LlamaShape {
  const { metadata } = file;
  const name = metadata.get('general.architecture');
  const architecture = ARCHITECTURES.find((known) => known === name);
  if (architecture === undefined) {
    throw modelInvalid(`its architecture is '${String(name)}'; supported are ${ARCHITECTURES.join(', ')}`);
  }
  const key = (rest: string): string => `${architecture}.${rest}`;
  const heads = whole(metadata, key('attention.head_count'), 1, 1_024);
  const hiddenWidth = whole(metadata, key('embedding_length'), BLOCK_ELEMENTS, 65_536);
  const headWidth = whole(metadata, key('attention.key_length'), 8, 1_024, hiddenWidth / heads);
  const contextTokens = whole(metadata, key('context_length'), 16, 1 << 24);
  const shape: LlamaShape = {
    architecture,
    layers: whole(metadata, key('block_count'), 1, 512),
    hiddenWidth,
    heads,
    keyValueHeads: whole(metadata, key('attention.head_count_kv'), 1, heads, heads),
    headWidth,
    feedForwardWidth: whole(metadata, key('feed_forward_length'), BLOCK_ELEMENTS, 1 << 20),
    vocabulary: file.tensors.get('token_embd.weight')?.dimensions[1] ?? 0,
    contextTokens: Math.min(contextTokens, Math.floor(MAX_ROTATION_VALUES / headWidth)),
    ropeBase: real(metadata, key('rope.freq_base'), 1, 1e12, 10_000),
    normEpsilon: real(metadata, key('attention.layer_norm_rms_epsilon'), 1e-12, 1, undefined),
    hasAttentionBias: file.tensors.has('blk.0.attn_q.bias'),
    hasHeadNorms: file.tensors.has('blk.0.attn_q_norm.weight'),
  };
  checkShape(shape, metadata, key);
  return shape;
}

function checkShape(
  shape: LlamaShape,
  metadata: ReadonlyMap<string, MetadataValue>,
  key: (rest: string) => string,
): void {
  const { heads, keyValueHeads, headWidth } = shape;
  if (heads % keyValueHeads !== 0) {
    throw modelInvalid(`${heads} query heads cannot share ${keyValueHeads} key-value heads evenly`);
  }
  if (headWidth % 8 !== 0 || (heads * headWidth) % BLOCK_ELEMENTS !== 0) {
    throw modelInvalid(`a head width of ${headWidth} is not supported`);
  }
  for (const [name, width] of Object.entries({ hidden: shape.hiddenWidth, feedForward: shape.feedForwardWidth })) {
    if (width % BLOCK_ELEMENTS !== 0)
      throw modelInvalid(`its ${name} width ${width} is no multiple of ${BLOCK_ELEMENTS}`);
  }
  if (shape.vocabulary < 1) throw modelInvalid("tensor 'token_embd.weight' is missing");
  const rotated = whole(metadata, key('rope.dimension_count'), 2, 1_024, headWidth);
  if (rotated !== headWidth) throw modelInvalid(`it rotates ${rotated} of ${headWidth} values of a head`);
  const valueLength = whole(metadata, key('attention.value_length'), 8, 1_024, headWidth);
  if (valueLength !== headWidth) throw modelInvalid('its keys and values differ in width');
  const scaling = metadata.get(key('rope.scaling.type')) ?? 'none';
  if (scaling !== 'none') throw modelInvalid(`its rope scaling '${String(scaling)}' is not supported`);
  if ((metadata.get(key('expert_count')) ?? 0) !== 0) throw modelInvalid('a mixture of experts is not supported');
}

function whole(
  metadata: ReadonlyMap<string, MetadataValue>,
  key: string,
  least: number,
  most: number,
  otherwise?: number,
): number {
  const value = real(metadata, key, least, most, otherwise);
  if (!Number.isInteger(value)) throw modelInvalid(`${key} is ${value}, not a whole number`);
  return value;
}

function real(
  metadata: ReadonlyMap<string, MetadataValue>,
  key: string,
  least: number,
  most: number,
  otherwise: number | undefined,
): number {
  const value = metadata.get(key) ?? otherwise;
  if (value === undefined) throw modelInvalid(`${key} is missing`);
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw modelInvalid(`${key} is ${describe(value)}, not a number from ${least} to ${most}`);
  }
  return value;
}

function describe(value: MetadataValue): string {
  return typeof value === 'object' ? 'a list' : String(value);
}
