import type { ByteSource } from './byte-source.ts';
import type { LlamaShape } from './llama-shape.ts';
import { modelInvalid } from './model-invalid.ts';
import type { GgufFile, TensorInfo } from './read-gguf.ts';
import { type AffineMatrix, readMatrix, readVector } from './read-matrix.ts';
import { halvesFromInterleaved, selectRows, stackRows } from './rearrange-rows.ts';

/** The weights of a Llama model by their place in the graph, read from the file one at a time. */
export class LlamaWeights {
  readonly #source: ByteSource;
  readonly #file: GgufFile;
  readonly #shape: LlamaShape;

  /** Throws `MODEL_INVALID` when a tensor is missing, or one is there that the graph has no place for. */
  constructor(source: ByteSource, file: GgufFile, shape: LlamaShape) {
    this.#source = source;
    this.#file = file;
    this.#shape = shape;
    const known = new Set(expectedTensors(shape.layers));
    for (const name of known) this.#tensor(name);
    for (const name of file.tensors.keys()) {
      if (known.has(name) || name === 'output.weight' || name === 'rope_freqs.weight') continue;
      throw modelInvalid(`it has the tensor '${name}', which a model of this kind has no place for`);
    }
  }

  get hasOwnHead(): boolean {
    return this.#file.tensors.has('output.weight');
  }

  embedding(): AffineMatrix {
    return this.#matrix('token_embd.weight', this.#shape.vocabulary, this.#shape.hiddenWidth);
  }

  head(): AffineMatrix {
    return this.#matrix('output.weight', this.#shape.vocabulary, this.#shape.hiddenWidth);
  }

  finalNorm(): Float32Array<ArrayBuffer> {
    return this.#vector('output_norm.weight', this.#shape.hiddenWidth);
  }

  norm(layer: number, which: 'attn_norm' | 'ffn_norm'): Float32Array<ArrayBuffer> {
    return this.#vector(`blk.${layer}.${which}.weight`, this.#shape.hiddenWidth);
  }

  /** Rows of query, key and value, one below the other, rotation pairs as halves. */
  queryKeyValue(layer: number): AffineMatrix {
    const { heads, keyValueHeads, headWidth, hiddenWidth } = this.#shape;
    const read = (name: string, rows: number) =>
      readMatrix(this.#source, this.#tensor(`blk.${layer}.${name}.weight`), rows, hiddenWidth);
    return stackRows([
      selectRows(read('attn_q', heads * headWidth), halvesFromInterleaved(heads, headWidth)),
      selectRows(read('attn_k', keyValueHeads * headWidth), halvesFromInterleaved(keyValueHeads, headWidth)),
      read('attn_v', keyValueHeads * headWidth),
    ]);
  }

  attentionOutput(layer: number): AffineMatrix {
    const { heads, headWidth, hiddenWidth } = this.#shape;
    return this.#matrix(`blk.${layer}.attn_output.weight`, hiddenWidth, heads * headWidth);
  }

  feedForward(layer: number, which: 'ffn_gate' | 'ffn_up' | 'ffn_down'): AffineMatrix {
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

  #matrix(name: string, rows: number, columns: number): AffineMatrix {
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

function expectedTensors(layers: number): readonly string[] {
  const parts = [
    'attn_norm',
    'attn_q',
    'attn_k',
    'attn_v',
    'attn_output',
    'ffn_norm',
    'ffn_gate',
    'ffn_up',
    'ffn_down',
  ];
  const perLayer = Array.from({ length: layers }, (_, layer) => parts.map((part) => `blk.${layer}.${part}.weight`));
  return ['token_embd.weight', 'output_norm.weight', ...perLayer.flat()];
}
