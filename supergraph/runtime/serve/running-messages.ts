import type { SocketBounds } from './socket-bounds.ts';

type Bounds = Pick<SocketBounds, 'maximumBodiesBytes' | 'smallBodyBytes'>;

/**
 * The messages of all WebSockets together whose operations run: each keeps its variables for as long as that takes, which
 * for a stream may be hours. Small ones always have room: how many a socket has open is bounded elsewhere.
 */
export class RunningMessages {
  readonly #bounds: Bounds;
  #bytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Holds a message until `work` is done. False, and nothing is begun, when there is no room for it. */
  async hold(bytes: number, work: () => Promise<void>): Promise<boolean> {
    const { maximumBodiesBytes, smallBodyBytes } = this.#bounds;
    const counted = bytes > smallBodyBytes ? bytes : 0;
    if (counted > 0 && this.#bytes + counted > maximumBodiesBytes) return false;
    this.#bytes += counted;
    try {
      await work();
      return true;
    } finally {
      this.#bytes -= counted;
    }
  }
}
