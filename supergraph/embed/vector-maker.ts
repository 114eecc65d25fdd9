import { readFileSync } from 'node:fs';
import { ContractError } from '@supercontext/contract';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { PIECE_IDS, VECTORS } from './bert-graph.ts';
import { cutWindows } from './cut-windows.ts';
import { multipliesBytes } from './multiplies-bytes.ts';
import { WordPieces } from './word-pieces.ts';

export interface MakerOptions {
  /** A built graph, or the bytes of one. */
  readonly graph: string | Uint8Array;
  readonly vocabularyPath: string;
  readonly dimensions: number;
  readonly windowPieces: number;
}

/** Makes the vectors of texts, on the thread that calls it: a run blocks it for up to tens of milliseconds. */
export class VectorMaker {
  readonly #session: InferenceSession;
  readonly #pieces: WordPieces;
  readonly #options: MakerOptions;

  private constructor(session: InferenceSession, pieces: WordPieces, options: MakerOptions) {
    this.#session = session;
    this.#pieces = pieces;
    this.#options = options;
  }

  /** @throws ContractError MODEL_INVALID for a graph or vocabulary that cannot be read */
  static async open(options: MakerOptions): Promise<VectorMaker> {
    try {
      const pieces = new WordPieces(readFileSync(options.vocabularyPath, 'utf8'));
      const { graph } = options;
      const settings: InferenceSession.SessionOptions = {
        executionProviders: ['cpu'],
        // More of them, on windows this short, would mostly wait for each other.
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        // More would put operators together again that are faster apart.
        graphOptimizationLevel: 'basic',
        // Without instructions for products of bytes, sums of two overflow 16 bits unless they are made wider first, at half the speed.
        extra: { session: multipliesBytes() ? {} : { x64quantprecision: '1' } },
      };
      const session =
        typeof graph === 'string'
          ? await InferenceSession.create(graph, settings)
          : await InferenceSession.create(graph, settings);
      return new VectorMaker(session, pieces, options);
    } catch (error) {
      if (error instanceof ContractError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ContractError('MODEL_INVALID', `the embedder cannot be loaded: ${reason}`);
    }
  }

  /**
   * Of each text the vectors of its windows, one behind the other, each of length 1.
   * @throws the signal's reason, between two windows
   */
  async make(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>[]> {
    const { dimensions, windowPieces } = this.#options;
    const marks = this.#pieces.marks;
    const windows = texts.map((text) => cutWindows(this.#pieces.encode(text), { windowPieces, ...marks }));
    const vectors = windows.map((of) => new Float32Array(of.length * dimensions));
    // One window a run: with others beside it what is rounded would be rounded otherwise, and more of them at once are not faster.
    for (const [text, of] of windows.entries()) {
      for (const [at, ids] of of.entries()) {
        signal?.throwIfAborted();
        vectors[text]?.set(await this.#run(ids), at * dimensions);
      }
    }
    return vectors;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  async #run(window: readonly number[]): Promise<Float32Array> {
    const ids = BigInt64Array.from(window, (id) => BigInt(id));
    const { [VECTORS]: made } = await this.#session.run({ [PIECE_IDS]: new Tensor('int64', ids, [1, window.length]) });
    if (!(made?.data instanceof Float32Array)) throw new ContractError('MODEL_INVALID', 'the embedder made no vectors');
    return made.data;
  }
}
