import type { ContractError, TokenEvent } from '@supercontext/contract';
import type { Outcome } from '../generation.ts';
import type { Ending, Spoken } from './event-log.ts';
import { LiveGeneration } from './live-generation.ts';
import type { RedisGenerations } from './redis-generation.ts';
import { notRunning, tokenEvent } from './token-events.ts';

/** Events written together at most. */
const BATCH_EVENTS = 512;
/** Events read together to catch up. */
const PAGE_EVENTS = 1_024;

/** One event on its way to Redis. */
interface Write {
  readonly event: Spoken | Ending;
  readonly outcome: Outcome | null;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * A generation that this process runs: its events go to Redis in batches, one after the other, of all that came while the last one
 * was under way. What is acknowledged is shown to its readers here. Another process may end it, as for a session that is erased:
 * then it is over here as well.
 */
export class OwnGeneration {
  readonly id: string;
  readonly live = new LiveGeneration();
  readonly #generations: RedisGenerations;
  readonly #onEnd: () => void;
  #writes: Write[] = [];
  #writing: Promise<void> | null = null;
  /** Whether there may be events that are not known here. */
  #isUncertain = false;
  /** What a delta could not be written for. Those behind it would leave a gap: nothing follows but the end. */
  #lost: unknown = null;
  #isOver = false;

  /** @param onEnd told once its terminal event is there, before its readers are */
  constructor(id: string, generations: RedisGenerations, onEnd: () => void) {
    this.id = id;
    this.#generations = generations;
    this.#onEnd = onEnd;
  }

  /**
   * Resolves when it is acknowledged. Once a delta was not, all that come behind it are refused for the same.
   * @param outcome with a terminal event
   */
  write(event: Spoken | Ending, outcome: Outcome | null): Promise<void> {
    if (this.#lost !== null && outcome === null) return Promise.reject(this.#lost);
    const done = Promise.withResolvers<void>();
    this.#writes.push({ event, outcome, done });
    this.#begin();
    return done.promise;
  }

  /** Told how many events there are: it may have been ended elsewhere. */
  check(count: number): void {
    if (this.#writing !== null || this.#isOver || count === this.live.next) return;
    this.#isUncertain = true;
    this.#begin();
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #begin(): void {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = null;
      if (this.#writes.length > 0) this.#begin();
    });
  }

  async #drain(): Promise<void> {
    // What is said in one turn of the event loop goes together.
    await null;
    do {
      const writes = this.#writes.splice(0, BATCH_EVENTS);
      try {
        await this.#send(writes);
      } catch (error) {
        this.#isUncertain = true;
        this.#lose(writes, error);
      }
    } while (this.#writes.length > 0);
  }

  /** Refuses these, and with a delta among them all deltas behind. */
  #lose(writes: readonly Write[], error: unknown): void {
    const isSaid = writes.some(({ outcome }) => outcome === null);
    if (isSaid) this.#lost ??= error;
    const behind = isSaid ? this.#writes.filter(({ outcome }) => outcome === null) : [];
    this.#writes = this.#writes.filter((write) => !behind.includes(write));
    for (const { outcome, done } of [...writes, ...behind]) {
      if (outcome !== null) this.live.fail(error);
      done.reject(error);
    }
  }

  async #send(writes: readonly Write[]): Promise<void> {
    if (this.#isUncertain) await this.#catchUp();
    while (!this.#isOver && writes.length > 0) {
      const events = writes.map(({ event }, at) => tokenEvent(this.id, this.live.next + at, event));
      const outcome = writes.at(-1)?.outcome ?? null;
      // What was said beyond the events is not part of it; what of it is there nobody knew before.
      const kept = outcome === null || this.#lost === null ? outcome : { ...outcome, text: null };
      if (await this.#generations.append(this.id, events, kept)) {
        this.#publish(events, outcome !== null);
        for (const { done } of writes) done.resolve();
        return;
      }
      await this.#catchUp();
    }
    if (writes.length > 0) throw this.#over();
  }

  /** Takes in what is there and was not known here. @throws ContractError GENERATION_NOT_FOUND when it is gone */
  async #catchUp(): Promise<void> {
    for (;;) {
      const { events, count } = await this.#generations.shownEvents(this.id, this.live.next - 1, PAGE_EVENTS);
      if (count === 0) {
        this.#end();
        throw this.#over();
      }
      const last = events.at(-1);
      const isEnd = last !== undefined && last.type !== 'delta' && last.sequence > 1;
      this.#publish(events, isEnd);
      if (events.length < PAGE_EVENTS) break;
    }
    this.#isUncertain = false;
  }

  #publish(events: readonly TokenEvent[], isEnd: boolean): void {
    if (isEnd) this.#end();
    this.live.publish(events);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
  }

  #over(): ContractError {
    const error = notRunning(this.id);
    this.live.fail(error);
    return error;
  }
}
