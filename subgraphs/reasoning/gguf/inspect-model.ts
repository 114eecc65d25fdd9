import { type LlamaShape, llamaShape } from './llama-shape.ts';
import { LlamaWeights } from './llama-weights.ts';
import { modelInvalid } from './model-invalid.ts';
import { type OpenGguf, openGguf } from './open-gguf.ts';
import { parseTemplate } from './render-template.ts';
import { graphBits } from './tensor-types.ts';
import { readVocabulary, type Vocabulary } from './vocabulary.ts';

/** What a model file says of itself, all of it checked; no weight is read yet. */
export interface ModelFacts {
  readonly shape: LlamaShape;
  readonly vocabulary: Vocabulary;
  /** What its maker calls it; null where the file does not say. */
  readonly name: string | null;
  /** Of all its files. */
  readonly sizeBytes: number;
  /** Memory that both graphs take when they are loaded, without KV caches. */
  readonly neededBytes: number;
}

/** Blocks of 32 at so many bits with their scale of 4 bytes and their zero of 1, a value. */
const EIGHT_BIT_BYTES = 1 + 5 / 32;
/** The same with half the bits and what corrects them, see `toInt4Blocks`. */
const FOUR_BIT_BYTES = (0.5 + 4 / 32) * (1 + 2 / 32);
/** The runtime lays weights out anew as it loads them: 1.16 times as much with SmolLM2, and some to spare. */
const OVERHEAD = 1.25;
const ENGINE_BYTES = 128 << 20;

/** Reads a model file up to its weights. Throws `MODEL_INVALID` saying what it is that cannot be run, and where. */
export function inspectModel(path: string): ModelFacts {
  const file = openGguf(path);
  try {
    return factsOf(file);
  } finally {
    file.source.close();
  }
}

/** The same of a file that is open, and stays it. */
export function factsOf(file: OpenGguf): ModelFacts {
  const shape = llamaShape(file);
  const weights = new LlamaWeights(file.source, file, shape);
  const vocabulary = readVocabulary(file.metadata);
  if (vocabulary.tokens.length !== shape.vocabulary) {
    throw modelInvalid(`it names ${vocabulary.tokens.length} tokens but embeds ${shape.vocabulary}`);
  }
  if (vocabulary.chatTemplate === undefined) throw modelInvalid('it has no chat template');
  try {
    parseTemplate(vocabulary.chatTemplate);
  } catch (error) {
    throw modelInvalid(`its chat template cannot be parsed: ${error instanceof Error ? error.message : error}`);
  }
  const name = file.metadata.get('general.name');
  return {
    shape,
    vocabulary,
    name: typeof name === 'string' && name !== '' ? name.slice(0, 200) : null,
    sizeBytes: file.source.sizeBytes,
    neededBytes: memoryFor(file, weights.staysPlain),
  };
}

function memoryFor(file: OpenGguf, staysPlain: boolean): number {
  let bytes = 0;
  for (const { dimensions, layout } of file.tensors.values()) {
    if (dimensions.length !== 2) continue;
    const values = (dimensions[0] ?? 0) * (dimensions[1] ?? 0);
    const step = graphBits(layout.name) === 4 ? FOUR_BIT_BYTES : EIGHT_BIT_BYTES;
    bytes += values * (staysPlain ? 8 : EIGHT_BIT_BYTES + step);
  }
  return Math.ceil(bytes * OVERHEAD) + ENGINE_BYTES;
}
