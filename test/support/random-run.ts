import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@supercontext/client';
import { Caller, codesOf } from './acknowledged.ts';
import { type Random, seededRandom } from './random.ts';
import { RandomFaults } from './random-faults.ts';
import { platformOnRedis } from './redis-platform.ts';
import { SessionWork, type Way } from './session-work.ts';

const SESSIONS = 6;
/** Of them, those with two writers; the others are erased now and then, and others opened in their place. */
const SHARED = 2;
const PAUSE_MS = 30;
const QUIET_MS = 1_500;
/** From the end of a fault until every session is served again. */
const BACK_WITHIN_MS = 10_000;

/** What a run was. */
/**
 * Nodes that are killed come back at once here, before a replica has taken their place, and two masters together: what they acknowledged
 * must be in their logs. With `everysec` Redis puts the writing off for up to two seconds while the disk is busy.
 */
const LOG_OF_NODES = ['appendfsync always'];

export interface RandomRun {
  readonly seed: number;
  readonly faults: number;
  readonly acknowledged: number;
  readonly questions: number;
  readonly failedAnswers: number;
  readonly erased: number;
  readonly longestBackMs: number;
  readonly refusals: Readonly<Record<string, number>>;
}

interface RunOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Hears of each fault, and of the time until all was served again. */
  readonly onFault?: (name: string, backMs: number) => void;
  /** How long that may take beyond ten seconds on this machine. */
  readonly leewayMs?: number;
}

/**
 * Works on a platform on Redis while faults happen to it, both at random: the same seed gives the same work and the same faults, as
 * far as they come. At the end all that was acknowledged is compared with what there is.
 * @throws Error for anything that is not as it was promised
 */
export async function randomRun({ seed, durationMs, onFault, leewayMs = 0 }: RunOptions): Promise<RandomRun> {
  await using redis = Object.assign(await platformOnRedis({ configuration: LOG_OF_NODES }), {
    [Symbol.asyncDispose]: async () => {
      await redis.stop();
    },
  });
  const way: Way = { caller: new Caller(redis.platform.url), client: createClient({ url: redis.platform.url }) };
  way.caller.mayBreak = true;
  const workers = Array.from({ length: SESSIONS }, (_, number) => new Worker(number, way, seed));
  let isOver = false;
  const working = Promise.all(workers.map((worker) => worker.work(() => isOver)));
  const broken = working.then(() => new Promise<never>(() => {}));
  broken.catch(() => {});
  const faults = new RandomFaults(redis, seededRandom(seed + 1), () => way.client.disconnect());
  let [count, longestBackMs] = [0, 0];
  const disturb = async () => {
    for (const endMs = performance.now() + durationMs; performance.now() < endMs; count++) {
      const fault = faults.next();
      await fault.act();
      await redis.cluster.heal();
      const endedAtMs = performance.now();
      await Promise.all(workers.map((worker) => worker.served()));
      const backMs = Math.round(performance.now() - endedAtMs);
      onFault?.(fault.name, backMs);
      longestBackMs = Math.max(longestBackMs, backMs);
      if (backMs > BACK_WITHIN_MS + leewayMs) throw new Error(`after ${fault.name} it took ${backMs} ms to serve all`);
      await sleep(QUIET_MS / 2);
    }
  };
  try {
    // A promise that is broken ends the run at once.
    await Promise.race([disturb(), broken]);
    isOver = true;
    await working;
    for (const worker of workers) await worker.check();
  } finally {
    isOver = true;
    await way.client.close();
  }
  const questions = workers.flatMap(({ questions }) => questions);
  return {
    ...{ seed, faults: count, longestBackMs, questions: questions.length },
    acknowledged: workers.reduce((sum, worker) => sum + worker.acknowledged, 0),
    failedAnswers: questions.filter((status) => status === 'GenerationFailed').length,
    erased: workers.reduce((sum, worker) => sum + worker.erased.length, 0),
    refusals: codesOf(way.caller.refusals),
  };
}

/** One session after the other, and what is done with it. */
class Worker {
  readonly erased: SessionWork[] = [];
  #acknowledged = 0;
  #session: SessionWork | null = null;
  readonly #number: number;
  readonly #way: Way;
  readonly #random: Random;
  readonly #seed: number;
  readonly #questions: string[] = [];

  constructor(number: number, way: Way, seed: number) {
    this.#number = number;
    this.#way = way;
    this.#seed = seed;
    this.#random = seededRandom(seed * 1_000 + number);
  }

  get acknowledged(): number {
    return this.#acknowledged + (this.#session?.acknowledged ?? 0);
  }

  get questions(): readonly string[] {
    return [...this.#questions, ...(this.#session?.questions.map(({ status }) => status) ?? [])];
  }

  async work(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const session = await this.#open();
      const isShared = this.#number < SHARED;
      const other = isShared ? this.#append(session, isOver) : Promise.resolve();
      await Promise.all([this.#live(session, isOver, isShared), other]);
    }
  }

  /** Resolves when its session has taken a write and a read that were begun now. */
  async served(): Promise<void> {
    const session = this.#session;
    if (session === null || session.isErased) return;
    await session.append();
  }

  async check(): Promise<void> {
    await this.#session?.check();
    for (const session of this.erased) await session.checkErased();
  }

  async #open(): Promise<SessionWork> {
    const name = `run ${this.#seed} session ${this.#number}.${this.erased.length}`;
    this.#session = await SessionWork.open(name, this.#way);
    return this.#session;
  }

  /** Until it is erased, or all is over. */
  async #live(session: SessionWork, isOver: () => boolean, isShared: boolean): Promise<void> {
    const random = this.#random;
    while (!isOver()) {
      const choice = random.below(100);
      const path = `file-${random.below(4)}.md`;
      const words = random.chance(0.05) ? 3_000 : random.below(150);
      if (choice < 45) await session.append(words);
      else if (choice < 60) await session.replace(path);
      else if (choice < 65) await session.remove();
      else if (choice < 77) await session.ask();
      else if (choice < 98 || isShared) await session.read();
      else {
        await this.#erase(session);
        return;
      }
      await sleep(PAUSE_MS);
    }
  }

  async #append(session: SessionWork, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await session.append();
      await sleep(2 * PAUSE_MS);
    }
  }

  /** All that it was promised is there until then. */
  async #erase(session: SessionWork): Promise<void> {
    session.isErased = true;
    await session.settled();
    await session.check();
    await session.erase();
    this.#acknowledged += session.acknowledged;
    this.#questions.push(...session.questions.map(({ status }) => status));
    this.erased.push(session);
    this.#session = null;
  }
}
