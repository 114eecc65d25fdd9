import { setTimeout as sleep } from 'node:timers/promises';
import type { Embedder } from '@supercontext/embed/embedder.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import type { TermLikeness } from '../reader/like-terms.ts';
import type { Similarity } from '../reader/similarity.ts';

export interface MeaningOptions {
  /** Begins to load it. */
  readonly open: () => Embedder;
  /** Of words; null where nobody can tell. */
  readonly likeness?: TermLikeness | null;
  readonly log: Pick<Logger, 'warn'>;
}

/** Compares meanings of texts with an embedder that is loaded when it is first needed. */
export interface Meanings {
  readonly compare: Similarity;
  readonly likeness: TermLikeness | null;
  /** Loads it before anybody asks. */
  warm(): void;
  close(): Promise<void>;
}

/** Without their vectors by then, texts are told apart by their words. */
const WAIT_MS = 200;
/** Who would wait longer for his turn than that is not kept waiting, nor is anything made for him. */
const MOST_AT_ONCE = 2;
const MOST_QUESTION_LENGTH = 1_000;
/** One line of log for so long. */
const QUIET_MS = 60_000;

/** Never fails: what cannot be compared, or not within 200 ms, is null. */
export function compareMeanings({ open, likeness = null, log }: MeaningOptions): Meanings {
  let embedder: Embedder | null = null;
  let running = 0;
  let isClosed = false;
  let toldAtMs = Number.NEGATIVE_INFINITY;

  async function cosines(question: string, texts: readonly string[]): Promise<readonly number[] | null> {
    running++;
    try {
      embedder ??= open();
      const [asked, ...vectors] = await embedder.embed([question.slice(0, MOST_QUESTION_LENGTH), ...texts]);
      return asked === undefined ? null : vectors.map((vector) => cosine(asked, vector));
    } catch (error) {
      const nowMs = performance.now();
      if (nowMs - toldAtMs > QUIET_MS)
        log.warn({ err: error }, 'meanings cannot be compared: quotes are told apart by words');
      toldAtMs = nowMs;
      return null;
    } finally {
      running--;
    }
  }

  return {
    likeness,
    async compare(question, texts) {
      if (isClosed || running >= MOST_AT_ONCE) return null;
      const waiting = new AbortController();
      const late = sleep(WAIT_MS, null, { signal: waiting.signal, ref: false }).catch(() => null);
      try {
        return await Promise.race([cosines(question, texts), late]);
      } finally {
        waiting.abort();
      }
    },
    warm() {
      embedder ??= open();
    },
    async close() {
      isClosed = true;
      await embedder?.close();
    },
  };
}

/** Of the first windows, each of length 1. */
function cosine(one: Float32Array, other: Float32Array): number {
  const dimensions = Math.min(one.length, other.length);
  let sum = 0;
  for (let at = 0; at < dimensions; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
