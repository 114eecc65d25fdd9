import { ContractError } from '@supercontext/contract';

/** How long a server may take. */
export interface PatienceLimits {
  /** From the question to its first word, tries and waits between them included. */
  readonly beginMs: number;
  /** Between two words. */
  readonly stallMs: number;
  /** For the whole answer. */
  readonly totalMs: number;
}

/**
 * The clocks of one answer. `signal` aborts when one of them runs out, with MODEL_UNAVAILABLE before the first word and
 * MODEL_FAILED after it.
 */
export class Patience {
  readonly #limits: PatienceLimits;
  readonly #lost = new AbortController();
  readonly #beginsAtMs = performance.now();
  readonly #total: NodeJS.Timeout;
  #next: NodeJS.Timeout;

  constructor(limits: PatienceLimits) {
    this.#limits = limits;
    const { beginMs, totalMs } = limits;
    this.#next = setTimeout(() => {
      this.#lose('MODEL_UNAVAILABLE', `the server did not begin to answer within ${beginMs} ms`);
    }, beginMs);
    this.#total = setTimeout(() => {
      this.#lose('MODEL_FAILED', `the server had not ended its answer within ${totalMs} ms`);
    }, totalMs);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Until the first word has to be there. */
  get leftToBeginMs(): number {
    return this.#beginsAtMs + this.#limits.beginMs - performance.now();
  }

  /** To be called for every word. */
  heard(): void {
    const { stallMs } = this.#limits;
    clearTimeout(this.#next);
    this.#next = setTimeout(() => {
      this.#lose('MODEL_FAILED', `the server said nothing more for ${stallMs} ms`);
    }, stallMs);
  }

  /** Stops the clocks. */
  end(): void {
    clearTimeout(this.#next);
    clearTimeout(this.#total);
  }

  #lose(code: 'MODEL_UNAVAILABLE' | 'MODEL_FAILED', message: string): void {
    this.#lost.abort(new ContractError(code, message));
  }
}
