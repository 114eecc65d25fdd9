import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { SocketBounds } from './socket-bounds.ts';

/** RFC 6455's registry: try again later. */
const TRY_AGAIN_LATER = 1_013;

/**
 * Bounds what messages hold that have begun and not ended, over all sockets together: each may be as long as a message may
 * be, and a thousand sockets that never end theirs would fill the memory. The socket that goes over is closed.
 */
export class UnfinishedMessages {
  readonly #bounds: Pick<SocketBounds, 'maximumBodiesBytes' | 'smallBodyBytes'>;
  #totalBytes = 0;

  constructor(bounds: Pick<SocketBounds, 'maximumBodiesBytes' | 'smallBodyBytes'>) {
    this.#bounds = bounds;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Follows a socket from its opening to its end; `raw` is what it reads from. */
  follow(socket: Pick<WebSocket, 'on' | 'once' | 'close' | 'terminate'>, raw: Pick<Duplex, 'on'>): void {
    let bytes = 0;
    const end = (): void => {
      this.#totalBytes -= bytes;
      bytes = 0;
    };
    const { maximumBodiesBytes, smallBodyBytes } = this.#bounds;
    raw.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      this.#totalBytes += chunk.length;
      if (this.#totalBytes <= maximumBodiesBytes || bytes <= smallBodyBytes) return;
      socket.close(TRY_AGAIN_LATER, 'SERVER_BUSY');
      socket.terminate();
    });
    for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, end);
    socket.once('close', end);
  }
}
