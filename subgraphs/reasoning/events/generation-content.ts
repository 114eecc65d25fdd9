import type { GenerationRow as KeptRow } from './schema.ts';

/** A generation as it is kept, whatever keeps it. `recorded` is 0 for an answer that its session's log may lack. */
export type GenerationRow = Omit<KeptRow, 'row'>;

export interface MovedEvent {
  /** Counts from 0, without a gap. */
  readonly sequence: number;
  /** As the contract encodes it. */
  readonly body: Uint8Array;
}

/** A generation with all its events. */
export interface GenerationContent {
  readonly row: GenerationRow;
  readonly events: readonly MovedEvent[];
}

/**
 * What the generations of a session are made of: each itself, its events, and behind them SHA-256 over both, in hex. In the order of
 * their turns' ids, as bytes, and of one turn the oldest first.
 */
export type GenerationItem =
  | { readonly generation: GenerationRow }
  | { readonly event: MovedEvent }
  | { readonly whole: string };
