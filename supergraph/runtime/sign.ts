import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { ContractError } from '@supercontext/contract';

/** Header (and WebSocket connection parameter) that proves a request comes from another stage: `t=<ms>,v1=<hex>`. */
export const SIGNATURE_HEADER = 'supercontext-signature';

/** How far the clocks of two stages may be apart before a signature is refused. */
const SIGNATURE_WINDOW_MS = 60_000;

/** What is signed when a WebSocket is opened, where there is no body yet. */
export const SOCKET_BODY = 'connection_init';

/** A process has one key; making it ready costs more than using it. */
const readyKeys = new Map<string, KeyObject>();

function readyKey(key: string): KeyObject {
  const ready = readyKeys.get(key) ?? createSecretKey(key, 'utf8');
  readyKeys.set(key, ready);
  return ready;
}

function mac(key: string, timeMs: number, body: string | Uint8Array): Buffer {
  return createHmac('sha256', readyKey(key)).update(`${timeMs}.`).update(body).digest();
}

/** The signature header's value for `body`. Bound to body and time, so that it is worthless for another request. */
export function signRequest(key: string, body: string | Uint8Array, nowMs: number = Date.now()): string {
  return `t=${nowMs},v1=${mac(key, nowMs, body).toString('hex')}`;
}

/** @throws ContractError REQUEST_UNSIGNED when the signature is absent, malformed, too old or for another body. */
export function verifyRequest(
  key: string,
  body: string | Uint8Array,
  signature: string | undefined,
  nowMs: number = Date.now(),
): void {
  const match = /^t=(\d{1,16}),v1=([0-9a-f]{64})$/.exec(signature ?? '');
  const timeMs = Number(match?.[1]);
  const given = Buffer.from(match?.[2] ?? '', 'hex');
  if (match === null || Math.abs(nowMs - timeMs) > SIGNATURE_WINDOW_MS) {
    throw new ContractError('REQUEST_UNSIGNED', 'this stage answers only signed requests of the platform');
  }
  if (!timingSafeEqual(given, mac(key, timeMs, body))) {
    throw new ContractError('REQUEST_UNSIGNED', 'the signature does not belong to this request');
  }
}
