import { ELEMENT_TYPES, MICROSOFT, OnnxGraph, type TensorSink } from '@supercontext/embed/onnx/onnx-graph.ts';
import { addAttention, addAttentionInputs, type GraphForm, type HeadNorms } from './llama-attention.ts';
import type { LlamaShape } from './llama-shape.ts';
import type { LlamaWeights } from './llama-weights.ts';
import { addFloats, type Precision } from './precision.ts';
import { QuantisedProducts } from './quantised-products.ts';

/** Raise whenever the graph of the same weights would differ: prepared models of an older version are built anew. */
export const GRAPH_VERSION = 6;

const END = 2 ** 31 - 1;

/**
 * One graph of a model: `input_ids [batch, sequence]` to the `logits [batch, 1, vocabulary]` after the last token, plus
 * the new key and value rows of each layer. Big tensors go to the sink as they are read.
 */
export function buildLlamaGraph(
  shape: LlamaShape,
  weights: LlamaWeights,
  { kind, precision, sink }: GraphForm & { readonly sink: TensorSink },
): OnnxGraph {
  const graph = new OnnxGraph(kind);
  // The corrections of 4-bit blocks are sums and their differences: more than 16 bits hold.
  const fewestBits = kind === 'step' && precision === 'float' ? 4 : 8;
  const products = new QuantisedProducts(graph, sink, { fewestBits, precision });
  graph.input('input_ids', 'int64', ['batch', 'sequence']);
  graph.output('logits', 'float', ['batch', 1, shape.vocabulary]);
  addAttentionInputs(graph, shape, { kind, precision });
  addRotationTables(graph, shape, weights.rotationDivisors(), { precision, sink });
  let residual = products.lookUp('input_ids', weights.embedding(), 'embedding');
  let added: string | undefined;
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `layer${layer}_${part}`;
    const before = addNorm(graph, shape, {
      precision,
      residual,
      added,
      gamma: weights.norm(layer, 'attn_norm'),
      name: name('attention_norm'),
    });
    residual = before.sum;
    const product = products.multiply(before.normed, weights.queryKeyValue(layer), name('qkv'));
    const packed = addBias(graph, {
      input: product,
      bias: weights.queryKeyValueBias(layer),
      precision,
      name: name('qkv_biased'),
    });
    const norms = addHeadNorms(graph, shape, { weights, layer, precision });
    const attended = addAttention(graph, shape, { layer, packed, kind, precision, norms });
    const attention = products.multiply(attended, weights.attentionOutput(layer), name('attention_output'));
    const between = addNorm(graph, shape, {
      precision,
      residual,
      added: attention,
      gamma: weights.norm(layer, 'ffn_norm'),
      name: name('feed_norm'),
    });
    residual = between.sum;
    const gate = products.multiply(between.normed, weights.feedForward(layer, 'ffn_gate'), name('gate'));
    const up = products.multiply(between.normed, weights.feedForward(layer, 'ffn_up'), name('up'));
    graph.node({ type: 'Sigmoid', inputs: [gate], outputs: [name('sigmoid')] });
    graph.node({ type: 'Mul', inputs: [gate, name('sigmoid')], outputs: [name('activated')] });
    graph.node({ type: 'Mul', inputs: [name('activated'), up], outputs: [name('gated')] });
    added = products.multiply(name('gated'), weights.feedForward(layer, 'ffn_down'), name('down'));
  }
  const last = addNorm(graph, shape, { precision, residual, added, gamma: weights.finalNorm(), name: 'final_norm' });
  // Before the head, not after: logits of a whole chunk would be 100 MB.
  graph.node({
    type: 'Slice',
    inputs: [last.normed, graph.integers([-1]), graph.integers([END]), graph.integers([1])],
    outputs: ['last_hidden'],
  });
  const scores = weights.hasOwnHead
    ? products.multiply('last_hidden', weights.head(), 'scores')
    : products.multiplyByLookedUp('last_hidden', 'embedding', 'scores');
  graph.node({ type: 'Cast', inputs: [scores], outputs: ['logits'], attributes: { to: ELEMENT_TYPES.float } });
  return graph;
}

/** Cosine and sine for every position, `[context, headWidth / 2]`. */
function addRotationTables(
  graph: OnnxGraph,
  shape: LlamaShape,
  divisors: Float32Array,
  place: { readonly precision: Precision; readonly sink: TensorSink },
): void {
  const { contextTokens, headWidth, ropeBase } = shape;
  const half = headWidth / 2;
  const cosines = new Float32Array(contextTokens * half);
  const sines = new Float32Array(contextTokens * half);
  for (let index = 0; index < half; index++) {
    const frequency = ropeBase ** ((-2 * index) / headWidth) / (divisors[index] ?? 1);
    for (let position = 0; position < contextTokens; position++) {
      cosines[position * half + index] = Math.cos(position * frequency);
      sines[position * half + index] = Math.sin(position * frequency);
    }
  }
  const dimensions = [contextTokens, half];
  addFloats(graph, { name: 'cos_cache', dimensions, values: cosines, ...place });
  addFloats(graph, { name: 'sin_cache', dimensions, values: sines, ...place });
}

interface BiasParts {
  readonly input: string;
  readonly bias: Float32Array<ArrayBuffer> | undefined;
  readonly precision: Precision;
  readonly name: string;
}

function addBias(graph: OnnxGraph, { input, bias, precision, name }: BiasParts): string {
  if (bias === undefined) return input;
  const floats = { name: `${name}_bias`, dimensions: [bias.length], values: bias, precision };
  return graph.node({ type: 'Add', inputs: [input, addFloats(graph, floats)], outputs: [name] });
}

interface HeadNormParts {
  readonly weights: LlamaWeights;
  readonly layer: number;
  readonly precision: Precision;
}

function addHeadNorms(
  graph: OnnxGraph,
  { hasHeadNorms, headWidth }: LlamaShape,
  { weights, layer, precision }: HeadNormParts,
): HeadNorms | undefined {
  if (!hasHeadNorms) return undefined;
  const add = (which: 'attn_q_norm' | 'attn_k_norm'): string => {
    const values = weights.headNorm(layer, which);
    return addFloats(graph, { name: `layer${layer}_${which}_gamma`, dimensions: [headWidth], values, precision });
  };
  return { query: add('attn_q_norm'), key: add('attn_k_norm') };
}

interface NormParts {
  readonly precision: Precision;
  readonly residual: string;
  /** What the last sublayer made; undefined before the first one. */
  readonly added: string | undefined;
  readonly gamma: Float32Array<ArrayBuffer>;
  readonly name: string;
}

/** Adds what the last sublayer made to the residual, and norms the sum. */
function addNorm(
  graph: OnnxGraph,
  shape: LlamaShape,
  { precision, residual, added, gamma, name }: NormParts,
): { readonly normed: string; readonly sum: string } {
  const floats = { name: `${name}_gamma`, dimensions: [gamma.length], values: gamma, precision };
  const weights = addFloats(graph, floats);
  const epsilon = { float: shape.normEpsilon };
  if (added === undefined) {
    const attributes = { axis: -1, epsilon, stash_type: 1 };
    const inputs = [residual, weights];
    graph.node({ type: 'SimplifiedLayerNormalization', inputs, outputs: [name], attributes });
    return { normed: name, sum: residual };
  }
  const sum = `${name}_sum`;
  graph.node({
    type: 'SkipSimplifiedLayerNormalization',
    inputs: [residual, added, weights],
    outputs: [name, '', '', sum],
    attributes: { epsilon },
    domain: MICROSOFT,
  });
  return { normed: name, sum };
}
