import { setImmediate as nextTurn } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import type { TokenBytes } from '../gguf/token-bytes.ts';
import { AnswerText } from './answer-text.ts';
import type { Decoder } from './decoder.ts';
import type { EngineLimits, Job, JobEvent, JobFailed } from './engine-protocol.ts';
import { KvCache, type Sequence } from './kv-cache.ts';
import { Repetition } from './repetition.ts';
import { Sampler } from './sampler.ts';
import type { DecodingSlot, PrefillingSlot, QueuedSlot } from './slot.ts';

/** As fast as a whole prompt at once, with bounded memory and a bounded wait for whoever cancels. */
const CHUNK_TOKENS = 512;
/** While others decode: what a long prompt may delay their next token by. */
const SHARED_CHUNK_TOKENS = 128;

export interface EngineParts {
  readonly decoder: Decoder;
  readonly tokenBytes: TokenBytes;
  /** Tokens after which an answer is over. */
  readonly ends: readonly number[];
  readonly limits: EngineLimits;
  /** Gets every event of every job, in order; exactly one terminal one a job, none after a cancellation. */
  readonly emit: (jobId: number, event: JobEvent) => void;
}

/**
 * The slot loop. Each round admits what fits, runs one decoding step for all slots that decode, and one chunk of the
 * oldest prompt that prefills. So tokens of running answers keep coming while a long prompt is read, and joining or
 * leaving a batch happens between steps. Jobs of one session run one after another, in the order of their arrival; other
 * jobs pass one that waits for its session, but none passes one that waits for memory.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #cache: KvCache;
  readonly #ends: ReadonlySet<number>;
  #queued: QueuedSlot[] = [];
  #prefilling: PrefillingSlot[] = [];
  #decoding: DecodingSlot[] = [];
  // Taken note of here and done between two rounds: a step that is under way reads the rows it was given.
  readonly #cancelled = new Set<number>();
  #looping: Promise<void> | undefined;
  #closed = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#cache = new KvCache(parts.decoder.shape, parts.limits.kvBudgetBytes);
    this.#ends = new Set(parts.ends);
  }

  get cacheBytes(): number {
    return this.#cache.sizeBytes;
  }

  submit(job: Job): void {
    this.#queued.push({ phase: 'queued', job, arrivedAtMs: performance.now() });
    this.#wake();
  }

  /** Idempotent. The slot is free before the next step; what was read and written so far stays cached. */
  cancel(jobId: number): void {
    if (this.#looping !== undefined) this.#cancelled.add(jobId);
  }

  /** Forgets a session's cache; a running completion of it keeps its own until it ends. */
  forget(sessionId: string): void {
    this.#cache.forget(sessionId);
  }

  /** Drops all jobs without another event; resolves when no step is under way. Idempotent; nothing may be submitted after. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#looping;
  }

  #wake(): void {
    this.#looping ??= this.#loop();
  }

  async #loop(): Promise<void> {
    while (!this.#closed && this.#queued.length + this.#prefilling.length + this.#decoding.length > 0) {
      // Cancellations and new jobs come in between two rounds.
      await nextTurn();
      this.#sweep();
      this.#admit();
      for (const batch of this.#batches()) await this.#step(batch);
      const [slot] = this.#prefilling;
      if (slot !== undefined) await this.#readChunk(slot);
    }
    this.#looping = undefined;
  }

  #sweep(): void {
    this.#queued = this.#queued.filter(({ job }) => !this.#cancelled.has(job.id));
    for (const slot of [...this.#prefilling, ...this.#decoding]) {
      if (!this.#cancelled.has(slot.job.id)) continue;
      this.#remove(slot);
      this.#cache.settle(slot.sequence);
    }
    this.#cancelled.clear();
  }

  #admit(): void {
    const waiting: QueuedSlot[] = [];
    const busy = new Set([...this.#prefilling, ...this.#decoding].map(({ job }) => job.sessionId));
    let full = false;
    for (const slot of this.#queued) {
      const { job, arrivedAtMs } = slot;
      full ||= this.#prefilling.length + this.#decoding.length >= this.#parts.limits.slots;
      if (full || busy.has(job.sessionId)) {
        waiting.push(slot);
        busy.add(job.sessionId);
        continue;
      }
      const sequence = this.#cache.acquire(job.sessionId, job.prompt, job.maxTokens);
      if (sequence === undefined) {
        if (this.#prefilling.length + this.#decoding.length === 0) {
          // It would wait for ever: nothing is there that could make room.
          const why = 'prompt and answer need more memory than the KV caches may have';
          this.#parts.emit(job.id, describeFailure(new ContractError('CONTEXT_WINDOW_EXCEEDED', why)));
          continue;
        }
        full = true;
        waiting.push(slot);
        continue;
      }
      busy.add(job.sessionId);
      const startedAtMs = performance.now();
      const cachedTokens = sequence.tokens.length;
      const queuedMs = startedAtMs - arrivedAtMs;
      this.#prefilling.push({ phase: 'prefilling', job, sequence, cachedTokens, queuedMs, startedAtMs });
    }
    this.#queued = waiting;
  }

  #batches(): readonly (readonly DecodingSlot[])[] {
    const slots = new Map<Sequence, DecodingSlot>(this.#decoding.map((slot) => [slot.sequence, slot]));
    return this.#cache.gather([...slots.keys()]).map((batch) => batch.flatMap((sequence) => slots.get(sequence) ?? []));
  }

  async #readChunk(slot: PrefillingSlot): Promise<void> {
    const { job, sequence, cachedTokens, queuedMs, startedAtMs } = slot;
    const chunkTokens = this.#decoding.length > 0 ? SHARED_CHUNK_TOKENS : CHUNK_TOKENS;
    const tokens = job.prompt.slice(sequence.tokens.length, sequence.tokens.length + chunkTokens);
    try {
      const { store, row } = sequence;
      const [logits] = await this.#parts.decoder.forward({ store, firstRow: row, rowCount: 1, tokens });
      for (const token of tokens) sequence.tokens.push(token);
      if (sequence.tokens.length < job.prompt.length || logits === undefined) return;
      this.#remove(slot);
      const readyAtMs = performance.now();
      const prefillMs = readyAtMs - startedAtMs;
      const promptTokens = job.prompt.length;
      this.#parts.emit(job.id, { type: 'prompt-ready', promptTokens, cachedTokens, queuedMs, prefillMs });
      const decoding: DecodingSlot = {
        phase: 'decoding',
        job,
        sequence,
        sampler: new Sampler(job.sampling),
        answer: new AnswerText(this.#parts.tokenBytes, job.stop),
        repetition: new Repetition(),
        startedAtMs: readyAtMs,
        outputTokens: 0,
        pendingToken: -1,
      };
      this.#decoding.push(decoding);
      this.#take(decoding, logits);
    } catch (error) {
      this.#fail([slot], error);
    }
  }

  async #step(batch: readonly DecodingSlot[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    const { store, row: firstRow } = first.sequence;
    const tokens = batch.map((slot) => slot.pendingToken);
    try {
      const logits = await this.#parts.decoder.forward({ store, firstRow, rowCount: batch.length, tokens });
      batch.forEach((slot) => {
        slot.sequence.tokens.push(slot.pendingToken);
      });
      batch.forEach((slot, index) => {
        const row = logits[index];
        if (row !== undefined) this.#take(slot, row);
      });
    } catch (error) {
      this.#fail(batch, error);
    }
  }

  /** Draws the next token, sends what can be sent, and ends the answer if that was the last one. */
  #take(slot: DecodingSlot, logits: Float32Array): void {
    let token: number;
    try {
      token = slot.sampler.next(logits);
    } catch (error) {
      this.#fail([slot], error);
      return;
    }
    if (this.#ends.has(token)) {
      this.#complete(slot, 'stop');
      return;
    }
    slot.outputTokens += 1;
    const chunk = slot.answer.push(token);
    if (chunk !== undefined) this.#parts.emit(slot.job.id, { type: 'text-delta', ...chunk });
    if (slot.answer.stopped) this.#complete(slot, 'stop');
    else if (slot.repetition.push(token)) this.#failRepeating(slot);
    else if (slot.outputTokens >= slot.job.maxTokens) this.#complete(slot, 'length');
    else slot.pendingToken = token;
  }

  #complete(slot: DecodingSlot, reason: 'stop' | 'length'): void {
    const { emit } = this.#parts;
    const { job, outputTokens } = slot;
    const rest = slot.answer.end();
    if (rest !== undefined) emit(job.id, { type: 'text-delta', ...rest });
    this.#remove(slot);
    emit(job.id, { type: 'completed', reason, outputTokens, decodeMs: performance.now() - slot.startedAtMs });
    this.#cache.settle(slot.sequence);
  }

  #failRepeating(slot: DecodingSlot): void {
    const rest = slot.answer.end();
    if (rest !== undefined) this.#parts.emit(slot.job.id, { type: 'text-delta', ...rest });
    const why = `the model says the same again and again, after ${slot.outputTokens} tokens`;
    this.#fail([slot], new ContractError('MODEL_FAILED', why));
  }

  /** What is cached of a sequence that failed on the way cannot be trusted, so it goes. */
  #fail(slots: readonly (PrefillingSlot | DecodingSlot)[], error: unknown): void {
    const failure = describeFailure(error);
    for (const slot of slots) {
      this.#remove(slot);
      this.#cache.drop(slot.sequence);
      this.#parts.emit(slot.job.id, failure);
    }
  }

  #remove(slot: PrefillingSlot | DecodingSlot): void {
    this.#prefilling = this.#prefilling.filter((other) => other !== slot);
    this.#decoding = this.#decoding.filter((other) => other !== slot);
  }
}

export function describeFailure(error: unknown): JobFailed {
  if (error instanceof ContractError) {
    return { type: 'failed', code: error.code, message: error.message, details: error.details };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', code: 'MODEL_FAILED', message: `the engine failed: ${message}`, details: {} };
}
