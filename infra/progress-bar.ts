const WIDTH = 28;
const INTERVAL_MS = 100;

/** Shows how far something with a known goal is: on a terminal one line that is drawn again, elsewhere a line now and then. */
export class ProgressBar {
  readonly #goalTokens: number;
  readonly #start = performance.now();
  readonly #out = process.stdout;
  #tokens = 0;
  #drawnAtMs = 0;

  constructor(goalTokens: number) {
    this.#goalTokens = goalTokens;
  }

  get tokens(): number {
    return this.#tokens;
  }

  add(tokens: number): void {
    this.#tokens += tokens;
    const now = performance.now();
    if (now - this.#drawnAtMs < (this.#out.isTTY ? INTERVAL_MS : 20 * INTERVAL_MS)) return;
    this.#drawnAtMs = now;
    this.#draw(this.#out.isTTY ? '\r' : '', this.#out.isTTY ? '\x1b[K' : '\n');
  }

  /** Draws the last state and leaves it standing. @returns seconds since the start */
  end(): number {
    this.#draw(this.#out.isTTY ? '\r' : '', this.#out.isTTY ? '\x1b[K\n' : '\n');
    return (performance.now() - this.#start) / 1_000;
  }

  #draw(before: string, after: string): void {
    const seconds = (performance.now() - this.#start) / 1_000;
    const share = Math.min(1, this.#tokens / this.#goalTokens);
    const filled = Math.round(share * WIDTH);
    const rate = this.#tokens / Math.max(seconds, 0.001);
    const leftSeconds = rate === 0 ? 0 : Math.max(0, (this.#goalTokens - this.#tokens) / rate);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    this.#out.write(
      `${before}  ${bar} ${this.#tokens.toLocaleString('en')} tokens  ${Math.round(rate).toLocaleString('en')} tokens/s  ${leftSeconds.toFixed(0)} s left${after}`,
    );
  }
}
