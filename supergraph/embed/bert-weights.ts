import { ContractError } from '@supercontext/contract';
import type { Safetensors, Tensor } from './read-safetensors.ts';

/** A matrix of `[outputs, inputs]` and what is added to its outputs. */
export interface Linear {
  readonly outputs: number;
  readonly inputs: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface Normalisation {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

export interface BertLayer {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly joined: Linear;
  readonly afterAttention: Normalisation;
  readonly wide: Linear;
  readonly narrow: Linear;
  readonly afterNarrow: Normalisation;
}

export interface BertWeights {
  readonly hidden: number;
  readonly vocabulary: number;
  readonly positions: number;
  readonly heads: number;
  /** `[vocabulary, hidden]`. */
  readonly words: Float32Array;
  /** `[positions, hidden]`, with what every word of a first sentence gets. */
  readonly places: Float32Array;
  readonly afterEmbedding: Normalisation;
  readonly layers: readonly BertLayer[];
}

/** Reads the weights of a BERT encoder by the names Hugging Face gives them. @throws ContractError MODEL_INVALID */
export function readBertWeights(file: Safetensors, heads: number): BertWeights {
  const words = file.read('embeddings.word_embeddings.weight', 2);
  const places = file.read('embeddings.position_embeddings.weight', 2);
  const kinds = file.read('embeddings.token_type_embeddings.weight', 2);
  const [vocabulary = 0, hidden = 0] = words.shape;
  for (const [name, { shape }] of Object.entries({ places, kinds })) {
    if (shape[1] !== hidden)
      throw new ContractError('MODEL_INVALID', `weights refused: ${name} are not ${hidden} wide`);
  }
  const layers: BertLayer[] = [];
  while (file.names.includes(`encoder.layer.${layers.length}.output.dense.weight`)) {
    layers.push(readLayer(file, `encoder.layer.${layers.length}.`));
  }
  return {
    hidden,
    vocabulary,
    positions: places.shape[0] ?? 0,
    heads,
    words: words.values,
    places: places.values.map((value, at) => value + (kinds.values[at % hidden] as number)),
    afterEmbedding: normalisation(file, 'embeddings.LayerNorm'),
    layers,
  };
}

function readLayer(file: Safetensors, prefix: string): BertLayer {
  return {
    query: linear(file, `${prefix}attention.self.query`),
    key: linear(file, `${prefix}attention.self.key`),
    value: linear(file, `${prefix}attention.self.value`),
    joined: linear(file, `${prefix}attention.output.dense`),
    afterAttention: normalisation(file, `${prefix}attention.output.LayerNorm`),
    wide: linear(file, `${prefix}intermediate.dense`),
    narrow: linear(file, `${prefix}output.dense`),
    afterNarrow: normalisation(file, `${prefix}output.LayerNorm`),
  };
}

function linear(file: Safetensors, name: string): Linear {
  const { shape, values }: Tensor = file.read(`${name}.weight`, 2);
  const [outputs = 0, inputs = 0] = shape;
  return { outputs, inputs, weight: values, bias: file.read(`${name}.bias`, 1).values };
}

function normalisation(file: Safetensors, name: string): Normalisation {
  return { scale: file.read(`${name}.weight`, 1).values, shift: file.read(`${name}.bias`, 1).values };
}
