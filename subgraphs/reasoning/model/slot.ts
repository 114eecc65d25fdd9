import type { AnswerText } from './answer-text.ts';
import type { Job } from './engine-protocol.ts';
import type { Sequence } from './kv-cache.ts';
import type { Repetition } from './repetition.ts';
import type { Sampler } from './sampler.ts';

/**
 * One completion on its way through the engine: queued → prefilling → decoding → gone. Each phase has only what exists in
 * it. A slot leaves the engine from any phase by its end, a cancellation or a failure.
 */
export type Slot = QueuedSlot | PrefillingSlot | DecodingSlot;

export interface QueuedSlot {
  readonly phase: 'queued';
  readonly job: Job;
  readonly arrivedAtMs: number;
}

export interface PrefillingSlot {
  readonly phase: 'prefilling';
  readonly job: Job;
  readonly sequence: Sequence;
  readonly cachedTokens: number;
  readonly queuedMs: number;
  readonly startedAtMs: number;
}

export interface DecodingSlot {
  readonly phase: 'decoding';
  readonly job: Job;
  readonly sequence: Sequence;
  readonly sampler: Sampler;
  readonly answer: AnswerText;
  readonly repetition: Repetition;
  readonly startedAtMs: number;
  outputTokens: number;
  /** Sampled, but not yet in the sequence. */
  pendingToken: number;
}
