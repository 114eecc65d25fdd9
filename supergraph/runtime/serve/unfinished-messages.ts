import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { letGo } from '../process/let-go.ts';
import { FrameMeter } from './frame-meter.ts';
import { type SocketBounds, TRY_AGAIN_LATER } from './socket-bounds.ts';

/** As HTTP's 408, the way graphql-transport-ws numbers its codes. */
const REQUEST_TIMEOUT = 4_408;

type Bounds = Pick<SocketBounds, 'maximumBodiesBytes' | 'smallBodyBytes' | 'requestTimeoutMs' | 'lookMs'>;
type Socket = Pick<WebSocket, 'once' | 'close' | 'terminate' | 'isPaused'>;

interface Followed {
  readonly socket: Socket;
  readonly meter: FrameMeter;
  /** When the message began of which something is held, on the clock of `performance.now()`. */
  beganAtMs: number;
}

/**
 * Bounds what messages hold that have begun and not ended: over all sockets together, since each may be as long as a message
 * may be and a thousand sockets that never end theirs would fill the memory; and in time, as requests over HTTP. The socket that
 * goes over is closed.
 */
export class UnfinishedMessages {
  readonly #bounds: Bounds;
  readonly #followed = new Set<Followed>();
  readonly #look: NodeJS.Timeout;
  #totalBytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
    this.#look = setInterval(() => this.#closeLate(), bounds.lookMs).unref();
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Follows a socket from its opening to its end; `raw` is what it reads from. */
  follow(socket: Socket, raw: Pick<Duplex, 'on' | 'off'>): void {
    const followed: Followed = { socket, meter: new FrameMeter(), beganAtMs: 0 };
    const { meter } = followed;
    const take = (chunk: Uint8Array): void => {
      const before = meter.heldBytes;
      if (meter.take(chunk)) followed.beganAtMs = performance.now();
      this.#totalBytes += meter.heldBytes - before;
      if (this.#totalBytes <= this.#bounds.maximumBodiesBytes || meter.heldBytes <= this.#bounds.smallBodyBytes) return;
      cut(socket, TRY_AGAIN_LATER, 'SERVER_BUSY');
    };
    this.#followed.add(followed);
    raw.on('data', take);
    // What comes after a frame that is none is read and forgotten.
    socket.once('error', () => raw.off('data', take));
    socket.once('close', () => {
      raw.off('data', take);
      this.#followed.delete(followed);
      this.#totalBytes -= meter.heldBytes;
      letGo(meter.heldBytes);
    });
  }

  /** No socket is followed in time any more. */
  stop(): void {
    clearInterval(this.#look);
  }

  #closeLate(): void {
    const { requestTimeoutMs, lookMs } = this.#bounds;
    const nowMs = performance.now();
    for (const followed of this.#followed) {
      const { socket, meter } = followed;
      if (meter.heldBytes === 0) continue;
      // Nothing can arrive while it is not read.
      if (socket.isPaused) followed.beganAtMs = Math.min(nowMs, followed.beganAtMs + lookMs);
      else if (nowMs - followed.beganAtMs > requestTimeoutMs) cut(socket, REQUEST_TIMEOUT, 'message timeout');
    }
  }
}

function cut(socket: Socket, code: number, reason: string): void {
  socket.close(code, reason);
  socket.terminate();
}
