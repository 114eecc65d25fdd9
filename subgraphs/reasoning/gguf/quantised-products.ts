import { MICROSOFT, type OnnxGraph, type TensorSink } from '@supercontext/embed/onnx/onnx-graph.ts';
import { type Int4Blocks, toInt4Blocks } from './int4-blocks.ts';
import { toInt8Blocks } from './int8-blocks.ts';
import { addFloats, type Precision } from './precision.ts';
import { type AffineMatrix, BLOCK_ELEMENTS, type FloatMatrix, type Matrix } from './read-matrix.ts';

/** Integer activations: the only setting with fast kernels for quantised weights. */
const ACCURACY_LEVEL = 4;

export interface ProductsOptions {
  readonly fewestBits: 4 | 8;
  readonly precision: Precision;
}

/** Adds products with quantised matrices, and with those of plain numbers, to a graph; their weights go to the sink. */
export class QuantisedProducts {
  readonly #graph: OnnxGraph;
  readonly #sink: TensorSink;
  readonly #fewestBits: 4 | 8;
  readonly #precision: Precision;
  /** Inputs that have their block sums appended already: several products share one. */
  readonly #widened = new Set<string>();
  readonly #zeros = new Set<number>();
  readonly #lookedUp = new Map<string, { readonly weights: readonly string[]; readonly matrix: Matrix }>();

  /** With 8 as the fewest bits, 4-bit matrices are widened to 8. */
  constructor(graph: OnnxGraph, sink: TensorSink, { fewestBits, precision }: ProductsOptions) {
    this.#graph = graph;
    this.#sink = sink;
    this.#fewestBits = fewestBits;
    this.#precision = precision;
  }

  /** `input [batch, sequence, columns]` times the transposed matrix. */
  multiply(input: string, matrix: Matrix, name: string): string {
    if (matrix.bits === 32) return this.#floatProduct(input, this.#floatWeights(`${name}_weight`, matrix), name);
    if (matrix.bits === 8 || this.#fewestBits === 8) {
      return this.#product(input, this.#int8Weights(`${name}_weight`, matrix), { ...matrix, bits: 8 }, name);
    }
    const blocks = toInt4Blocks(matrix);
    const { rows, columns, packed, scales } = blocks;
    const wideBlocks = columns / BLOCK_ELEMENTS;
    const weights = [
      this.#graph.initializer(
        `${name}_weight4_quants`,
        'uint8',
        [rows, wideBlocks, BLOCK_ELEMENTS / 2],
        packed,
        this.#sink,
      ),
      this.#floats(`${name}_weight4_scales`, [rows, wideBlocks], scales),
    ];
    return this.#product(this.#widen(input, matrix.columns, blocks), weights, { rows, columns, bits: 4 }, name);
  }

  /** Rows of the matrix by their numbers. */
  lookUp(ids: string, matrix: Matrix, name: string): string {
    if (matrix.bits === 32) {
      const weights = this.#floatWeights(`${name}_weight`, matrix);
      this.#lookedUp.set(name, { weights: [weights], matrix });
      return this.#graph.node({ type: 'Gather', inputs: [weights, ids], outputs: [name], attributes: { axis: 0 } });
    }
    const weights = this.#int8Weights(`${name}_weight`, matrix);
    this.#lookedUp.set(name, { weights, matrix });
    const [quants = '', ...rest] = weights;
    const rows = `${name}_rows`;
    const shape = this.#graph.integers([matrix.rows, matrix.columns]);
    this.#graph.node({ type: 'Reshape', inputs: [quants, shape], outputs: [rows] });
    return this.#graph.node({
      type: 'GatherBlockQuantized',
      inputs: [rows, ids, ...rest],
      outputs: [name],
      attributes: { gather_axis: 0, quantize_axis: 1, block_size: BLOCK_ELEMENTS, bits: 8 },
      domain: MICROSOFT,
    });
  }

  /** A product with a matrix that rows are looked up in, without a second copy of it. */
  multiplyByLookedUp(input: string, lookedUp: string, name: string): string {
    const known = this.#lookedUp.get(lookedUp);
    if (known?.matrix.bits === 32) return this.#floatProduct(input, known.weights[0] ?? '', name);
    return this.#product(input, known?.weights ?? [], { rows: 0, columns: 0, ...known?.matrix, bits: 8 }, name);
  }

  #product(
    input: string,
    weights: readonly string[],
    { rows, columns, bits }: { readonly rows: number; readonly columns: number; readonly bits: 4 | 8 },
    name: string,
  ): string {
    return this.#graph.node({
      type: 'MatMulNBits',
      inputs: [input, ...weights],
      outputs: [name],
      attributes: { K: columns, N: rows, bits, block_size: BLOCK_ELEMENTS, accuracy_level: ACCURACY_LEVEL },
      domain: MICROSOFT,
    });
  }

  #floatWeights(name: string, { rows, columns, values }: FloatMatrix): string {
    return this.#floats(`${name}_plain`, [rows, columns], values);
  }

  /** With the rows as the file has them: turning the matrix over would be a second copy of it. */
  #floatProduct(input: string, weights: string, name: string): string {
    return this.#graph.node({
      type: 'FusedMatMul',
      inputs: [input, weights],
      outputs: [name],
      attributes: { transB: 1 },
      domain: MICROSOFT,
    });
  }

  #int8Weights(name: string, matrix: AffineMatrix): readonly string[] {
    const { rows, columns, quants, scales, zeros } = toInt8Blocks(matrix);
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
    return addFloats(this.#graph, { name, dimensions, values, precision: this.#precision, sink: this.#sink });
  }

  /** Appends the sums of each block of the input, twice: see `toInt4Blocks`. */
  #widen(input: string, columns: number, { correctionWidth }: Int4Blocks): string {
    const widened = `${input}_wide`;
    if (this.#widened.has(widened)) return widened;
    this.#widened.add(widened);
    const graph = this.#graph;
    const blocks = columns / BLOCK_ELEMENTS;
    const [byBlock, sums] = [`${input}_by_block`, `${input}_sums`];
    const shape = graph.integers([0, -1, blocks, BLOCK_ELEMENTS]);
    graph.node({ type: 'Reshape', inputs: [input, shape], outputs: [byBlock] });
    const inputs = [byBlock, graph.integers([3])];
    graph.node({ type: 'ReduceSum', inputs, outputs: [sums], attributes: { keepdims: 0 } });
    const padding = correctionWidth - blocks;
    const padded = padding === 0 ? [sums] : [sums, this.#padding(padding)];
    graph.node({
      type: 'Concat',
      inputs: [input, ...padded, ...padded],
      outputs: [widened],
      attributes: { axis: -1 },
    });
    return widened;
  }

  /** `[batch, sequence, width]` of zeros; made in the graph, as batch and sequence differ from call to call. */
  #padding(width: number): string {
    const name = `padding_${width}`;
    if (this.#zeros.has(width)) return name;
    this.#zeros.add(width);
    const graph = this.#graph;
    const parts = [`${name}_ids_shape`, `${name}_shape`];
    graph.node({ type: 'Shape', inputs: ['input_ids'], outputs: [`${name}_ids_shape`] });
    const inputs = [`${name}_ids_shape`, graph.integers([width])];
    graph.node({ type: 'Concat', inputs, outputs: [`${name}_shape`], attributes: { axis: 0 } });
    graph.node({ type: 'ConstantOfShape', inputs: parts.slice(1), outputs: [name] });
    return name;
  }
}
