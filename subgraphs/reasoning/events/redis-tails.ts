import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from './live-generation.ts';
import type { RedisGenerations } from './redis-generation.ts';

/** How often the streams are looked at: soon after something came, more seldom the longer nothing does. */
const FIRST_MS = 10;
const LONGEST_MS = 100;
const SLOWER = 1.5;
/** Who waited so long is woken to see whether the generation is still run by anybody. */
export const SILENCE_MS = 3_000;

interface Waiting {
  readonly id: string;
  /** The event that the reader has. */
  readonly after: number;
  readonly sinceMs: number;
  readonly wake: () => void;
}

/**
 * Waits for events that other processes write. All streams that are waited for are looked at together, in one pipeline to each
 * master, now and then, and only while somebody waits. A blocking XREAD would tell a little earlier, but takes streams of one slot
 * alone: that is a connection for each generation, and somebody to look now and then for those beyond a bound.
 */
export class RedisTails {
  readonly #generations: RedisGenerations;
  readonly #waiting = new Set<Waiting>();
  #loop: Promise<void> | null = null;
  #pauseMs = FIRST_MS;

  constructor(generations: RedisGenerations) {
    this.#generations = generations;
  }

  /** When there is an event after one. May come without. */
  change(id: string, after: number): Change {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = { id, after, sinceMs: performance.now(), wake: resolve };
    this.#waiting.add(waiting);
    this.#loop ??= this.#run();
    return { happened: promise, forget: () => void this.#waiting.delete(waiting) };
  }

  /** Wakes all who wait. */
  close(): void {
    for (const { wake } of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#pauseMs = FIRST_MS;
    // The first look is that of the reader.
    await sleep(this.#pauseMs, undefined, { ref: false });
    while (this.#waiting.size > 0) {
      await this.#look();
      await sleep(this.#pauseMs, undefined, { ref: false });
    }
    this.#loop = null;
  }

  async #look(): Promise<void> {
    const ids = [...new Set([...this.#waiting].map(({ id }) => id))];
    // What is wrong is told to each reader by its own reading.
    const counts = await this.#generations.counts(ids).catch(() => ids.map(() => -1));
    const count = new Map(ids.map((id, at) => [id, counts[at] as number]));
    let isNew = false;
    for (const waiting of this.#waiting) {
      const { id, after, sinceMs, wake } = waiting;
      const found = count.get(id);
      if (found === undefined) continue;
      const isSilent = performance.now() - sinceMs > SILENCE_MS;
      if (found === after + 1 && !isSilent) continue;
      isNew ||= found > after + 1;
      this.#waiting.delete(waiting);
      wake();
    }
    this.#pauseMs = isNew ? FIRST_MS : Math.min(LONGEST_MS, this.#pauseMs * SLOWER);
  }
}
