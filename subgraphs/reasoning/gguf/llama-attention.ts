import { ELEMENT_TYPES, MICROSOFT, type OnnxGraph } from '@supercontext/embed/onnx/onnx-graph.ts';
import type { LlamaShape } from './llama-shape.ts';
import type { Precision } from './precision.ts';

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

/** Which of a model's graphs, and what it calculates with. */
export interface GraphForm {
  readonly kind: GraphKind;
  readonly precision: Precision;
}

export interface AttentionParts extends GraphForm {
  readonly layer: number;
  /** Query, key and value of every token, side by side. */
  readonly packed: string;
  readonly norms: HeadNorms | undefined;
}

/** Values every layer's attention needs; added to the graph once, before the layers. */
export function addAttentionInputs(graph: OnnxGraph, shape: LlamaShape, { kind, precision }: GraphForm): void {
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
  const to = ELEMENT_TYPES[precision];
  graph.node({ type: 'Cast', inputs: ['past_bias'], outputs: ['past_hidden'], attributes: { to } });
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
  { layer, packed, kind, precision, norms }: AttentionParts,
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
  const normed = (input: string, count: number, gamma: string | undefined): string =>
    gamma === undefined ? input : addHeadNorm(graph, shape, { input, count, gamma });
  rotate(normed(name('q'), heads, norms?.query), heads, name('q_rotated'));
  rotate(normed(name('k'), keyValueHeads, norms?.key), keyValueHeads, name('k_rotated'));
  const cast = (input: string, to: Precision, output: string): string =>
    graph.node({ type: 'Cast', inputs: [input], outputs: [output], attributes: { to: ELEMENT_TYPES[to] } });
  const rows: AttendedRows = {
    query: name('q_rotated'),
    key: cast(cast(name('k_rotated'), 'float16', `new.${layer}.key`), precision, name('k_new')),
    value: cast(cast(name('v'), 'float16', `new.${layer}.value`), precision, name('v_new')),
    pastKey: cast(`past.${layer}.key`, precision, name('past_key')),
    pastValue: cast(`past.${layer}.value`, precision, name('past_value')),
  };
  return kind === 'chunk' ? attendChunk(graph, shape, rows, name) : attendStep(graph, shape, rows, name);
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

/** Names of what attention of one layer is between. */
interface AttendedRows {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly pastKey: string;
  readonly pastValue: string;
}

function attendChunk(
  graph: OnnxGraph,
  shape: LlamaShape,
  { query, key, value, pastKey, pastValue }: AttendedRows,
  name: (part: string) => string,
): string {
  return graph.node({
    type: 'GroupQueryAttention',
    inputs: [query, key, value, pastKey, pastValue, 'seqlens_k', 'total_sequence_length'],
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
function attendStep(graph: OnnxGraph, shape: LlamaShape, rows: AttendedRows, name: (part: string) => string): string {
  const { heads, keyValueHeads, headWidth } = shape;
  const add = (type: string, inputs: readonly string[], output: string, attributes = {}, domain = ''): string =>
    graph.node({ type, inputs, outputs: [name(output)], attributes, domain });
  const scaled = { transB: 1, alpha: { float: 1 / Math.sqrt(headWidth) } };
  const keyShape = graph.integers([0, keyValueHeads, 1, headWidth]);
  add('Reshape', [rows.query, graph.integers([0, keyValueHeads, heads / keyValueHeads, headWidth])], 'query');
  add('Reshape', [rows.key, keyShape], 'key');
  add('Reshape', [rows.value, keyShape], 'value');
  add('FusedMatMul', [name('query'), rows.pastKey], 'past_scores', scaled, MICROSOFT);
  add('Add', [name('past_scores'), 'past_hidden'], 'past_shown');
  add('FusedMatMul', [name('query'), name('key')], 'new_score', scaled, MICROSOFT);
  add('Concat', [name('past_shown'), name('new_score')], 'scores', { axis: -1 });
  add('Softmax', [name('scores')], 'shares', { axis: -1 });
  graph.node({
    type: 'Split',
    inputs: [name('shares'), 'past_new_split'],
    outputs: [name('past_shares'), name('new_share')],
    attributes: { axis: -1 },
  });
  add('MatMul', [name('past_shares'), rows.pastValue], 'from_past');
  add('Mul', [name('new_share'), name('value')], 'from_new');
  add('Add', [name('from_past'), name('from_new')], 'by_head');
  return add('Reshape', [name('by_head'), graph.integers([0, 1, heads * headWidth])], 'attended');
}
