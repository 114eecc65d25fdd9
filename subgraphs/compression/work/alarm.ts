/** Sleeps that end early when somebody wakes them. */
export class Alarm {
  readonly #sleepers = new Set<() => void>();

  /** Resolves after `delayMs`, or at the next `wake`. */
  async sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#sleepers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      this.#sleepers.add(done);
    });
  }

  /** Wakes all who sleep now; nobody who falls asleep later. */
  wake(): void {
    for (const done of this.#sleepers) done();
  }
}
