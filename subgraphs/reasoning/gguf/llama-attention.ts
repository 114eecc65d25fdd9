import { MICROSOFT, type OnnxGraph } from '@supercontext/embed/onnx/onnx-graph.ts';
import type { LlamaShape } from './llama-shape.ts';

const FLOAT16 = 10;
const FLOAT32 = 1;

/**
 * A model is two graphs, because nothing is best at both:
 * - `chunk` reads many new tokens of one sequence: flash attention, and 8-bit weights, which are fastest for many rows;
 * - `step` takes one new token of each of any number of sequences: attention that reads the past in place and makes
 *   nothing as large as it, and 4-bit weights, as a step is as fast as its bytes come from memory.
 */
export type GraphKind = 'chunk' | 'step';

/** Names of the weights of norms that the heads of query and key go through before they are rotated. */
export interface HeadNorms {
  readonly query: string;
  readonly key: string;
}

export interface AttentionParts {
  readonly layer: number;
  /** Query, key and value of every token, side by side. */
  readonly packed: string;
  readonly kind: GraphKind;
  readonly norms: HeadNorms | undefined;
}

/** Values every layer's attention needs; added to the graph once, before the layers. */
export function addAttentionInputs(graph: OnnxGraph, shape: LlamaShape, kind: GraphKind): void {
  const { keyValueHeads, headWidth, layers } = shape;
  graph.input('position_ids', 'int64', ['batch', 'sequence']);
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      graph.input(`past.${layer}.${part}`, 'float16', ['batch', keyValueHeads, 'past', headWidth]);
      graph.output(`new.${layer}.${part}`, 'float16', ['batch', 'sequence', keyValueHeads * headWidth]);
    }
  }
  if (kind === 'chunk') {
    graph.input('seqlens_k', 'int32', ['batch']);
    graph.input('total_sequence_length', 'int32', []);
    return;
  }
  graph.input('past_bias', 'float', ['batch', 1, 1, 'past']);
  graph.node({ type: 'Shape', inputs: ['past_bias'], outputs: ['past_bias_shape'] });
  const place = ['past_bias_shape', graph.integers([3])];
  graph.node({ type: 'Gather', inputs: place, outputs: ['past_width'], attributes: { axis: 0 } });
  const widths = ['past_width', graph.integers([1])];
  graph.node({ type: 'Concat', inputs: widths, outputs: ['past_new_split'], attributes: { axis: 0 } });
}

/**
 * Attention of one layer from its packed query-key-value rows; returns the attended values `[batch, sequence, hidden]`.
 *
 * New keys and values leave the graph as 16-bit rows, and attention is to those rounded rows. So the result does not
 * depend on whether a token is new or was cached before: prefix reuse and rollback are exact. Only the new rows are
 * outputs; the past is an input that the caller owns, because an output as large as the past would be copied every step.
 */
export function addAttention(
  graph: OnnxGraph,
  shape: LlamaShape,
  { layer, packed, kind, norms }: AttentionParts,
): string {
  const { heads, keyValueHeads, headWidth } = shape;
  const name = (part: string): string => `layer${layer}_${part}`;
  const widths = [heads * headWidth, keyValueHeads * headWidth, keyValueHeads * headWidth];
  graph.node({
    type: 'Split',
    inputs: [packed, graph.integers(widths)],
    outputs: [name('q'), name('k'), name('v')],
    attributes: { axis: -1 },
  });
  const rotate = (input: string, count: number, output: string): string =>
    graph.node({
      type: 'RotaryEmbedding',
      inputs: [input, 'position_ids', 'cos_cache', 'sin_cache'],
      outputs: [output],
      attributes: { num_heads: count, interleaved: 0, rotary_embedding_dim: 0 },
      domain: MICROSOFT,
    });
  const round = (input: string, output: string, rounded: string): void => {
    graph.node({ type: 'Cast', inputs: [input], outputs: [output], attributes: { to: FLOAT16 } });
    graph.node({ type: 'Cast', inputs: [output], outputs: [rounded], attributes: { to: FLOAT32 } });
  };
  const normed = (input: string, count: number, gamma: string | undefined): string =>
    gamma === undefined ? input : addHeadNorm(graph, shape, { input, count, gamma });
  rotate(normed(name('q'), heads, norms?.query), heads, name('q_rotated'));
  rotate(normed(name('k'), keyValueHeads, norms?.key), keyValueHeads, name('k_rotated'));
  round(name('k_rotated'), `new.${layer}.key`, name('k_new'));
  round(name('v'), `new.${layer}.value`, name('v_new'));
  for (const part of ['key', 'value']) {
    graph.node({
      type: 'Cast',
      inputs: [`past.${layer}.${part}`],
      outputs: [name(`past_${part}`)],
      attributes: { to: FLOAT32 },
    });
  }
  return kind === 'chunk' ? attendChunk(graph, shape, name) : attendStep(graph, shape, name);
}

/** Norms each head by itself; `input` is `[batch, sequence, count * headWidth]`, and so is what comes out. */
function addHeadNorm(
  graph: OnnxGraph,
  { headWidth, normEpsilon }: LlamaShape,
  { input, count, gamma }: { readonly input: string; readonly count: number; readonly gamma: string },
): string {
  const [heads, normed, output] = [`${input}_heads`, `${input}_heads_normed`, `${input}_normed`];
  graph.node({ type: 'Reshape', inputs: [input, graph.integers([0, 0, count, headWidth])], outputs: [heads] });
  graph.node({
    type: 'SimplifiedLayerNormalization',
    inputs: [heads, gamma],
    outputs: [normed],
    attributes: { axis: -1, epsilon: { float: normEpsilon }, stash_type: 1 },
  });
  return graph.node({
    type: 'Reshape',
    inputs: [normed, graph.integers([0, 0, count * headWidth])],
    outputs: [output],
  });
}

function attendChunk(graph: OnnxGraph, shape: LlamaShape, name: (part: string) => string): string {
  const past = [name('past_key'), name('past_value')];
  return graph.node({
    type: 'GroupQueryAttention',
    inputs: [name('q_rotated'), name('k_new'), name('v_new'), ...past, 'seqlens_k', 'total_sequence_length'],
    outputs: [name('attended'), name('present_key'), name('present_value')],
    attributes: {
      num_heads: shape.heads,
      kv_num_heads: shape.keyValueHeads,
      scale: { float: 1 / Math.sqrt(shape.headWidth) },
      do_rotary: 0,
      local_window_size: -1,
    },
    domain: MICROSOFT,
  });
}

/**
 * Scores against the past and against the new token itself apart, one softmax over both. The query heads that share a key
 * head are the rows of one product.
 */
function attendStep(graph: OnnxGraph, shape: LlamaShape, name: (part: string) => string): string {
  const { heads, keyValueHeads, headWidth } = shape;
  const add = (type: string, inputs: readonly string[], output: string, attributes = {}, domain = ''): string =>
    graph.node({ type, inputs, outputs: [name(output)], attributes, domain });
  const scaled = { transB: 1, alpha: { float: 1 / Math.sqrt(headWidth) } };
  const keyShape = graph.integers([0, keyValueHeads, 1, headWidth]);
  add('Reshape', [name('q_rotated'), graph.integers([0, keyValueHeads, heads / keyValueHeads, headWidth])], 'query');
  add('Reshape', [name('k_new'), keyShape], 'key');
  add('Reshape', [name('v_new'), keyShape], 'value');
  add('FusedMatMul', [name('query'), name('past_key')], 'past_scores', scaled, MICROSOFT);
  add('Add', [name('past_scores'), 'past_bias'], 'past_shown');
  add('FusedMatMul', [name('query'), name('key')], 'new_score', scaled, MICROSOFT);
  add('Concat', [name('past_shown'), name('new_score')], 'scores', { axis: -1 });
  add('Softmax', [name('scores')], 'shares', { axis: -1 });
  graph.node({
    type: 'Split',
    inputs: [name('shares'), 'past_new_split'],
    outputs: [name('past_shares'), name('new_share')],
    attributes: { axis: -1 },
  });
  add('MatMul', [name('past_shares'), name('past_value')], 'from_past');
  add('Mul', [name('new_share'), name('value')], 'from_new');
  add('Add', [name('from_past'), name('from_new')], 'by_head');
  return add('Reshape', [name('by_head'), graph.integers([0, 1, heads * headWidth])], 'attended');
}
