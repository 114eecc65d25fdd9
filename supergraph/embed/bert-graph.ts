import type { BertLayer, BertWeights, Linear, Normalisation } from './bert-weights.ts';
import { MICROSOFT, OnnxGraph } from './onnx/onnx-graph.ts';
import { quantiseRows, quantiseTransposed } from './quantise-columns.ts';

/** Names of input and output: ids are `[batch, pieces]`, without padding; the vectors `[batch, hidden]`, of length 1. */
export const PIECE_IDS = 'input_ids';
export const VECTORS = 'sentence_embedding';

/** What BERT adds to a variance so that it is never 0. */
const EPSILON = { float: 1e-12 };
/** The type of a tensor by its number in ONNX. */
const FLOAT = 1;

/** `int8` is the one that is run; `float` computes the same without rounding, to compare with. */
export type Precision = 'int8' | 'float';

/**
 * A BERT encoder, the mean over the pieces of each text, brought to length 1. Weights are signed bytes with a scale for each
 * output; what is multiplied with them is rounded to bytes on the way (DynamicQuantizeMatMul), all else is float.
 */
export function buildBertGraph(weights: BertWeights, precision: Precision): OnnxGraph {
  const graph = new OnnxGraph('bert');
  graph.input(PIECE_IDS, 'int64', ['batch', 'pieces']);
  graph.output(VECTORS, 'float', ['batch', weights.hidden]);
  let hidden = addEmbedding(graph, weights, precision);
  for (const [at, layer] of weights.layers.entries()) {
    hidden = addLayer(graph, { layer, name: `layer${at}`, input: hidden, heads: weights.heads, precision });
  }
  addPooling(graph, hidden);
  return graph;
}

function addEmbedding(graph: OnnxGraph, weights: BertWeights, precision: Precision): string {
  const { hidden, vocabulary, positions, words, places, afterEmbedding } = weights;
  let embedded: string;
  if (precision === 'float') {
    floats(graph, 'words', [vocabulary, hidden], words);
    embedded = graph.node({ type: 'Gather', inputs: ['words', PIECE_IDS], outputs: ['embedded'] });
  } else {
    const { values, scales } = quantiseRows(words, vocabulary, hidden);
    graph.initializer('words', 'int8', [vocabulary, hidden], bytesOf(values));
    floats(graph, 'word_scales', [vocabulary, 1], scales);
    graph.node({ type: 'Gather', inputs: ['words', PIECE_IDS], outputs: ['rounded'] });
    graph.node({ type: 'Cast', inputs: ['rounded'], outputs: ['unscaled'], attributes: { to: FLOAT } });
    graph.node({ type: 'Gather', inputs: ['word_scales', PIECE_IDS], outputs: ['scales'] });
    embedded = graph.node({ type: 'Mul', inputs: ['unscaled', 'scales'], outputs: ['embedded'] });
  }
  floats(graph, 'places', [positions, hidden], places);
  graph.node({ type: 'Shape', inputs: [PIECE_IDS], outputs: ['length'], attributes: { start: 1, end: 2 } });
  const zero = graph.integers([0]);
  graph.node({ type: 'Slice', inputs: ['places', zero, 'length', zero], outputs: ['placed'] });
  graph.node({ type: 'Add', inputs: [embedded, 'placed'], outputs: ['summed'] });
  return addNormalisation(graph, 'summed', 'layer_input', afterEmbedding);
}

interface LayerPlace {
  readonly layer: BertLayer;
  readonly name: string;
  readonly input: string;
  readonly heads: number;
  readonly precision: Precision;
}

function addLayer(graph: OnnxGraph, { layer, name, input, heads, precision }: LayerPlace): string {
  const product = (part: 'query' | 'key' | 'value' | 'joined' | 'wide' | 'narrow', from: string) =>
    addLinear(graph, { linear: layer[part], name: `${name}_${part}`, input: from, precision });
  const [query, key, value] = [product('query', input), product('key', input), product('value', input)];
  graph.node({
    type: 'MultiHeadAttention',
    inputs: [query, key, value],
    outputs: [`${name}_attention`],
    attributes: { num_heads: heads },
    domain: MICROSOFT,
  });
  const joined = product('joined', `${name}_attention`);
  const attended = addNormalisedSum(graph, input, joined, { name: `${name}_norm1`, norm: layer.afterAttention });
  graph.node({
    type: 'Gelu',
    inputs: [product('wide', attended)],
    outputs: [`${name}_active`],
    domain: MICROSOFT,
  });
  const narrow = product('narrow', `${name}_active`);
  return addNormalisedSum(graph, attended, narrow, { name: `${name}_norm2`, norm: layer.afterNarrow });
}

function addLinear(
  graph: OnnxGraph,
  {
    linear: { outputs, inputs, weight, bias },
    name,
    input,
    precision,
  }: { readonly linear: Linear; readonly name: string; readonly input: string; readonly precision: Precision },
): string {
  floats(graph, `${name}_bias`, [outputs], bias);
  if (precision === 'float') {
    floats(graph, `${name}_weight`, [inputs, outputs], transposed(weight, outputs, inputs));
    graph.node({ type: 'MatMul', inputs: [input, `${name}_weight`], outputs: [`${name}_product`] });
    return graph.node({ type: 'Add', inputs: [`${name}_product`, `${name}_bias`], outputs: [name] });
  }
  const { values, scales } = quantiseTransposed(weight, outputs, inputs);
  graph.initializer(`${name}_weight`, 'int8', [inputs, outputs], bytesOf(values));
  floats(graph, `${name}_scale`, [outputs], scales);
  graph.initializer(`${name}_zero`, 'int8', [outputs], new Uint8Array(outputs));
  return graph.node({
    type: 'DynamicQuantizeMatMul',
    inputs: [input, `${name}_weight`, `${name}_scale`, `${name}_zero`, `${name}_bias`],
    outputs: [name],
    domain: MICROSOFT,
  });
}

/** Two operators rather than the fused SkipLayerNormalization, which takes ten times as long. */
function addNormalisedSum(
  graph: OnnxGraph,
  one: string,
  other: string,
  { name, norm }: { readonly name: string; readonly norm: Normalisation },
): string {
  graph.node({ type: 'Add', inputs: [one, other], outputs: [`${name}_sum`] });
  return addNormalisation(graph, `${name}_sum`, name, norm);
}

function addNormalisation(graph: OnnxGraph, input: string, name: string, { scale, shift }: Normalisation): string {
  floats(graph, `${name}_scale`, [scale.length], scale);
  floats(graph, `${name}_shift`, [shift.length], shift);
  return graph.node({
    type: 'LayerNormalization',
    inputs: [input, `${name}_scale`, `${name}_shift`],
    outputs: [name],
    attributes: { axis: -1, epsilon: EPSILON },
  });
}

/** A vector of length 1 is the same for the sum as for the mean. */
function addPooling(graph: OnnxGraph, hidden: string): void {
  const pieces = graph.integers([1]);
  graph.node({ type: 'ReduceSum', inputs: [hidden, pieces], outputs: ['total'], attributes: { keepdims: 0 } });
  graph.node({ type: 'LpNormalization', inputs: ['total'], outputs: [VECTORS], attributes: { axis: -1, p: 2 } });
}

function floats(graph: OnnxGraph, name: string, shape: readonly number[], values: Float32Array): void {
  graph.initializer(name, 'float', shape, bytesOf(values));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = matrix[row * columns + column] as number;
    }
  }
  return turned;
}
