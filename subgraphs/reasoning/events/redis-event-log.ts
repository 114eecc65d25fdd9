import { ContractError, type TokenEvent } from '@supercontext/contract';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { SealedPage } from '@supercontext/runtime/sealed-pages.ts';
import type { GenerationRecord, Outcome } from '../generation.ts';
import type { AnswerOutbox, UnrecordedAnswer } from './answer-outbox.ts';
import { cursorUnknown } from './cursor.ts';
import type { Ending, EventLog, NewGeneration, Spoken } from './event-log.ts';
import { followEvents } from './follow-events.ts';
import type { GenerationItem } from './generation-content.ts';
import { type KeptGeneration, RedisGenerations } from './redis-generation.ts';
import { OwnGeneration } from './redis-own.ts';
import { RunningGenerations, type Unfinished } from './redis-running.ts';
import { SessionGenerations } from './redis-sessions.ts';
import { RedisTails, SILENCE_MS } from './redis-tails.ts';
import {
  digestOf,
  exportGenerations,
  otherGeneration,
  type ReadGeneration,
  wholeGenerations,
} from './session-generations.ts';
import { firstEvents, needsRecording, notRunning, STOPPED } from './token-events.ts';

/** Generations read together. */
const BATCH = 64;
/** A hint at a generation that is not there is kept so long: it may be about to be. */
const PROMISED_MS = 10 * 60_000;
/** Others may write the same generation at the same time. */
const MAXIMUM_TRIES = 8;

export interface RedisEventLogOptions {
  readonly redis: RedisClient;
  /** A process that was not heard of for so long is gone. For tests shorter than it is by itself. */
  readonly leaseMs?: number;
}

/**
 * The log of generations in Redis, for any number of processes: each writes those that it began, everybody reads all of them. A
 * generation is one stream (redis-generation.ts), a session's list of them another key (redis-sessions.ts), and what is not done
 * with is noted apart (redis-running.ts).
 */
export class RedisEventLog implements EventLog, AnswerOutbox {
  readonly #generations: RedisGenerations;
  readonly #sessions: SessionGenerations;
  readonly #tails: RedisTails;
  readonly #running: RunningGenerations;
  readonly #own: Map<string, OwnGeneration>;

  private constructor(parts: {
    readonly redis: RedisClient;
    readonly generations: RedisGenerations;
    readonly running: RunningGenerations;
    readonly own: Map<string, OwnGeneration>;
  }) {
    this.#generations = parts.generations;
    this.#sessions = new SessionGenerations(parts.redis);
    this.#tails = new RedisTails(parts.generations);
    this.#running = parts.running;
    this.#own = parts.own;
  }

  /** @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL */
  static async open({ redis, leaseMs }: RedisEventLogOptions): Promise<RedisEventLog> {
    const generations = new RedisGenerations(redis);
    const own = new Map<string, OwnGeneration>();
    const onBeat = async () => {
      const all = [...own.values()];
      const counts = await generations.counts(all.map(({ id }) => id));
      for (const [at, generation] of all.entries()) generation.check(counts[at] as number);
    };
    const running = await RunningGenerations.open(redis, { ...(leaseMs === undefined ? {} : { leaseMs }), onBeat });
    return new RedisEventLog({ redis, generations, running, own });
  }

  async find(sessionId: string, idempotencyKey: string, requestHash: string): Promise<GenerationRecord | null> {
    const claim = await this.#sessions.find(sessionId, idempotencyKey);
    if (claim === null) return null;
    if (claim.requestHash !== requestHash) throw keyReused();
    return (await this.get([claim.id]))[0] ?? null;
  }

  /** The generation first, so that no list names one that is not there; until it is listed, it goes by itself. */
  async create({ record, idempotencyKey, requestHash }: NewGeneration): ReturnType<EventLog['create']> {
    const { id, sessionId, turnId } = record;
    const first = firstEvents(record);
    await Promise.all([this.#running.add(id), this.#generations.begin(record, this.#running.owner, first)]);
    const claim = await this.#claim({ id, requestHash }, { sessionId, turnId, key: idempotencyKey });
    if (claim.id !== id) {
      if (claim.requestHash !== requestHash) throw keyReused();
      const [existing] = await this.get([claim.id]);
      if (existing === null || existing === undefined) throw notRunning(claim.id);
      return { record: existing, created: false };
    }
    const own = new OwnGeneration(id, this.#generations, () => this.#own.delete(id));
    own.live.publish(first);
    this.#own.set(id, own);
    // Its first delta does the same.
    void this.#generations.keep(id).catch(() => {});
    return { record, created: true };
  }

  async append(generationId: string, spoken: Spoken): Promise<void> {
    const own = this.#own.get(generationId);
    if (own === undefined) throw notRunning(generationId);
    await own.write(spoken, null);
  }

  async finish(generationId: string, ending: Ending, outcome: Outcome): Promise<GenerationRecord> {
    const own = this.#own.get(generationId);
    if (own === undefined) throw notRunning(generationId);
    await own.write(ending, outcome);
    await this.#letGo(generationId, ending, outcome);
    const [record] = await this.get([generationId]);
    if (record === undefined || record === null) throw notRunning(generationId);
    return record;
  }

  async get(generationIds: readonly string[]): Promise<readonly (GenerationRecord | null)[]> {
    const found = await this.#generations.read(generationIds);
    return Promise.all(found.map((one) => (one === null ? null : this.#record(one))));
  }

  async ofTurns(turnIds: readonly string[]): Promise<readonly (readonly GenerationRecord[])[]> {
    const ids = await this.#sessions.ofTurns(turnIds);
    const records = await this.get(ids.flat());
    let at = 0;
    return ids.map((some) => {
      const ofTurn = records.slice(at, at + some.length);
      at += some.length;
      return ofTurn.filter((record) => record !== null);
    });
  }

  follow(generationId: string, after: number, signal: AbortSignal): AsyncIterableIterator<TokenEvent> {
    let isLocated = false;
    let isOver = false;
    let position = after;
    let heardAtMs = performance.now();
    return followEvents(
      {
        change: () => {
          const own = this.#own.get(generationId);
          if (own !== undefined) return own.live.change();
          return isOver ? null : this.#tails.change(generationId, position);
        },
        read: async (place, limit) => {
          position = place;
          if (!isLocated) isOver = await this.#locate(generationId, after);
          isLocated = true;
          if (isOver) return null;
          const events = await this.#read(generationId, place, limit);
          const nowMs = performance.now();
          if (events.length === 0 && nowMs - heardAtMs < SILENCE_MS) return events;
          heardAtMs = nowMs;
          // A process that is gone says nothing more, and somebody is waiting.
          if (events.length === 0 && !this.#own.has(generationId)) await this.#failOrphan(generationId, null);
          return events;
        },
      },
      after,
      signal,
    );
  }

  async failOrphans(): Promise<number> {
    const all = await this.#running.all();
    const living = await this.#running.living(all.map(({ owner }) => owner));
    const left = all.filter(({ owner }) => owner !== this.#running.owner && !living.has(owner));
    let failed = 0;
    for (const { id, place } of left) if (await this.#failOrphan(id, place)) failed++;
    return failed;
  }

  async unfinished(sessionId: string): Promise<readonly string[]> {
    const noted = new Set((await this.#running.all()).map(({ id }) => id));
    const ids = (await this.#sessions.all(sessionId)).filter((id) => noted.has(id));
    const found = await this.#generations.read(ids);
    return found.flatMap((one) => (one?.record.status === 'running' ? [one.record.id] : []));
  }

  async endElsewhere(generationId: string, ending: Ending): Promise<GenerationRecord | null> {
    if (!this.#own.has(generationId)) await this.#end(generationId, ending);
    return (await this.get([generationId]))[0] ?? null;
  }

  async unrecorded(limit: number, after = 0): Promise<readonly UnrecordedAnswer[]> {
    const all = (await this.#running.all()).filter(({ id, place }) => place > after && !this.#own.has(id));
    const others = new Set(all.map(({ owner }) => owner));
    others.delete(this.#running.owner);
    // Who lives sees to the answers of its own.
    const living = await this.#running.living(others);
    const waiting = all.filter(({ owner }) => !living.has(owner));
    const answers: UnrecordedAnswer[] = [];
    for (let at = 0; at < waiting.length && answers.length < limit; at += BATCH) {
      const some = waiting.slice(at, at + BATCH);
      const found = await Promise.all(some.map((one) => this.#answer(one)));
      answers.push(...found.filter((answer) => answer !== null));
    }
    return answers.slice(0, limit);
  }

  async markRecorded(generationId: string): Promise<void> {
    await this.#running.remove([generationId]);
  }

  async noteErasure(sessionId: string): Promise<void> {
    await this.#sessions.noteErasure(sessionId);
  }

  async erasures(): Promise<readonly string[]> {
    return this.#sessions.erasures();
  }

  async erase(sessionId: string): Promise<number> {
    await this.#sessions.refuse(sessionId);
    const ids = await this.#sessions.all(sessionId);
    const erased = await this.#generations.erase(ids);
    await this.#running.remove(ids);
    await this.#sessions.erase(sessionId);
    return erased;
  }

  exportSession(sessionId: string): AsyncIterable<SealedPage<GenerationItem>> {
    return exportGenerations(this.#contents(sessionId));
  }

  async importSession(sessionId: string, pages: AsyncIterable<SealedPage<GenerationItem>>): Promise<number> {
    let added = 0;
    for await (const { row, events, sha256 } of wholeGenerations(pages, sessionId)) {
      const { id, idempotency_key: key, request_hash: requestHash } = row;
      const claim = await this.#sessions.find(sessionId, key);
      if (claim !== null) {
        const there = await this.#generations.content(id, {
          ...{ idempotency_key: key, request_hash: claim.requestHash, isNoted: row.recorded === 0 },
        });
        if (claim.id !== id || there === null || (await digestOf(there)) !== sha256) throw otherGeneration(id);
        await this.#generations.keep(id);
        continue;
      }
      // Noted before it is there, and given its key when all of it is, as one that is begun.
      if (row.recorded === 0) await this.#running.add(id);
      await this.#generations.restore({ row, events }, this.#running.owner);
      await this.#sessions.claim({ id, requestHash }, { sessionId, turnId: row.turn, key });
      await this.#generations.keep(id);
      added++;
    }
    return added;
  }

  async backupTo(): Promise<void> {
    throw new ContractError(
      'INPUT_INVALID',
      'the generations are in Redis, and no file that could be copied: npm run backup exports them',
    );
  }

  /** Writes what is pending. Readers still waiting are the caller's to end first. */
  async close(): Promise<void> {
    await Promise.all([...this.#own.values()].map((own) => own.settled()));
    this.#tails.close();
    await this.#running.close();
  }

  /** A generation that is given no key is dropped again. */
  async #claim(...of: Parameters<SessionGenerations['claim']>): ReturnType<SessionGenerations['claim']> {
    const [{ id }] = of;
    const drop = () => Promise.all([this.#generations.erase([id]), this.#running.remove([id])]);
    let claim: Awaited<ReturnType<SessionGenerations['claim']>>;
    try {
      claim = await this.#sessions.claim(...of);
    } catch (error) {
      // Whether it was given is unknown when Redis is away: then it goes by itself, or is ended as left behind.
      if (error instanceof ContractError && !error.retryable) await drop();
      throw error;
    }
    if (claim.id !== id) await drop();
    return claim;
  }

  async *#contents(sessionId: string): AsyncGenerator<ReadGeneration, void> {
    const noted = new Set((await this.#running.all()).map(({ id }) => id));
    for (const { id, key, requestHash } of await this.#sessions.claims(sessionId)) {
      const about = { idempotency_key: key, request_hash: requestHash, isNoted: noted.has(id) };
      const found = await this.#generations.content(id, about);
      if (found !== null) yield found;
    }
  }

  async #record({ record, isTextInEvents }: KeptGeneration): Promise<GenerationRecord> {
    if (!isTextInEvents) return record;
    return { ...record, outcome: { ...record.outcome, text: await this.#generations.text(record.id) } };
  }

  /** Whether nothing comes after the event that the reader has. */
  async #locate(generationId: string, after: number): Promise<boolean> {
    const own = this.#own.get(generationId);
    if (own !== undefined) {
      if (after >= own.live.next) throw cursorUnknown();
      return false;
    }
    const [found] = await this.#generations.read([generationId]);
    if (found === null || found === undefined) throw notRunning(generationId);
    if (after > found.sequence && after >= (await this.#generations.acknowledgedCount(generationId))) {
      throw cursorUnknown();
    }
    return after === found.sequence && found.record.status !== 'running';
  }

  async #read(generationId: string, after: number, limit: number): Promise<readonly TokenEvent[]> {
    const own = this.#own.get(generationId);
    const live = own?.live.read(after, limit);
    if (live != null && live.length > 0) return live;
    if (live != null && own?.live.failure != null) throw own.live.failure;
    if (live != null) return live;
    const { events, count } = await this.#generations.shownEvents(generationId, after, limit);
    if (count === 0) throw notRunning(generationId);
    return events;
  }

  /** Whether it could be ended. One whose events are damaged stays as it is: whoever reads it is told where. */
  async #failOrphan(id: string, place: number | null): Promise<boolean> {
    try {
      const [found] = await this.#generations.read([id]);
      if (found === null || found === undefined) {
        if (place !== null) await this.#forgetPromise(id, place);
        return false;
      }
      if (found.record.status !== 'running' || found.owner === this.#running.owner) return false;
      if ((await this.#running.living([found.owner])).has(found.owner)) return false;
      return await this.#end(id, { type: 'failed', ...STOPPED });
    } catch (error) {
      if (error instanceof ContractError && error.code === 'STORAGE_CORRUPT') return false;
      throw error;
    }
  }

  /** Ends a running generation with what it has said, whoever runs it. Whether it was this that ended it. */
  async #end(id: string, ending: Ending): Promise<boolean> {
    for (let tries = 0; tries < MAXIMUM_TRIES; tries++) {
      const [found] = await this.#generations.read([id]);
      if (found === null || found === undefined || found.record.status !== 'running') return false;
      const failure = ending.type === 'failed' ? { code: ending.code, message: ending.message } : null;
      const outcome = { ...found.record.outcome, failure };
      const isDone = await this.#generations.end(id, { after: found.sequence, ending, outcome });
      if (isDone === null) continue;
      if (isDone && ending.type === 'failed') await this.#letGo(id, ending, outcome);
      return isDone;
    }
    throw new ContractError(
      'STORAGE_UNAVAILABLE',
      'Redis: the generation cannot be ended, since it goes on all the time',
    );
  }

  /** An answer that is to be recorded stays noted. What was not let go is found by whoever goes through what is noted. */
  async #letGo(id: string, ending: Ending, outcome: Outcome): Promise<void> {
    if (needsRecording(ending.type, outcome)) return;
    await this.#running.remove([id]).catch(() => {});
  }

  async #answer({ id, place }: Unfinished): Promise<UnrecordedAnswer | null> {
    try {
      const [found] = await this.#generations.read([id]);
      if (found === null || found === undefined) return await this.#forgetPromise(id, place);
      if (found.record.status === 'running') return null;
      const { status, turnId, createdAtMs, outcome } = await this.#record(found);
      if (needsRecording(status, outcome)) {
        return { place, generationId: id, turnId, text: outcome.text, begunAtMs: createdAtMs };
      }
      await this.#running.remove([id]);
    } catch (error) {
      if (!(error instanceof ContractError) || error.code !== 'STORAGE_CORRUPT') throw error;
    }
    return null;
  }

  /** Drops the note of a generation that never came to be. */
  async #forgetPromise(id: string, place: number): Promise<null> {
    if ((await this.#running.ageMs(id, place)) > PROMISED_MS) await this.#running.remove([id]);
    return null;
  }
}

function keyReused(): ContractError {
  return new ContractError('IDEMPOTENCY_KEY_REUSED', 'this idempotency key came with another question before');
}
