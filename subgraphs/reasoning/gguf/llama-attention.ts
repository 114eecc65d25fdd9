import type { LlamaShape } from './llama-shape.ts';
import { MICROSOFT, OnnxGraph } from './onnx-graph.ts';

const FLOAT16 = 10;
const FLOAT32 = 1;

/** Values every layer's attention needs; added to the graph once, before the layers. */
export function addAttentionInputs(graph: OnnxGraph, shape: LlamaShape): void {
  const { heads, keyValueHeads, headWidth, layers } = shape;
  graph.input('position_ids', 'int64', ['batch', 'sequence']);
  graph.input('past_bias', 'float', ['batch', 1, 1, 'past']);
  graph.input('seqlens_k', 'int32', ['batch']);
  graph.input('total_sequence_length', 'int32', []);
  for (let layer = 0; layer < layers; layer++) {
    for (const kind of ['key', 'value']) {
      graph.input(`past.${layer}.${kind}`, 'float16', ['batch', keyValueHeads, 'past', headWidth]);
      graph.output(`new.${layer}.${kind}`, 'float16', ['batch', 'sequence', keyValueHeads * headWidth]);
    }
  }
  const width = (of: string, axis: number, name: string): string => {
    graph.node({ type: 'Shape', inputs: [of], outputs: [`${name}_shape`] });
    const inputs = [`${name}_shape`, graph.integers([axis])];
    return graph.node({ type: 'Gather', inputs, outputs: [name], attributes: { axis: 0 } });
  };
  width('input_ids', 1, 'sequence_width');
  width('past_bias', 3, 'past_width');
  const inputs = ['past_width', graph.integers([1])];
  graph.node({ type: 'Concat', inputs, outputs: ['past_new_split'], attributes: { axis: 0 } });
  graph.node({ type: 'Greater', inputs: ['sequence_width', graph.integers([1])], outputs: ['many_new'] });
  graph.node({ type: 'Squeeze', inputs: ['many_new'], outputs: ['use_grouped'] });
  // Constants of the branches belong to the outer graph, where all layers share them.
  graph.integers([0, keyValueHeads, heads / keyValueHeads, headWidth]);
  graph.integers([0, keyValueHeads, 1, headWidth]);
  graph.integers([0, 1, heads * headWidth]);
}

/**
 * Attention of one layer from its packed query-key-value rows; returns the attended values `[batch, sequence, hidden]`.
 *
 * New keys and values leave the graph as 16-bit rows, and both branches attend to those rounded rows. So the result does
 * not depend on whether a token is new or was cached before: prefix reuse and rollback are exact. Only the new rows are
 * outputs; the past is an input that the caller owns, because an output as large as the past would be copied every step.
 */
export function addAttention(graph: OnnxGraph, shape: LlamaShape, layer: number, packed: string): string {
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
  rotate(name('q'), heads, name('q_rotated'));
  rotate(name('k'), keyValueHeads, name('k_rotated'));
  round(name('k_rotated'), `new.${layer}.key`, name('k_new'));
  round(name('v'), `new.${layer}.value`, name('v_new'));
  return graph.node({
    type: 'If',
    inputs: ['use_grouped'],
    outputs: [name('attended')],
    attributes: {
      then_branch: chunkBranch(shape, layer, name),
      else_branch: stepBranch(graph, shape, layer, name),
    },
  });
}

function addPast(branch: OnnxGraph, layer: number, kind: string, output: string): void {
  branch.node({
    type: 'Cast',
    inputs: [`past.${layer}.${kind}`],
    outputs: [output],
    attributes: { to: FLOAT32 },
  });
}

/** For a chunk of a prompt, one sequence at a time: flash attention. */
function chunkBranch(shape: LlamaShape, layer: number, name: (part: string) => string): OnnxGraph {
  const branch = new OnnxGraph(name('chunk'));
  addPast(branch, layer, 'key', name('c_past_key'));
  addPast(branch, layer, 'value', name('c_past_value'));
  branch.node({
    type: 'GroupQueryAttention',
    inputs: [
      name('q_rotated'),
      name('k_new'),
      name('v_new'),
      name('c_past_key'),
      name('c_past_value'),
      'seqlens_k',
      'total_sequence_length',
    ],
    outputs: [name('c_attended'), name('c_present_key'), name('c_present_value')],
    attributes: {
      num_heads: shape.heads,
      kv_num_heads: shape.keyValueHeads,
      scale: { float: 1 / Math.sqrt(shape.headWidth) },
      do_rotary: 0,
      local_window_size: -1,
    },
    domain: MICROSOFT,
  });
  branch.output(name('c_attended'), 'float');
  return branch;
}

/**
 * For one new token of each of any number of sequences: scores against the past and against the token itself apart, one
 * softmax over both. The query heads that share a key head are the rows of one product.
 */
function stepBranch(outer: OnnxGraph, shape: LlamaShape, layer: number, name: (part: string) => string): OnnxGraph {
  const { heads, keyValueHeads, headWidth } = shape;
  const branch = new OnnxGraph(name('step'));
  const add = (type: string, inputs: readonly string[], output: string, attributes = {}, domain = ''): string =>
    branch.node({ type, inputs, outputs: [name(output)], attributes, domain });
  const scaled = { transB: 1, alpha: { float: 1 / Math.sqrt(headWidth) } };
  const keyShape = outer.integers([0, keyValueHeads, 1, headWidth]);
  add('Reshape', [name('q_rotated'), outer.integers([0, keyValueHeads, heads / keyValueHeads, headWidth])], 's_q');
  add('Reshape', [name('k_new'), keyShape], 's_k');
  add('Reshape', [name('v_new'), keyShape], 's_v');
  addPast(branch, layer, 'key', name('s_past_key'));
  add('FusedMatMul', [name('s_q'), name('s_past_key')], 's_past_scores', scaled, MICROSOFT);
  add('Add', [name('s_past_scores'), 'past_bias'], 's_past_masked');
  add('FusedMatMul', [name('s_q'), name('s_k')], 's_new_scores', scaled, MICROSOFT);
  add('Concat', [name('s_past_masked'), name('s_new_scores')], 's_scores', { axis: -1 });
  add('Softmax', [name('s_scores')], 's_weights', { axis: -1 });
  branch.node({
    type: 'Split',
    inputs: [name('s_weights'), 'past_new_split'],
    outputs: [name('s_past_weights'), name('s_new_weights')],
    attributes: { axis: -1 },
  });
  addPast(branch, layer, 'value', name('s_past_value'));
  add('MatMul', [name('s_past_weights'), name('s_past_value')], 's_from_past');
  add('Mul', [name('s_new_weights'), name('s_v')], 's_from_new');
  add('Add', [name('s_from_past'), name('s_from_new')], 's_sum');
  branch.output(add('Reshape', [name('s_sum'), outer.integers([0, 1, heads * headWidth])], 's_attended'), 'float');
  return branch;
}
