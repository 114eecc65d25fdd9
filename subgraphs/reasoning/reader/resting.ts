import { rest } from '@supercontext/runtime/process/in-slices.ts';

/** How long it reads before others get their turn. */
const SLICE_MS = 5;

/** A place where reading may rest. */
export class Resting {
  #begun = performance.now();
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Lets others have their turn when it is time. @throws the signal's reason when it has been aborted */
  async ifNeeded(): Promise<void> {
    if (performance.now() - this.#begun < SLICE_MS) return;
    await rest();
    this.#signal?.throwIfAborted();
    this.#begun = performance.now();
  }
}
