import type { MetadataValue } from './gguf-metadata.ts';
import { modelInvalid } from './model-invalid.ts';
import type { GgufFile } from './read-gguf.ts';
import { BLOCK_ELEMENTS } from './read-matrix.ts';

/** The numbers that make one model of the Llama family. */
export interface LlamaShape {
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
}

/** Bounds the rotation tables a damaged file can ask for: 128 MiB. */
const MAX_ROTATION_VALUES = 1 << 25;

/** Reads and checks the shape. Throws `MODEL_INVALID` for another architecture, a number out of range or a feature the graph lacks. */
export function llamaShape(file: GgufFile): LlamaShape {
  const { metadata } = file;
  const architecture = metadata.get('general.architecture');
  if (architecture !== 'llama') {
    throw modelInvalid(`its architecture is '${String(architecture)}', and only 'llama' is supported`);
  }
  const heads = whole(metadata, 'llama.attention.head_count', 1, 1_024);
  const hiddenWidth = whole(metadata, 'llama.embedding_length', BLOCK_ELEMENTS, 65_536);
  const shape: LlamaShape = {
    layers: whole(metadata, 'llama.block_count', 1, 512),
    hiddenWidth,
    heads,
    keyValueHeads: whole(metadata, 'llama.attention.head_count_kv', 1, heads, heads),
    headWidth: whole(metadata, 'llama.attention.key_length', 8, 1_024, hiddenWidth / heads),
    feedForwardWidth: whole(metadata, 'llama.feed_forward_length', BLOCK_ELEMENTS, 1 << 20),
    vocabulary: file.tensors.get('token_embd.weight')?.dimensions[1] ?? 0,
    contextTokens: whole(metadata, 'llama.context_length', 16, 1 << 20),
    ropeBase: real(metadata, 'llama.rope.freq_base', 1, 1e12, 10_000),
    normEpsilon: real(metadata, 'llama.attention.layer_norm_rms_epsilon', 1e-12, 1, undefined),
  };
  checkShape(shape, metadata);
  return shape;
}

function checkShape(shape: LlamaShape, metadata: ReadonlyMap<string, MetadataValue>): void {
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
  if (shape.contextTokens * headWidth > MAX_ROTATION_VALUES) {
    throw modelInvalid(`a context of ${shape.contextTokens} tokens with heads ${headWidth} wide is not supported`);
  }
  if (shape.vocabulary < 1) throw modelInvalid("tensor 'token_embd.weight' is missing");
  const rotated = whole(metadata, 'llama.rope.dimension_count', 2, 1_024, headWidth);
  if (rotated !== headWidth) throw modelInvalid(`it rotates ${rotated} of ${headWidth} values of a head`);
  const valueLength = whole(metadata, 'llama.attention.value_length', 8, 1_024, headWidth);
  if (valueLength !== headWidth) throw modelInvalid('its keys and values differ in width');
  const scaling = metadata.get('llama.rope.scaling.type') ?? 'none';
  if (scaling !== 'none') throw modelInvalid(`its rope scaling '${String(scaling)}' is not supported`);
  if ((metadata.get('llama.expert_count') ?? 0) !== 0) throw modelInvalid('a mixture of experts is not supported');
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
