/** Lets so many in at once; so many more wait, in the order in which they came, and no longer than they want to. */
export class Turnstile {
  readonly #maximum: number;
  readonly #maximumWaiting: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(maximum: number, maximumWaiting: number) {
    this.#maximum = maximum;
    this.#maximumWaiting = maximumWaiting;
  }

  /** Null once inside, which calls for `leave`; or why it was refused. @param untilMs on the clock of `performance.now()` */
  async enter(untilMs: number): Promise<string | null> {
    if (this.#inside < this.#maximum) {
      this.#inside++;
      return null;
    }
    if (this.#waiting.size >= this.#maximumWaiting) return `${this.#maximumWaiting} calls wait for it already`;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    // Whoever leaves hands its place on, so that the number inside stays.
    const enter = () => resolve(true);
    this.#waiting.add(enter);
    const giveUp = () => {
      // At once, so that no place is handed to who has gone.
      this.#waiting.delete(enter);
      resolve(false);
    };
    const timer = setTimeout(giveUp, Math.max(0, untilMs - performance.now()));
    const isIn = await promise;
    clearTimeout(timer);
    return isIn ? null : 'the calls before this one took all of its time';
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
