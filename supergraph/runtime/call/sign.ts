import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import { SeenNonces } from './seen-nonces.ts';

/**
 * Header (and WebSocket connection parameter) that proves a request comes from another stage:
 * `t=<ms>,n=<caller>.<count>,v2=<hex>`.
 */
export const SIGNATURE_HEADER = 'supercontext-signature';

/** How old a signature may be, or how far ahead, on the clock of the callee: see `CalleeClock`. */
const SIGNATURE_WINDOW_MS = 60_000;

/** What is signed when a WebSocket is opened, where there is no body yet. */
export const SOCKET_BODY = 'connection_init';

const SIGNATURE = /^t=(\d{1,16}),n=([0-9a-f]{16})\.(\d{1,15}),v2=([0-9a-f]{64})$/;

/** A process signs as one caller and numbers what it signs: no two of its signatures are alike, and none costs a draw of random bytes. */
const CALLER = randomBytes(8).toString('hex');
let signed = 0;

/** A process has one key; making it ready costs more than using it. */
const readyKeys = new Map<string, KeyObject>();

function readyKey(key: string): KeyObject {
  const ready = readyKeys.get(key) ?? createSecretKey(key, 'utf8');
  readyKeys.set(key, ready);
  return ready;
}

export interface ToSign {
  /** The name of the stage that is called: no other takes the signature. */
  readonly stage: string;
  readonly body: string | Uint8Array;
  readonly nowMs?: number;
}

/**
 * The signature header's value for one request. Bound to stage, body, time and a number that is used once, so that it is
 * worthless for any other request, and for this one a second time: whoever sends again signs again.
 */
export function signRequest(key: string, { stage, body, nowMs = Date.now() }: ToSign): string {
  signed += 1;
  const proof = `t=${nowMs},n=${CALLER}.${signed}`;
  return `${proof},v2=${mac(key, proof, stage, body).toString('hex')}`;
}

function mac(key: string, proof: string, stage: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', readyKey(key)).update(`${proof}\n${stage}\n`).update(body).digest();
}

/** Shows who has the key that a callee's clock showed `time`, in milliseconds, when it refused this signature, and no other. */
export function clockProof(key: string, signature: string, time: number): Buffer {
  return createHmac('sha256', readyKey(key)).update(`clock=${time}\n${signature}`).digest();
}

/** What one stage takes for signed. Remembers what it took, so there is one for all ways into the stage. */
export class Signatures {
  readonly #key: string;
  readonly #stage: string;
  readonly #seen = new SeenNonces(2 * SIGNATURE_WINDOW_MS);

  constructor(key: string, stage: string) {
    this.#key = key;
    this.#stage = stage;
  }

  /**
   * Whether `signature` is worth the reading of a body: it has the form of one and is of this minute.
   * @throws ContractError REQUEST_UNSIGNED
   */
  glance(signature: string | undefined, nowMs: number = Date.now()): void {
    const isNone = signature === undefined || !SIGNATURE.test(signature);
    const timeMs = isNone ? Number.NaN : Number(SIGNATURE.exec(signature)?.[1]);
    if (Math.abs(nowMs - timeMs) <= SIGNATURE_WINDOW_MS) return;
    const clock = isNone ? {} : { time: nowMs, proof: clockProof(this.#key, signature, nowMs).toString('hex') };
    throw new ContractError('REQUEST_UNSIGNED', 'this stage answers only signed requests of the platform', clock);
  }

  /**
   * Takes one request, once.
   * @throws ContractError REQUEST_UNSIGNED when the signature is absent, malformed, too old, for another body or another
   *   stage, or was taken before.
   */
  take(body: string | Uint8Array, signature: string | undefined, nowMs: number = Date.now()): void {
    this.glance(signature, nowMs);
    const [, timeMs, caller = '', count, given = ''] = SIGNATURE.exec(signature ?? '') ?? [];
    const expected = mac(this.#key, `t=${timeMs},n=${caller}.${count}`, this.#stage, body);
    if (!timingSafeEqual(Buffer.from(given, 'hex'), expected)) {
      throw new ContractError('REQUEST_UNSIGNED', 'the signature does not belong to this request');
    }
    // Only of what is signed: a stranger must not be able to fill what is remembered.
    if (!this.#seen.add(caller, Number(count), nowMs)) {
      throw new ContractError('REQUEST_UNSIGNED', 'the request is replayed: its signature was taken before');
    }
  }
}
