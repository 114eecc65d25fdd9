import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { ContractError } from '@supercontext/contract';
import { CONTENT_CODINGS, type ContentCoding, contentCodingOf } from './content-codings.ts';
import { bodyTooLarge, Refusal } from './refusal.ts';
import type { SocketBounds } from './socket-bounds.ts';

type Bounds = Pick<SocketBounds, 'maximumBodiesBytes' | 'smallBodyBytes' | 'maximumDecoders'>;

interface EncodedBody {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the coding. */
  readonly name: string;
  readonly coding: ContentCoding;
}

/**
 * The bodies that are under way in a process, out of their content coding: each is small enough, and thousands at once would fill
 * the memory. Counted are the bytes that have arrived, and of a compressed body those that came out of it, until the request has
 * its answer or its sender has gone: who announces much and sends nothing takes nobody's room, and a small body that
 * becomes a large one is not read further than a large one is.
 */
export class ArrivingBodies {
  readonly #bounds: Bounds;
  readonly #bodyLimitBytes: number;
  #bytes = 0;
  #decoders = 0;

  constructor(bounds: Bounds, bodyLimitBytes: number) {
    this.#bounds = bounds;
    this.#bodyLimitBytes = bodyLimitBytes;
  }

  /**
   * The body to be read in place of the request's own. Its stream fails with SERVER_BUSY when there is no room for more of it,
   * with REQUEST_TOO_LARGE when more comes out of it than one body may have, and with a 400 when it is not in the coding it names.
   * @throws ContractError SERVER_BUSY: so many compressed bodies arrive already
   */
  take(request: IncomingMessage, response: ServerResponse): IncomingMessage | Transform {
    const name = contentCodingOf(request.headers['content-encoding']);
    const coding = CONTENT_CODINGS[name];
    if (coding !== undefined) return this.#decode({ request, response, name, coding });
    const isUnknown = request.headers['transfer-encoding'] !== undefined;
    const isSmall = !isUnknown && !(Number(request.headers['content-length'] ?? 0) > this.#bounds.smallBodyBytes);
    if (isSmall) return request;
    const body = this.#count(response);
    abandonWith(request, body);
    return request.pipe(body);
  }

  #decode({ request, response, name, coding }: EncodedBody): Transform {
    const { maximumDecoders } = this.#bounds;
    if (this.#decoders >= maximumDecoders) {
      throw new ContractError('SERVER_BUSY', 'too many compressed requests arrive at once', { maximumDecoders });
    }
    const decoder = coding.decoder();
    this.#decoders += 1;
    decoder.once('close', () => {
      this.#decoders -= 1;
    });
    const body = this.#count(response);
    // Also for who is refused: without anybody to read what comes out, it would be decoded to its end.
    body.once('close', () => decoder.destroy());
    decoder.once('error', () => body.destroy(new Refusal(400, `the request body is not ${name}`)));
    abandonWith(request, body);
    let receivedEncodedLength = 0;
    request.on('data', (chunk: Uint8Array) => {
      receivedEncodedLength += chunk.length;
    });
    request.pipe(decoder).pipe(body);
    // By which fastify checks that a body is as long as it was said to be.
    return Object.defineProperty(body, 'receivedEncodedLength', { get: () => receivedEncodedLength });
  }

  /** A stream that lets through what there is room for, until the answer. */
  #count(response: ServerResponse): Transform {
    let bytes = 0;
    const transform = (chunk: Uint8Array, _encoding: string, done: TransformCallback) => {
      bytes += chunk.length;
      this.#bytes += chunk.length;
      done(this.#refusal(bytes), chunk);
    };
    // Of a request that is refused before its body is read nobody else listens.
    const body = new Transform({ transform }).on('error', () => {});
    response.once('close', () => {
      body.destroy();
      this.#bytes -= bytes;
    });
    return body;
  }

  #refusal(bytesOfThisBody: number): ContractError | null {
    const { maximumBodiesBytes, smallBodyBytes } = this.#bounds;
    if (bytesOfThisBody > this.#bodyLimitBytes) return bodyTooLarge(this.#bodyLimitBytes);
    if (this.#bytes <= maximumBodiesBytes || bytesOfThisBody <= smallBodyBytes) return null;
    return new ContractError('SERVER_BUSY', 'too many large requests arrive at once', { maximumBodiesBytes });
  }
}

/** A request that breaks off ends the body that is made of it. */
function abandonWith(request: IncomingMessage, body: Readable): void {
  request.once('error', (error) => body.destroy(error)).once('aborted', () => body.destroy());
}
