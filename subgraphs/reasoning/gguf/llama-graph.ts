import type { Int8Blocks } from './int8-blocks.ts';
import { addAttention, addAttentionInputs } from './llama-attention.ts';
import type { LlamaShape } from './llama-shape.ts';
import type { LlamaWeights } from './llama-weights.ts';
import { MICROSOFT, OnnxGraph, type TensorSink } from './onnx-graph.ts';
import { BLOCK_ELEMENTS } from './read-matrix.ts';

/** Raise whenever the graph of the same weights would differ: prepared models of an older version are built anew. */
export const GRAPH_VERSION = 2;

/** Integer activations: the only setting with fast kernels for quantised weights. */
const ACCURACY_LEVEL = 4;
const END = 2 ** 31 - 1;

/**
 * The whole model: `input_ids [batch, sequence]` to the `logits [batch, 1, vocabulary]` after the last token, plus the new
 * key and value rows of each layer. Big tensors go to the sink as they are read.
 */
export function buildLlamaGraph(shape: LlamaShape, weights: LlamaWeights, sink: TensorSink): OnnxGraph {
  const graph = new OnnxGraph('llama');
  const builder = new LlamaGraphBuilder(graph, shape, sink);
  graph.input('input_ids', 'int64', ['batch', 'sequence']);
  graph.output('logits', 'float', ['batch', 1, shape.vocabulary]);
  addAttentionInputs(graph, shape);
  builder.rotationTables(weights.rotationDivisors());
  let residual = builder.embed(weights.embedding());
  let added: string | undefined;
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `layer${layer}_${part}`;
    const before = builder.normAfterAdd(residual, added, weights.norm(layer, 'attn_norm'), name('attention_norm'));
    residual = before.sum;
    const packed = builder.linear(before.normed, weights.queryKeyValue(layer), name('qkv'));
    const attended = addAttention(graph, shape, layer, packed);
    const attention = builder.linear(attended, weights.attentionOutput(layer), name('attention_output'));
    const between = builder.normAfterAdd(residual, attention, weights.norm(layer, 'ffn_norm'), name('feed_norm'));
    residual = between.sum;
    const gate = builder.linear(between.normed, weights.feedForward(layer, 'ffn_gate'), name('gate'));
    const up = builder.linear(between.normed, weights.feedForward(layer, 'ffn_up'), name('up'));
    graph.node({ type: 'Sigmoid', inputs: [gate], outputs: [name('sigmoid')] });
    graph.node({ type: 'Mul', inputs: [gate, name('sigmoid')], outputs: [name('activated')] });
    graph.node({ type: 'Mul', inputs: [name('activated'), up], outputs: [name('gated')] });
    added = builder.linear(name('gated'), weights.feedForward(layer, 'ffn_down'), name('down'));
  }
  const last = builder.normAfterAdd(residual, added, weights.finalNorm(), 'final_norm');
  builder.logits(last.normed, weights.hasOwnHead ? weights.head() : undefined);
  return graph;
}

class LlamaGraphBuilder {
  readonly #graph: OnnxGraph;
  readonly #shape: LlamaShape;
  readonly #sink: TensorSink;
  #embeddingWeights: readonly string[] = [];

  constructor(graph: OnnxGraph, shape: LlamaShape, sink: TensorSink) {
    this.#graph = graph;
    this.#shape = shape;
    this.#sink = sink;
  }

  /** Cosine and sine for every position, `[context, headWidth / 2]`. */
  rotationTables(divisors: Float32Array): void {
    const { contextTokens, headWidth, ropeBase } = this.#shape;
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
    this.#floats('cos_cache', [contextTokens, half], cosines);
    this.#floats('sin_cache', [contextTokens, half], sines);
  }

  /** Token ids to rows. The weights stay at hand: a model without a head of its own uses them again. */
  embed(blocks: Int8Blocks): string {
    const [quants = '', ...rest] = this.#blocks('embedding', blocks);
    this.#embeddingWeights = [quants, ...rest];
    this.#graph.node({
      type: 'Reshape',
      inputs: [quants, this.#graph.integers([blocks.rows, blocks.columns])],
      outputs: ['embedding_rows'],
    });
    const [scales = '', zeros] = rest;
    return this.#graph.node({
      type: 'GatherBlockQuantized',
      inputs: ['embedding_rows', 'input_ids', scales, ...(zeros === undefined ? [] : [zeros])],
      outputs: ['embedded'],
      attributes: { gather_axis: 0, quantize_axis: 1, block_size: BLOCK_ELEMENTS, bits: 8 },
      domain: MICROSOFT,
    });
  }

  /** Adds what the last sublayer made to the residual, and norms the sum. */
  normAfterAdd(
    residual: string,
    added: string | undefined,
    gamma: Float32Array<ArrayBuffer>,
    name: string,
  ): { readonly normed: string; readonly sum: string } {
    const weights = this.#graph.initializer(`${name}_gamma`, 'float', [gamma.length], bytesOf(gamma));
    const epsilon = { float: this.#shape.normEpsilon };
    if (added === undefined) {
      const attributes = { axis: -1, epsilon, stash_type: 1 };
      const inputs = [residual, weights];
      this.#graph.node({ type: 'SimplifiedLayerNormalization', inputs, outputs: [name], attributes });
      return { normed: name, sum: residual };
    }
    const sum = `${name}_sum`;
    this.#graph.node({
      type: 'SkipSimplifiedLayerNormalization',
      inputs: [residual, added, weights],
      outputs: [name, '', '', sum],
      attributes: { epsilon },
      domain: MICROSOFT,
    });
    return { normed: name, sum };
  }

  linear(input: string, blocks: Int8Blocks, name: string): string {
    return this.#multiply(input, this.#blocks(`${name}_weight`, blocks), blocks, name);
  }

  logits(hidden: string, head: Int8Blocks | undefined): string {
    const graph = this.#graph;
    // Before the head, not after: logits of a whole chunk would be 100 MB.
    graph.node({
      type: 'Slice',
      inputs: [hidden, graph.integers([-1]), graph.integers([END]), graph.integers([1])],
      outputs: ['last_hidden'],
    });
    if (head !== undefined) return this.linear('last_hidden', head, 'logits');
    const { vocabulary: rows, hiddenWidth: columns } = this.#shape;
    return this.#multiply('last_hidden', this.#embeddingWeights, { rows, columns }, 'logits');
  }

  #multiply(
    input: string,
    weights: readonly string[],
    { rows, columns }: { readonly rows: number; readonly columns: number },
    name: string,
  ): string {
    return this.#graph.node({
      type: 'MatMulNBits',
      inputs: [input, ...weights],
      outputs: [name],
      attributes: { K: columns, N: rows, bits: 8, block_size: BLOCK_ELEMENTS, accuracy_level: ACCURACY_LEVEL },
      domain: MICROSOFT,
    });
  }

  #blocks(name: string, { rows, columns, quants, scales, zeros }: Int8Blocks): readonly string[] {
    const blocks = columns / BLOCK_ELEMENTS;
    const names = [
      this.#graph.initializer(`${name}_quants`, 'uint8', [rows, blocks, BLOCK_ELEMENTS], quants, this.#sink),
      this.#floats(`${name}_scales`, [rows, blocks], scales),
    ];
    if (zeros !== undefined) {
      names.push(this.#graph.initializer(`${name}_zeros`, 'uint8', [rows, blocks], zeros, this.#sink));
    }
    return names;
  }

  #floats(name: string, dimensions: readonly number[], values: Float32Array<ArrayBuffer>): string {
    return this.#graph.initializer(name, 'float', dimensions, bytesOf(values), this.#sink);
  }
}

function bytesOf(values: Float32Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
