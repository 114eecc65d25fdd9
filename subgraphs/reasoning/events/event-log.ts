import type { ErrorCode, TokenEvent } from '@supercontext/contract';
import type { GenerationRecord, Outcome } from '../generation.ts';

/** How a generation ends: exactly one of these closes its log, and its type is the status it leads to. */
export type Ending =
  | { readonly type: 'completed'; readonly reason: 'stop' | 'length' }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'cancelled' };

/** What the model said at once. */
export interface Spoken {
  readonly text: string;
  readonly tokens: number;
}

/** A generation about to be, with what makes the question the same question. */
export interface NewGeneration {
  /** Its status is running. */
  readonly record: GenerationRecord;
  /** Unique in its session. */
  readonly idempotencyKey: string;
  /** Of everything that shapes the answer. */
  readonly requestHash: string;
}

/**
 * Every generation with its events: ordered, without gaps, ending in exactly one terminal event. The process that began a
 * generation writes it; an event is durable before any reader sees it. Every verb throws STORAGE_FULL or STORAGE_UNAVAILABLE when the disk refuses,
 * and STORAGE_CORRUPT, naming the row, for what is not as it was written.
 */
export interface EventLog {
  /** The generation of a key, null when there is none. @throws ContractError IDEMPOTENCY_KEY_REUSED as `create` does. */
  find(sessionId: string, idempotencyKey: string, requestHash: string): Promise<GenerationRecord | null>;

  /**
   * Writes the record and its `started` event, atomically. Idempotent by session and key: the same question again returns
   * what is there with `created: false`.
   * @throws ContractError IDEMPOTENCY_KEY_REUSED when the key came with another question.
   */
  create(generation: NewGeneration): Promise<{ readonly record: GenerationRecord; readonly created: boolean }>;

  /**
   * Adds a delta, in the order of the calls; resolves when it is durable. Deltas of a few milliseconds, of all generations,
   * share one transaction, so do not wait for one before sending the next.
   * @throws ContractError GENERATION_NOT_FOUND when it is not running, or not here. When the disk refuses, no delta of that
   *   transaction is there; when an acknowledgement from elsewhere fails to come, they may be there or not.
   */
  append(generationId: string, spoken: Spoken): Promise<void>;

  /**
   * Closes a generation: pending deltas, terminal event, status and outcome in one transaction. Throws as `append` does; who
   * follows a generation that cannot be closed gets that error in place of its end.
   */
  finish(generationId: string, ending: Ending, outcome: Outcome): Promise<GenerationRecord>;

  /** Records in the order of the ids, null for what is not there. The text of a running one is what it has said so far. */
  get(generationIds: readonly string[]): Promise<readonly (GenerationRecord | null)[]>;

  /** For each turn its generations, oldest first. */
  ofTurns(turnIds: readonly string[]): Promise<readonly (readonly GenerationRecord[])[]>;

  /**
   * The events after the one of sequence `after` (-1: all), first what is there, then as they come, to the terminal one.
   * Pull-driven: a reader holds one bounded page, and one that does not pull costs nobody anything. For one puller at a
   * time. Leaving frees it at once, also between two events.
   * The iterator throws ContractError GENERATION_NOT_FOUND, CURSOR_UNKNOWN when `after` lies beyond the last event, the
   * signal's reason when aborted.
   */
  follow(generationId: string, after: number, signal: AbortSignal): AsyncIterableIterator<TokenEvent>;

  /**
   * Ends with `failed` MODEL_FAILED what processes left running that are gone, and says how many. To be called before anything is
   * created. Idempotent. What is damaged is left as it is, and named to who reads it.
   */
  failOrphans(): Promise<number>;

  /** Generations of a session that run, in whatever process. */
  unfinished(sessionId: string): Promise<readonly string[]>;

  /**
   * Ends a generation that runs in another process, with what it has said: that process finds its next event refused. As it is
   * then; null when there is none. One that has ended, or runs in this process, comes back as it is.
   */
  endElsewhere(generationId: string, ending: Ending): Promise<GenerationRecord | null>;

  /** Notes that a session is to be erased. Durable, idempotent. */
  noteErasure(sessionId: string): Promise<void>;

  /** Sessions noted and not yet erased. */
  erasures(): Promise<readonly string[]>;

  /**
   * Deletes a session's generations and the note, so that nothing of them is left at rest: how many generations
   * there were. None of them may be running.
   */
  erase(sessionId: string): Promise<number>;

  /**
   * Copies the state as it is to a new file, while it is being used.
   * @throws ContractError STORAGE_FULL, STORAGE_UNAVAILABLE, INPUT_INVALID where it is in no file
   */
  backupTo(path: string): Promise<void>;
}
