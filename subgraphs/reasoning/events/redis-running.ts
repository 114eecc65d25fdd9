import { randomUUID } from 'node:crypto';
import { command, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import { keySlot } from '@supercontext/runtime/redis/key-slot.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { script } from '@supercontext/runtime/redis/script.ts';

/** Hashes over which what is not done with is spread. */
const PARTS = 16;
/** A process that was not heard of for so long is gone: longer than a failover takes. */
const LEASE_MS = 15_000;
const BEATS_A_LEASE = 5;
/** Nobody waits longer than this for a Redis that is away, to tell it that all is over. */
const CLOSING_MS = 1_000;

/** ARGV: part, generation, owner. Places are in microseconds on the clock of Redis, and no two are the same. */
const ADD = script(`
  if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1 then return 0 end
  local now = redis.call('TIME')
  local place = math.floor((now[1] * 1000000 + now[2]) / ${PARTS}) * ${PARTS} + ARGV[1]
  local last = tonumber(redis.call('HGET', KEYS[1], '') or '0')
  if place <= last then place = last + ${PARTS} end
  place = string.format('%.0f', place)
  redis.call('HSET', KEYS[1], '', place, ARGV[2], place .. ' ' .. ARGV[3])
  return 1
`);

/** A generation that is not done with: it runs, or its answer may not be part of its session's log yet. */
export interface Unfinished {
  readonly id: string;
  readonly place: number;
  /** The process that runs it, or has run it. */
  readonly owner: string;
}

/**
 * Which generations are not done with, and which processes live. An entry is there before its generation is, and goes after all
 * is done: it is a hint, and the generation itself says what is true. A process lives as long as a key of its own, which it
 * renews, is there: on the clock of Redis, so that no clock of another machine matters.
 */
export class RunningGenerations {
  /** Of this process, this time. */
  readonly owner = randomUUID();
  readonly #redis: RedisClient;
  readonly #leaseMs: number;
  readonly #timer: NodeJS.Timeout;

  private constructor(redis: RedisClient, leaseMs: number, onBeat: () => Promise<void>) {
    this.#redis = redis;
    this.#leaseMs = leaseMs;
    const beat = () => {
      // What is wrong is said by whoever needs Redis; the next beat comes anyway.
      void this.#beat()
        .then(onBeat)
        .catch(() => {});
    };
    this.#timer = setInterval(beat, leaseMs / BEATS_A_LEASE);
    this.#timer.unref();
  }

  /** @param onBeat what else is to be done now and then. @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL */
  static async open(
    redis: RedisClient,
    { leaseMs = LEASE_MS, onBeat }: { readonly leaseMs?: number; readonly onBeat: () => Promise<void> },
  ): Promise<RunningGenerations> {
    const running = new RunningGenerations(redis, leaseMs, onBeat);
    try {
      await running.#beat();
      return running;
    } catch (error) {
      clearInterval(running.#timer);
      throw error;
    }
  }

  async add(id: string): Promise<void> {
    const part = partOf(id);
    const args = [part, id, this.owner];
    await this.#redis.write([scriptCommand(ADD, { keys: [partKey(part)], args, isIdempotent: true })]);
  }

  /** For how long it has been noted, on the clock by which that was done: of this machine's nobody knows how it goes. */
  async ageMs(id: string, place: number): Promise<number> {
    const [reply] = await this.#redis.read([{ key: partKey(partOf(id)), words: ['TIME'], isIdempotent: true }]);
    const [seconds, microseconds] = reply as readonly [Buffer, Buffer];
    return Number(seconds) * 1_000 + (Number(microseconds) - place) / 1_000;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#redis.write(ids.map((id) => command('HDEL', partKey(partOf(id)), id)));
  }

  /** All, oldest first. */
  async all(): Promise<Unfinished[]> {
    const parts = Array.from({ length: PARTS }, (_, part) => command('HGETALL', partKey(part)));
    const found: Unfinished[] = [];
    for (const reply of await this.#redis.read(parts)) {
      const words = (reply as readonly Buffer[]).map(String);
      for (let at = 0; at + 1 < words.length; at += 2) {
        const [place = '', owner = ''] = (words[at + 1] ?? '').split(' ');
        const id = words[at] ?? '';
        if (id !== '') found.push({ id, place: Number(place) || 1, owner });
      }
    }
    return found.sort((one, other) => one.place - other.place);
  }

  async living(owners: Iterable<string>): Promise<ReadonlySet<string>> {
    const asked = [...new Set(owners)];
    const replies = await this.#redis.read(asked.map((owner) => command('EXISTS', ownerKey(owner))));
    return new Set(asked.filter((_, at) => replies[at] === 1));
  }

  /** This process is no more: what it left running may be ended at once. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#redis.write([command('DEL', ownerKey(this.owner))], { deadlineMs: CLOSING_MS }).catch(() => {});
  }

  async #beat(): Promise<void> {
    await this.#redis.write([command('SET', ownerKey(this.owner), 1, 'PX', this.#leaseMs)]);
  }
}

function partOf(id: string): number {
  return keySlot(id) % PARTS;
}

function partKey(part: number): string {
  return `g:{run.${part}}`;
}

function ownerKey(owner: string): string {
  return `g:{own.${owner}}`;
}
