/**
 * Stops calls to a subgraph that does not answer, so that callers fail at once and the subgraph has peace to recover.
 *
 * closed → (threshold failures in a row) → open → (openMs later) → probing → one call passes:
 * success closes it, failure opens it again; one that never left lets the next pass.
 */
type State =
  | { readonly phase: 'closed'; readonly failures: number }
  | { readonly phase: 'open'; readonly untilMs: number }
  | { readonly phase: 'probing' };

export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number;
  readonly openMs: number;
}

export class CircuitBreaker {
  #state: State = { phase: 'closed', failures: 0 };
  readonly #options: CircuitBreakerOptions;
  readonly #nowMs: () => number;

  constructor(options: CircuitBreakerOptions, nowMs: () => number = () => performance.now()) {
    this.#options = options;
    this.#nowMs = nowMs;
  }

  get phase(): State['phase'] {
    return this.#state.phase;
  }

  /** Milliseconds the caller should wait before it tries again; 0 when the call may pass. Every passed call must be settled. */
  admit(): number {
    switch (this.#state.phase) {
      case 'closed':
        return 0;
      case 'probing':
        return this.#options.openMs;
      case 'open': {
        const waitMs = this.#state.untilMs - this.#nowMs();
        if (waitMs > 0) return Math.ceil(waitMs);
        this.#state = { phase: 'probing' };
        return 0;
      }
    }
  }

  /** The call that passed never left the gateway: it says nothing about the subgraph. */
  withdrawn(): void {
    if (this.#state.phase === 'probing') this.#state = { phase: 'open', untilMs: this.#nowMs() };
  }

  succeeded(): void {
    this.#state = { phase: 'closed', failures: 0 };
  }

  failed(): void {
    const failures = this.#state.phase === 'closed' ? this.#state.failures + 1 : this.#options.failureThreshold;
    this.#state =
      failures >= this.#options.failureThreshold
        ? { phase: 'open', untilMs: this.#nowMs() + this.#options.openMs }
        : { phase: 'closed', failures };
  }
}
