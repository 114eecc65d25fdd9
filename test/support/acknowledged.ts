import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, isErrorCode } from '@supercontext/contract';
import { errorCode, post } from './graph.ts';

/** One refused call. */
export interface Refusal {
  readonly what: string;
  readonly code: string;
}

const ANSWER_DEADLINE_MS = 30_000;
const PAUSE_MS = 50;
/** What is refused for so long is not served any more. */
const PATIENCE_MS = 60_000;

/**
 * Calls until they are acknowledged, as a client that knows the error table: each refusal is to be one of it that may pass, and the
 * same call is sent again. Counts them.
 */
export class Caller {
  readonly url: string;
  readonly refusals: Refusal[] = [];
  /** Whether the gateway itself may go away: only then a connection may break. */
  mayBreak = false;
  /** Of all acknowledged calls. */
  longestMs = 0;

  constructor(url: string) {
    this.url = url;
  }

  /**
   * The payload of a mutation, or what a query selects, once it is there without an error.
   * @param doneBefore the code that says of a call that was sent again that the try before has done it
   * @throws Error for a refusal that the error table does not call retryable, and for one that does not pass
   */
  async call<Payload>(
    query: string,
    variables: Record<string, unknown>,
    { doneBefore = null }: { readonly doneBefore?: string | null } = {},
  ): Promise<Payload> {
    const what = /\w+(?=[ (]*[({])/.exec(query.slice(query.indexOf('{') + 1))?.[0] ?? query;
    const startedAtMs = performance.now();
    for (let tries = 1; ; tries++) {
      const refusal = await this.#once(query, variables);
      if (tries > 1 && 'code' in refusal && refusal.code === doneBefore) return null as Payload;
      if ('payload' in refusal) {
        this.longestMs = Math.max(this.longestMs, performance.now() - startedAtMs);
        return refusal.payload as Payload;
      }
      this.#count(what, refusal);
      if (performance.now() - startedAtMs > PATIENCE_MS) {
        throw new Error(`${what} is refused for ${PATIENCE_MS} ms, at last with ${refusal.code}: ${refusal.message}`);
      }
      await sleep(PAUSE_MS);
    }
  }

  /** @throws Error when it may not be sent again */
  refused(what: string, code: string, message: string): void {
    this.#count(what, { code, message });
  }

  #count(what: string, { code, message }: { readonly code: string; readonly message: string }): void {
    this.refusals.push({ what, code });
    if (code === BROKEN && this.mayBreak) return;
    if (!isErrorCode(code) || !ERRORS[code].retryable) throw new Error(`${what} was refused: ${code} ${message}`);
  }

  async #once(
    query: string,
    variables: Record<string, unknown>,
  ): Promise<{ readonly payload: unknown } | { readonly code: string; readonly message: string }> {
    let answer: Awaited<ReturnType<typeof post>>;
    try {
      answer = await Promise.race([post(this.url, query, variables), late()]);
    } catch (error) {
      return { code: BROKEN, message: String((error as Error).cause ?? error) };
    }
    const code = errorCode(answer);
    if (code === undefined) return { payload: Object.values(answer.data ?? {})[0] };
    return { code, message: JSON.stringify(answer.errors ?? answer.data).slice(0, 500) };
  }
}

/** No code of the table: there was no answer. */
const BROKEN = 'a broken connection';

async function late(): Promise<never> {
  await sleep(ANSWER_DEADLINE_MS, undefined, { ref: false });
  throw new Error(`no answer within ${ANSWER_DEADLINE_MS} ms`);
}

/** How often each code came. */
export function codesOf(refusals: readonly Refusal[]): Readonly<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (const { code } of refusals) codes[code] = (codes[code] ?? 0) + 1;
  return codes;
}
