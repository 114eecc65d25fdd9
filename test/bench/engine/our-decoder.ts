import type { PreparedModel } from '../../../subgraphs/reasoning/gguf/prepare-model.ts';
import { KvStore } from '../../../subgraphs/reasoning/model/kv-store.ts';
import { OnnxDecoder } from '../../../subgraphs/reasoning/model/onnx-decoder.ts';
import { openSessions } from '../../../subgraphs/reasoning/model/onnx-provider.ts';

const CHUNK_TOKENS = 512;

/** Our decoder over one sequence, without the engine around it. */
export class OurDecoder {
  readonly #decoder: OnnxDecoder;
  #store: KvStore;

  private constructor(decoder: OnnxDecoder) {
    this.#decoder = decoder;
    this.#store = new KvStore(decoder.shape, 1, CHUNK_TOKENS);
  }

  static async open({ graphs, shape }: PreparedModel, threads: number): Promise<OurDecoder> {
    return new OurDecoder(new OnnxDecoder(await openSessions({ graphs, provider: 'cpu', threads }), 'cpu', shape));
  }

  /** An empty sequence with room for so many tokens. */
  clear(capacityTokens: number): void {
    this.#store.free();
    this.#store = new KvStore(this.#decoder.shape, 1, capacityTokens);
  }

  rollBack(lengthTokens: number): void {
    this.#store.setLength(0, lengthTokens);
  }

  /** Appends tokens in chunks; returns the likeliest next one. */
  async read(tokens: readonly number[]): Promise<number> {
    let likeliest = -1;
    for (let start = 0; start < tokens.length; start += CHUNK_TOKENS) {
      likeliest = await this.#forward(tokens.slice(start, start + CHUNK_TOKENS));
    }
    return likeliest;
  }

  step(token: number): Promise<number> {
    return this.#forward([token]);
  }

  async #forward(tokens: readonly number[]): Promise<number> {
    const [logits] = await this.#decoder.forward({ store: this.#store, firstRow: 0, rowCount: 1, tokens });
    let likeliest = 0;
    logits?.forEach((logit, token) => {
      if (logit > (logits[likeliest] ?? 0)) likeliest = token;
    });
    return likeliest;
  }

  close(): Promise<void> {
    this.#store.free();
    return this.#decoder.close();
  }
}
