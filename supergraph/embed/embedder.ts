/** Makes vectors of texts. Those of two names are never compared. */
export interface Embedder {
  /** What its vectors are kept under: see `embeddingName`. */
  readonly name: string;
  readonly dimensions: number;
  /** How long its calls have had a core so far, in milliseconds: less than they took where others needed the cores, too. */
  readonly usedMs: number;
  /**
   * Of each text, in order, the vectors of its windows one behind the other, each of length 1. One embedder alone answers calls in their order.
   * @throws ContractError MODEL_OVERLOADED when too many calls wait, MODEL_FAILED while the model cannot be run or is closed,
   *   MODEL_INVALID for files that cannot be read
   */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}
