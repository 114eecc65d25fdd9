/**
 * Runs `work` once nothing has stirred for `quietMs`, and again only after the next stir: for what has to be done sometime
 * and should be in nobody's way. Never keeps the process alive; `stop` forgets what is due.
 */
export class WhenQuiet {
  readonly #timer: NodeJS.Timeout;
  #isDue = false;

  constructor(quietMs: number, work: () => void) {
    // One timer, moved on by each stir: cheaper than a new one.
    this.#timer = setTimeout(() => {
      if (!this.#isDue) return;
      this.#isDue = false;
      work();
    }, quietMs);
    this.#timer.unref();
  }

  stir(): void {
    this.#isDue = true;
    this.#timer.refresh();
  }

  stop(): void {
    this.#isDue = false;
    clearTimeout(this.#timer);
  }
}
