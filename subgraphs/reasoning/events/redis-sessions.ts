import { ContractError } from '@supercontext/contract';
import { changeHash } from '@supercontext/runtime/redis/change-hash.ts';
import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command } from '@supercontext/runtime/redis/command.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import { sessionOfTurn } from '../validate-ask.ts';

/** Others may ask in the same session at the same time. */
const MAXIMUM_TRIES = 32;
/** That a session was erased is known for as long as somebody may still begin something in it. */
const ERASED_MS = 10 * 60_000;

const ERASING = 'erasing';
const MARK = Buffer.from('1');
const ERASURES = 'g:{erasures}';
const GENERATION_ID = /gen_[0-9a-f]{24}/g;

/** Which generation a key led to, and for what question. */
export interface Claim {
  readonly id: string;
  readonly requestHash: string;
}

/**
 * Which generations a session has: a hash for each, with `k<key>` for each idempotency key and `t<turn>` for each turn's list.
 * `erasing` stands there while the session is erased, and alone for a while afterwards.
 */
export class SessionGenerations {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async find(sessionId: string, key: string): Promise<Claim | null> {
    const field = `k${key}`;
    const sealed = (await this.#redis.readOne('HGET', sessionKey(sessionId), field)) as Buffer | null;
    return sealed === null ? null : opened<Claim>(sessionId, field, sealed);
  }

  /**
   * Gives a key to a generation, and the generation to its turn. What the key leads to: another one where it was given before.
   * @throws ContractError SESSION_NOT_FOUND for one that is being erased
   */
  async claim(
    claim: Claim,
    of: { readonly sessionId: string; readonly turnId: string; readonly key: string },
  ): Promise<Claim> {
    const { sessionId } = of;
    const place = sessionKey(sessionId);
    const [byKey, ofTurn] = [`k${of.key}`, `t${of.turnId}`];
    for (let tries = 0; tries < MAXIMUM_TRIES; tries++) {
      const reply = await this.#redis.readOne('HMGET', place, byKey, ofTurn, ERASING);
      const [known, turn, erasing] = reply as readonly [Buffer | null, Buffer | null, Buffer | null];
      if (known !== null) return opened<Claim>(sessionId, byKey, known);
      if (erasing !== null) throw new ContractError('SESSION_NOT_FOUND', 'the session is being erased');
      const before = turn === null ? [] : opened<readonly string[]>(sessionId, ofTurn, turn);
      const isDone = await changeHash(this.#redis, place, {
        expect: [
          [byKey, null],
          [ofTurn, turn],
          [ERASING, null],
        ],
        set: [
          [byKey, sealed(sessionId, byKey, claim)],
          [ofTurn, sealed(sessionId, ofTurn, [...before, claim.id])],
        ],
      });
      if (isDone) return claim;
    }
    throw new ContractError('STORAGE_UNAVAILABLE', 'Redis: too much is asked in the same session at the same time');
  }

  /** For each turn its generations, oldest first. */
  async ofTurns(turnIds: readonly string[]): Promise<(readonly string[])[]> {
    const replies = await this.#redis.read(
      turnIds.map((turnId) => command('HGET', sessionKey(sessionOfTurn(turnId)), `t${turnId}`)),
    );
    return turnIds.map((turnId, at) => {
      const found = replies[at] as Buffer | null;
      return found === null ? [] : opened<readonly string[]>(sessionOfTurn(turnId), `t${turnId}`, found);
    });
  }

  /** All of a session, whatever else is damaged of them. */
  async all(sessionId: string): Promise<string[]> {
    const values = (await this.#redis.readOne('HVALS', sessionKey(sessionId))) as readonly Buffer[];
    return [...new Set(values.flatMap((value) => value.toString('latin1').match(GENERATION_ID) ?? []))];
  }

  /** Notes that a session is to be erased: nothing is begun in it from now on, by nobody. */
  async noteErasure(sessionId: string): Promise<void> {
    const set: [string, Buffer] = [sessionId, sealValue(`${ERASURES} ${sessionId}`, MARK)];
    await changeHash(this.#redis, ERASURES, { expect: [], set: [set], isOnReserve: true });
    await this.refuse(sessionId);
  }

  async refuse(sessionId: string): Promise<void> {
    await changeHash(this.#redis, sessionKey(sessionId), { expect: [], set: [[ERASING, MARK]], isOnReserve: true });
  }

  /** What is damaged is left out: the others are not to wait for its repair. */
  async erasures(): Promise<string[]> {
    const values = (await this.#redis.readOne('HGETALL', ERASURES)) as readonly Buffer[];
    const noted: string[] = [];
    for (let at = 0; at + 1 < values.length; at += 2) {
      const sessionId = String(values[at]);
      try {
        openValue(`${ERASURES} ${sessionId}`, values[at + 1] as Buffer);
        noted.push(sessionId);
      } catch {}
    }
    return noted;
  }

  /** Drops what is known of a session, and the note. */
  async erase(sessionId: string): Promise<void> {
    const place = sessionKey(sessionId);
    const fields = ((await this.#redis.readOne('HKEYS', place)) as readonly Buffer[]).map(String);
    const drop = fields.filter((field) => field !== ERASING);
    await changeHash(this.#redis, place, {
      ...{ expect: [], drop, set: [[ERASING, MARK]], expireMs: ERASED_MS, isOnReserve: true },
    });
    await this.#redis.writeOne('HDEL', ERASURES, sessionId);
  }
}

function sessionKey(sessionId: string): string {
  return `g:{${sessionId}}`;
}

function sealed(sessionId: string, field: string, value: unknown): Buffer {
  return sealValue(`${sessionKey(sessionId)} ${field}`, Buffer.from(JSON.stringify(value)));
}

/** @throws ContractError STORAGE_CORRUPT */
function opened<Value>(sessionId: string, field: string, bytes: Buffer): Value {
  return JSON.parse(openValue(`${sessionKey(sessionId)} ${field}`, bytes).toString()) as Value;
}
