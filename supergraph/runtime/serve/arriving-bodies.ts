import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { ContractError } from '@supercontext/contract';
import type { SocketBounds } from './socket-bounds.ts';

type Bounds = Pick<SocketBounds, 'maximumBodiesBytes' | 'smallBodyBytes'>;

/**
 * The large bodies that are under way in a process: each is small enough, and thousands at once would fill the memory. Counted are
 * bytes that have arrived, until the request has its answer or its sender has gone: who announces much and sends nothing
 * takes nobody's room.
 */
export class ArrivingBodies {
  readonly #bounds: Bounds;
  #bytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** The body to be read in place of the request's own; its stream fails with SERVER_BUSY when there is no room for more of it. */
  count(request: IncomingMessage, response: ServerResponse): IncomingMessage | Transform {
    const { smallBodyBytes } = this.#bounds;
    const isUnknown = request.headers['transfer-encoding'] !== undefined;
    if (!isUnknown && !(Number(request.headers['content-length'] ?? 0) > smallBodyBytes)) return request;
    let bytes = 0;
    response.once('close', () => {
      this.#bytes -= bytes;
    });
    const take = (chunk: Uint8Array, _encoding: string, done: TransformCallback) => {
      bytes += chunk.length;
      this.#bytes += chunk.length;
      done(this.#hasRoom(bytes) ? null : this.#busy(), chunk);
    };
    const body = Object.assign(new Transform({ transform: take }), {
      // By which fastify checks that a body is as long as it was said to be.
      get receivedEncodedLength(): number {
        return bytes;
      },
    });
    request.once('error', (error) => body.destroy(error)).once('aborted', () => body.destroy());
    return request.pipe(body);
  }

  #hasRoom(ofThisBody: number): boolean {
    const { maximumBodiesBytes, smallBodyBytes } = this.#bounds;
    return this.#bytes <= maximumBodiesBytes || ofThisBody <= smallBodyBytes;
  }

  #busy(): ContractError {
    const { maximumBodiesBytes } = this.#bounds;
    return new ContractError('SERVER_BUSY', 'too many large requests arrive at once', { maximumBodiesBytes });
  }
}
