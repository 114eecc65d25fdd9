/** The part of node-llama-cpp used here; written down because the package is installed for benchmarks only. */
interface LlamaModule {
  getLlama(options: { gpu: false; build: 'never'; maxThreads: number; logLevel: string }): Promise<{
    loadModel(options: { modelPath: string }): Promise<LlamaModel>;
  }>;
}

interface LlamaModel {
  tokenize(text: string, specialTokens: boolean): number[];
  createContext(options: {
    contextSize: number;
    threads: number;
    batchSize: number;
    flashAttention: boolean;
  }): Promise<{ getSequence(): LlamaSequence }>;
  dispose(): Promise<void>;
}

interface LlamaSequence {
  readonly nextTokenIndex: number;
  clearHistory(): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
  controlledEvaluate(
    input: (number | [number, { generateNext: { token: boolean } }])[],
  ): Promise<(undefined | { next: { token?: number | null } })[]>;
}

/** llama.cpp on the same file and the same number of threads. */
export class LlamaPeer {
  readonly #model: LlamaModel;
  readonly #sequence: LlamaSequence;

  private constructor(model: LlamaModel, sequence: LlamaSequence) {
    this.#model = model;
    this.#sequence = sequence;
  }

  static async open(modelPath: string, threads: number, contextTokens: number): Promise<LlamaPeer> {
    const name = 'node-llama-cpp';
    const { getLlama }: LlamaModule = await import(name);
    const llama = await getLlama({ gpu: false, build: 'never', maxThreads: threads, logLevel: 'error' });
    const model = await llama.loadModel({ modelPath });
    const context = await model.createContext({
      contextSize: contextTokens,
      threads,
      batchSize: 512,
      flashAttention: true,
    });
    return new LlamaPeer(model, context.getSequence());
  }

  tokenize(text: string): readonly number[] {
    return this.#model.tokenize(text, false);
  }

  clear(): Promise<void> {
    return this.#sequence.clearHistory();
  }

  read(tokens: readonly number[]): Promise<void> {
    return this.#sequence.evaluateWithoutGeneratingNewTokens([...tokens]);
  }

  /** Appends one token; returns the likeliest next one. */
  async step(token: number): Promise<number> {
    const results = await this.#sequence.controlledEvaluate([[token, { generateNext: { token: true } }]]);
    return results.find((result) => result !== undefined)?.next.token ?? -1;
  }

  close(): Promise<void> {
    return this.#model.dispose();
  }
}
