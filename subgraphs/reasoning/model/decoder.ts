import type { KvShape, KvStore } from './kv-store.ts';

/** New tokens for neighbouring rows of a store; `tokens` is `[rowCount, count]`. */
export interface DecoderInput {
  readonly store: KvStore;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly tokens: readonly number[];
}

/** A decoder-only model whose KV cache belongs to its caller. */
export interface Decoder {
  readonly shape: KvShape & { readonly vocabulary: number; readonly contextTokens: number };
  /** What it really runs on. */
  readonly provider: string;

  /**
   * Appends the tokens to their rows and returns the logits after the last one of each row, `[rowCount][vocabulary]`,
   * valid until the next call. More than one token a row only with `rowCount` 1. A row's logits do not depend on what
   * else is in the batch. Calls must not overlap.
   */
  forward(input: DecoderInput): Promise<readonly Float32Array[]>;

  close(): Promise<void>;
}
