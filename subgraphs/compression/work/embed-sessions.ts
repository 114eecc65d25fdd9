import { ContractError } from '@supercontext/contract';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { hop, inTrace, openTrace } from '@supercontext/runtime/trace/hops.ts';
import type { KnownSession, StoreVectors } from '../calls/store-vectors.ts';
import type { ErasedSessions } from '../erased-sessions.ts';
import { STAGE } from '../stage.ts';
import { Alarm } from './alarm.ts';
import type { GiveWay } from './give-way.ts';

/** Fragments embedded for one session before the next one has its turn: about a second of work. */
const BATCH_FRAGMENTS = 32;
/** Texts in one call of the embedder: what a turn that begins meanwhile may have to wait beside. */
const CALL_FRAGMENTS = 4;
/** Sessions waiting; a hint beyond is dropped, and the sweep finds what it was about. */
const MAXIMUM_WAITING = 10_000;
/** Sessions of which it is remembered that they were complete; any other is looked at again. */
const MAXIMUM_REMEMBERED = 10_000;
/** Sessions that are asked and go before others. */
const MAXIMUM_ASKED = 64;
/** A session is looked at again so long after a hint: a burst of appends is one look. */
const INTERVAL_MS = 250;
const FAULT_RETRY: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/** Where a look at a session goes on: null for where all before has vectors, -1 for the beginning. */
interface Look {
  readonly after: number | null;
  /** Whether all so far could be read. */
  readonly isComplete: boolean;
  readonly failures: number;
  readonly dueMs: number;
}

const FROM_THE_BEGINNING = { after: -1, isComplete: true, failures: 0 };

/**
 * Makes vectors of what the store says has none, a batch of one session after a batch of another, on the embedder's thread, which everything
 * else goes before. Holds nothing that matters: after a restart every session is looked at once, from its beginning.
 */
export class EmbedSessions {
  readonly #store: StoreVectors;
  readonly #embedder: Embedder;
  readonly #erased: ErasedSessions;
  readonly #giveWay: GiveWay;
  readonly #lanes: number;
  readonly #log: Logger;
  /** In the order in which they get their turns. */
  readonly #waiting = new Map<string, Look>();
  /** Session -> its log and what was withdrawn of it, when all of it had vectors. */
  readonly #complete = new Map<string, string | null>();
  /** Sessions that were asked something and lack vectors, the latest last. */
  readonly #asked = new Set<string>();
  #current: string | null = null;
  #batch: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> | null = null;
  #stopped = false;
  /** Somebody waits for the batch under way. */
  #isHurried = false;
  readonly #alarm = new Alarm();
  readonly #rest = new Alarm();

  constructor(options: {
    readonly store: StoreVectors;
    readonly embedder: Embedder;
    readonly erased: ErasedSessions;
    readonly giveWay: GiveWay;
    /** Calls of the embedder at once while nobody waits for an answer; 1 while somebody does. */
    readonly lanes: number;
    readonly log: Logger;
  }) {
    this.#store = options.store;
    this.#embedder = options.embedder;
    this.#erased = options.erased;
    this.#giveWay = options.giveWay;
    this.#lanes = options.lanes;
    this.#log = options.log;
  }

  /** Says that a session's log may have grown. Never waits. */
  hint(sessionId: string): void {
    const isKnown = this.#complete.has(sessionId);
    if (isKnown) this.#complete.set(sessionId, null);
    const after = isKnown ? null : FROM_THE_BEGINNING.after;
    this.#want(sessionId, { ...FROM_THE_BEGINNING, after, dueMs: performance.now() + INTERVAL_MS });
  }

  /** Tells what the store knows of a session: it is looked at unless all of that had vectors. */
  look({ id, digest, withdrawnDigest }: KnownSession): void {
    const state = `${digest} ${withdrawnDigest}`;
    const known = this.#complete.get(id);
    if (known === state || this.#waiting.has(id)) return;
    const isWanted = this.#want(id, { ...FROM_THE_BEGINNING, dueMs: performance.now() });
    if (isWanted) this.#remember(id, state);
  }

  /** Says that somebody asks a session something: where it lacks vectors, every other batch is one of its own until it has them. */
  noteAsked(sessionId: string): void {
    this.#asked.delete(sessionId);
    if (!this.#waiting.has(sessionId) && this.#current !== sessionId) return;
    this.#asked.add(sessionId);
    for (const oldest of this.#asked) {
      if (this.#asked.size <= MAXIMUM_ASKED) return;
      this.#asked.delete(oldest);
    }
  }

  /** Knows nothing of the session any more; resolves when no batch of it is under way. For one that is erased. */
  async forget(sessionId: string): Promise<void> {
    this.#waiting.delete(sessionId);
    if (this.#current === sessionId) {
      this.#isHurried = true;
      this.#rest.wake();
      await this.#batch;
      this.#isHurried = false;
    }
    this.#waiting.delete(sessionId);
    this.#asked.delete(sessionId);
    this.#complete.delete(sessionId);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.wake();
    this.#rest.wake();
    await this.#loop;
  }

  /** Whether there was room for it. */
  #want(sessionId: string, look: Look): boolean {
    if (this.#stopped || this.#erased.has(sessionId)) return false;
    if (this.#waiting.has(sessionId) || this.#waiting.size >= MAXIMUM_WAITING) return false;
    this.#waiting.set(sessionId, look);
    this.#loop ??= this.#run();
    this.#alarm.wake();
    return true;
  }

  async #run(): Promise<void> {
    let wasAsked = false;
    while (!this.#stopped && this.#waiting.size > 0) {
      const [sessionId, look] = this.#next(!wasAsked);
      const delayMs = look.dueMs - performance.now();
      if (delayMs > 0) {
        await this.#alarm.sleep(delayMs);
        continue;
      }
      wasAsked = this.#asked.has(sessionId);
      this.#waiting.delete(sessionId);
      this.#current = sessionId;
      const batch = this.#embed(sessionId, look);
      this.#batch = batch;
      const next = await batch;
      this.#current = null;
      if (next !== null && !this.#erased.has(sessionId) && !this.#waiting.has(sessionId)) {
        this.#waiting.set(sessionId, next);
      }
      if (!this.#waiting.has(sessionId)) this.#asked.delete(sessionId);
    }
    this.#loop = null;
  }

  /** The first session that is due, with `askedFirst` the one that was asked last; or the one that is next. */
  #next(askedFirst: boolean): readonly [string, Look] {
    const now = performance.now();
    if (askedFirst) {
      for (const sessionId of [...this.#asked].reverse()) {
        const look = this.#waiting.get(sessionId);
        if (look !== undefined && look.dueMs <= now) return [sessionId, look];
      }
    }
    const entries = [...this.#waiting];
    const due = entries.find(([, { dueMs }]) => dueMs <= now);
    return due ?? entries.reduce((first, one) => (one[1].dueMs < first[1].dueMs ? one : first));
  }

  /** One batch of a session; how to go on with it, null when it is done. */
  async #embed(sessionId: string, look: Look): Promise<Look | null> {
    try {
      const { entries, next } = await this.#store.missing(sessionId, this.#embedder.name, look.after, BATCH_FRAGMENTS);
      const read = entries.length === 0 ? [] : await this.#store.texts(entries.map(({ fragmentId }) => fragmentId));
      const readable = entries.flatMap((entry, at) => {
        const text = read[at];
        return typeof text === 'string' ? [{ entry, text }] : [];
      });
      if (readable.length > 0) await this.#make(sessionId, readable);
      const isComplete = look.isComplete && readable.length === entries.length;
      const after = entries.length < BATCH_FRAGMENTS ? next : (entries.at(-1)?.position ?? null);
      if (after !== null) return { after, isComplete, failures: 0, dueMs: performance.now() };
      // What could not be read is looked for again by the next sweep.
      if (!isComplete) this.#complete.delete(sessionId);
      else if (!this.#complete.has(sessionId)) this.#remember(sessionId, null);
      return null;
    } catch (error) {
      if (this.#stopped) return null;
      const isOutside = error instanceof ContractError && error.retryable;
      this.#log[isOutside ? 'debug' : 'warn']({ err: error, sessionId }, 'cannot make vectors; will try again');
      const failures = look.failures + 1;
      return { ...look, failures, dueMs: performance.now() + backoffMs(FAULT_RETRY, failures) };
    }
  }

  async #make(
    sessionId: string,
    readable: readonly { readonly entry: { position: number; fragmentId: string }; readonly text: string }[],
  ): Promise<void> {
    await inTrace(openTrace(STAGE), () =>
      hop('embed-fragments', async () => {
        const vectors = await this.#vectorsOf(readable.map(({ text }) => text));
        if (this.#stopped || this.#erased.has(sessionId)) return;
        const entries = readable.map(({ entry: { position, fragmentId } }, at) => ({
          position,
          fragmentId,
          vectors: vectors[at] ?? new Float32Array(0),
        }));
        await this.#store.put(sessionId, this.#embedder.name, entries);
      }),
    );
  }

  /** Fewer than the texts when it is stopped. */
  async #vectorsOf(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const calls = Array.from({ length: Math.ceil(texts.length / CALL_FRAGMENTS) }, (_, at) =>
      texts.slice(at * CALL_FRAGMENTS, (at + 1) * CALL_FRAGMENTS),
    );
    const made: (readonly Float32Array[])[] = [];
    let next = 0;
    const work = async (lane: number): Promise<void> => {
      while (next < calls.length && !this.#stopped && (lane === 0 || !this.#giveWay.isNeeded)) {
        const at = next++;
        made[at] = await this.#embedUnhurried(calls[at] ?? []);
      }
    };
    await Promise.all(Array.from({ length: this.#lanes }, (_, lane) => work(lane)));
    return made.flat();
  }

  async #embedUnhurried(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const start = performance.now();
    const { usedMs } = this.#embedder;
    const vectors = await this.#embedder.embed(texts);
    const restMs = this.#giveWay.restMs(performance.now() - start, this.#embedder.usedMs - usedMs);
    if (restMs > 0 && !this.#isHurried) await this.#rest.sleep(restMs);
    return vectors;
  }

  #remember(sessionId: string, state: string | null): void {
    this.#complete.delete(sessionId);
    this.#complete.set(sessionId, state);
    for (const oldest of this.#complete.keys()) {
      if (this.#complete.size <= MAXIMUM_REMEMBERED) return;
      this.#complete.delete(oldest);
    }
  }
}
