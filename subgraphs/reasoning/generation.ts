import type { ErrorCode, Hop, WorkingSet } from '@supercontext/contract';
import type { ModelDescription } from './model/language-model.ts';
import type { Certainty } from './reader/confidence.ts';

/** Model tokens of one answer. */
export interface Usage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** Where the time of one answer went; null until known. */
export interface Timings {
  readonly workingSetMs: number | null;
  readonly queuedMs: number | null;
  readonly prefillMs: number | null;
  readonly firstTokenMs: number | null;
  readonly decodeMs: number | null;
  readonly totalMs: number | null;
  readonly tokensPerSecond: number | null;
}

/** Evidence an answer rests on. */
export interface Citation {
  readonly number: number;
  /** Place in the receipt's segments. */
  readonly segment: number;
  /** Whether the answer itself names the number; otherwise the evidence was found by the terms it shares with the answer. */
  readonly named: boolean;
  /** What the answer quotes of it, as it stands in the segment; left out of answers of models. */
  readonly quotes?: readonly string[];
}

/** What is known only when a generation has ended, or at least begun to speak. */
export interface Outcome {
  readonly text: string;
  readonly usage: Usage;
  readonly timings: Timings;
  readonly hops: readonly Hop[];
  readonly citations: readonly Citation[];
  /** How sure the answer is; left out where nobody can say, as of what a model wrote. */
  readonly certainty?: Certainty;
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null;
}

export type GenerationStatus = 'running' | 'completed' | 'failed' | 'cancelled';

/** One question on its way to its answer. The state is the status: running -> completed | failed | cancelled, once. */
export interface GenerationRecord {
  readonly id: string;
  readonly sessionId: string;
  readonly turnId: string;
  readonly status: GenerationStatus;
  readonly createdAtMs: number;
  /** As it was when the question came; the model may be gone since. */
  readonly model: ModelDescription;
  /** What the model saw; what did not fit its window has been taken out and counted as omitted. */
  readonly workingSet: WorkingSet;
  /** While it runs: the hops and timings before the model, and no text. */
  readonly outcome: Outcome;
}

/** The turn a generation answers; the context stage knows the rest. */
export interface TurnReference {
  readonly id: string;
}

export const NO_USAGE: Usage = { promptTokens: 0, cachedTokens: 0, outputTokens: 0 };

export const NO_TIMINGS: Timings = {
  workingSetMs: null,
  queuedMs: null,
  prefillMs: null,
  firstTokenMs: null,
  decodeMs: null,
  totalMs: null,
  tokensPerSecond: null,
};
