import type { ByteSource } from './byte-source.ts';
import type { LlamaShape } from './llama-shape.ts';
import { modelInvalid } from './model-invalid.ts';
import type { GgufFile, TensorInfo } from './read-gguf.ts';
import { type Matrix, readFloatMatrix, readMatrix, readVector } from './read-matrix.ts';
import { halvesFromInterleaved, selectRows, stackRows } from './rearrange-rows.ts';
import { isNumbers } from './tensor-types.ts';

/**
 * Matrices of plain numbers stay such up to so many together, 1 GiB in the memory of each graph: an answer is then the file's own,
 * to the rounding. Those of a larger model become 8 bits, or few machines could run it.
 */
const MOST_PLAIN_VALUES = 1 << 28;

/** The weights of a Llama model by their place in the graph, read from the file one at a time. */
export class LlamaWeights {
  readonly #source: ByteSource;
  readonly #file: GgufFile;
  readonly #shape: LlamaShape;
  /** Whether its matrices stay numbers. */
  readonly staysPlain: boolean;

  /** Throws `MODEL_INVALID` when a tensor is missing, or one is there that the graph has no place for. */
  constructor(source: ByteSource, file: GgufFile, shape: LlamaShape) {
    this.#source = source;
    this.#file = file;
    this.#shape = shape;
    const matrices = [...file.tensors.values()].filter(({ dimensions }) => dimensions.length === 2);
    this.staysPlain =
      matrices.every(({ layout }) => isNumbers(layout.name)) &&
      matrices.reduce((sum, { dimensions }) => sum + (dimensions[0] ?? 0) * (dimensions[1] ?? 0), 0) <=
        MOST_PLAIN_VALUES;
    const known = new Set(expectedTensors(shape));
    for (const name of known) this.#tensor(name);
    for (const name of file.tensors.keys()) {
      if (known.has(name) || name === 'output.weight' || name === 'rope_freqs.weight') continue;
      throw modelInvalid(`it has the tensor '${name}', which a model of this kind has no place for`);
    }
  }

  get hasOwnHead(): boolean {
    return this.#file.tensors.has('output.weight');
  }

  embedding(): Matrix {
    return this.#matrix('token_embd.weight', this.#shape.vocabulary, this.#shape.hiddenWidth);
  }

  head(): Matrix {
    return this.#matrix('output.weight', this.#shape.vocabulary, this.#shape.hiddenWidth);
  }

  finalNorm(): Float32Array<ArrayBuffer> {
    return this.#vector('output_norm.weight', this.#shape.hiddenWidth);
  }

  norm(layer: number, which: 'attn_norm' | 'ffn_norm'): Float32Array<ArrayBuffer> {
    return this.#vector(`blk.${layer}.${which}.weight`, this.#shape.hiddenWidth);
  }

  /** Rows of query, key and value, one below the other, rotation pairs as halves. */
  queryKeyValue(layer: number): Matrix {
    const { heads, keyValueHeads, headWidth, hiddenWidth } = this.#shape;
    const read = (part: string, count: number): Matrix =>
      this.#matrix(`blk.${layer}.${part}.weight`, count * headWidth, hiddenWidth);
    return stackRows([
      this.#asHalves(read('attn_q', heads), heads),
      this.#asHalves(read('attn_k', keyValueHeads), keyValueHeads),
      read('attn_v', keyValueHeads),
    ]);
  }

  /** What is added to the rows of `queryKeyValue`, in their order; undefined for a model without. */
  queryKeyValueBias(layer: number): Float32Array<ArrayBuffer> | undefined {
    const { heads, keyValueHeads, headWidth, hasAttentionBias } = this.#shape;
    if (!hasAttentionBias) return undefined;
    const read = (part: string, count: number): Matrix => {
      const rows = count * headWidth;
      return { bits: 32, rows, columns: 1, values: this.#vector(`blk.${layer}.${part}.bias`, rows) };
    };
    const stacked = stackRows([
      this.#asHalves(read('attn_q', heads), heads),
      this.#asHalves(read('attn_k', keyValueHeads), keyValueHeads),
      read('attn_v', keyValueHeads),
    ]);
    return stacked.bits === 32 ? stacked.values : undefined;
  }

  headNorm(layer: number, which: 'attn_q_norm' | 'attn_k_norm'): Float32Array<ArrayBuffer> {
    return this.#vector(`blk.${layer}.${which}.weight`, this.#shape.headWidth);
  }

  /** Only files of the architecture `llama` have the rows of a head in another order than that of the graph. */
  #asHalves(matrix: Matrix, heads: number): Matrix {
    const { architecture, headWidth } = this.#shape;
    return architecture === 'llama' ? selectRows(matrix, halvesFromInterleaved(heads, headWidth)) : matrix;
  }

  attentionOutput(layer: number): Matrix {
    const { heads, headWidth, hiddenWidth } = this.#shape;
    return this.#matrix(`blk.${layer}.attn_output.weight`, hiddenWidth, heads * headWidth);
  }

  feedForward(layer: number, which: 'ffn_gate' | 'ffn_up' | 'ffn_down'): Matrix {
    const { hiddenWidth, feedForwardWidth } = this.#shape;
    const name = `blk.${layer}.${which}.weight`;
    return which === 'ffn_down'
      ? this.#matrix(name, hiddenWidth, feedForwardWidth)
      : this.#matrix(name, feedForwardWidth, hiddenWidth);
  }

  /** By how much each rotation frequency is divided; all 1 unless the file says otherwise. */
  rotationDivisors(): Float32Array<ArrayBuffer> {
    const half = this.#shape.headWidth / 2;
    if (!this.#file.tensors.has('rope_freqs.weight')) return new Float32Array(half).fill(1);
    const divisors = this.#vector('rope_freqs.weight', half);
    if (divisors.some((divisor) => divisor <= 0)) throw modelInvalid('a rotation frequency is divided by nothing');
    return divisors;
  }

  #matrix(name: string, rows: number, columns: number): Matrix {
    if (this.staysPlain) return readFloatMatrix(this.#source, this.#tensor(name), rows, columns);
    return readMatrix(this.#source, this.#tensor(name), rows, columns);
  }

  #vector(name: string, length: number): Float32Array<ArrayBuffer> {
    return readVector(this.#source, this.#tensor(name), length);
  }

  #tensor(name: string): TensorInfo {
    const tensor = this.#file.tensors.get(name);
    if (tensor === undefined) throw modelInvalid(`tensor '${name}' is missing`);
    return tensor;
  }
}

function expectedTensors({ layers, hasAttentionBias, hasHeadNorms }: LlamaShape): readonly string[] {
  const parts = [
    'attn_norm.weight',
    'attn_q.weight',
    'attn_k.weight',
    'attn_v.weight',
    'attn_output.weight',
    'ffn_norm.weight',
    'ffn_gate.weight',
    'ffn_up.weight',
    'ffn_down.weight',
    ...(hasAttentionBias ? ['attn_q.bias', 'attn_k.bias', 'attn_v.bias'] : []),
    ...(hasHeadNorms ? ['attn_q_norm.weight', 'attn_k_norm.weight'] : []),
  ];
  const perLayer = Array.from({ length: layers }, (_, layer) => parts.map((part) => `blk.${layer}.${part}`));
  return ['token_embd.weight', 'output_norm.weight', ...perLayer.flat()];
}
