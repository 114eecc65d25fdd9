import { timingSafeEqual } from 'node:crypto';
import { clockProof, signRequest } from './sign.ts';

/** A refusal is short; anything longer is none. */
const MAXIMUM_REFUSAL_LENGTH = 4_096;

/**
 * Signs what one callee is sent, on its clock as far as that is known. A callee that refuses a signature for its time tells its own,
 * with a proof that holds for this refusal alone: clocks of stages may show any time, and a signature is still good for a minute.
 */
export class CalleeClock {
  readonly #key: string;
  readonly #stage: string;
  #aheadMs = 0;

  /** @param stage the name of the one that is called */
  constructor(key: string, stage: string) {
    this.#key = key;
    this.#stage = stage;
  }

  sign(body: string): string {
    return signRequest(this.#key, { stage: this.#stage, body, nowMs: Date.now() + this.#aheadMs });
  }

  /** Whether the callee refused `signature` for its time and told its own: what is signed from now on is of that. */
  learn(signature: string, answer: string): boolean {
    const { time, proof } = refusalOf(answer);
    if (time === undefined || proof === undefined) return false;
    const [given, expected] = [Buffer.from(proof, 'hex'), clockProof(this.#key, signature, time)];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    this.#aheadMs = time - Date.now();
    return true;
  }
}

function refusalOf(answer: string): { readonly time?: number; readonly proof?: string } {
  if (answer.length > MAXIMUM_REFUSAL_LENGTH) return {};
  try {
    const { errors } = JSON.parse(answer) as {
      errors?: readonly { extensions?: { details?: { time?: unknown; proof?: unknown } } }[];
    };
    const { time, proof } = errors?.[0]?.extensions?.details ?? {};
    return Number.isSafeInteger(time) && typeof proof === 'string' ? { time: time as number, proof } : {};
  } catch {
    return {};
  }
}
