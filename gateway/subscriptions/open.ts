import type { ErrorDetails } from '@supercontext/contract';
import { errorExtensions } from '@supercontext/runtime/format-error.ts';
import { MAXIMUM_STAGE_MESSAGE_BYTES } from '@supercontext/runtime/serve/socket-bounds.ts';
import type { GraphQLFormattedError } from 'graphql';
import { type Client, createClient, type FormattedExecutionResult, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { messageBytes } from './subscribe-message.ts';

/** One result of a subscription, of a subgraph's or of ours. */
export type StreamEvent = FormattedExecutionResult<Record<string, unknown>, Record<string, unknown>>;

/** What becomes of an opened stream. After `errors`, `completed` or `lost` nothing more comes. */
export interface StreamSink {
  next(event: StreamEvent): void;
  /** The subgraph ended the stream with errors, or does not take the operation: REQUEST_TOO_LARGE. */
  errors(errors: readonly GraphQLFormattedError[]): void;
  completed(): void;
  /** The connection broke, or never came about; `opened` says whether the subgraph had accepted it. */
  lost(reason: string, opened: boolean): void;
}

export interface SubgraphStreamsOptions {
  readonly url: string;
  /** Sent once, when the connection is opened. */
  readonly connectionParams: () => Record<string, unknown>;
  /** A connection on which nothing answers for twice this long is given up: half-open ones never close by themselves. */
  readonly keepAliveMs: number;
}

const MAXIMUM_EVENT_BYTES = 16 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** RFC 6455's code for a message longer than the other side takes. */
const MESSAGE_TOO_BIG = 1_009;

interface OpenStream {
  /** Of the message that opened it. */
  readonly sizeBytes: number;
  /** The subgraph has taken the message. */
  isTaken: boolean;
  lost(reason: string): void;
  tooLarge(): void;
}

/** A connection to a subgraph, within bounds, whose errors are heard even when its client has let go of it. */
class SubgraphSocket extends WebSocket {
  constructor(address: string, protocols?: string | string[]) {
    super(address, protocols, {
      maxPayload: MAXIMUM_EVENT_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    this.on('error', () => {});
  }
}

/**
 * Streams of one subgraph over one shared graphql-ws connection, opened with the first stream and closed with the last.
 * Never tries again by itself: a stream that is silently started over would repeat its events. What the subgraph does not take is
 * not sent, since it would cost all the others their connection.
 */
export class SubgraphStreams {
  readonly #client: Client;
  readonly #open = new Set<OpenStream>();
  #acknowledged = false;
  /** Of the longest message on this connection that was cancelled before the subgraph had taken it. */
  #cancelledBytes = 0;
  #silence: NodeJS.Timeout | undefined;
  #socket: WebSocket | undefined;
  #nextId = 0;

  constructor({ url, connectionParams, keepAliveMs }: SubgraphStreamsOptions) {
    this.#client = createClient({
      url,
      webSocketImpl: SubgraphSocket,
      connectionParams,
      lazy: true,
      retryAttempts: 0,
      lazyCloseTimeout: 10_000,
      connectionAckWaitTimeout: 5_000,
      keepAlive: keepAliveMs,
      generateID: () => String(++this.#nextId),
      on: {
        connected: (socket) => {
          this.#acknowledged = true;
          this.#socket = socket as WebSocket;
        },
        ping: (received) => {
          if (received) return;
          clearTimeout(this.#silence);
          this.#silence = setTimeout(() => this.#client.terminate(), keepAliveMs);
        },
        pong: (received) => {
          if (received) clearTimeout(this.#silence);
        },
        closed: (event) => this.#closed(event),
      },
    });
  }

  /** Streams that are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a stream. The returned function cancels it at the subgraph; after it nothing reaches the sink. Idempotent. */
  subscribe(payload: SubscribePayload, sink: StreamSink): () => void {
    const sizeBytes = messageBytes(payload);
    if (sizeBytes === undefined) {
      sink.errors([tooLarge({ maximumBytes: MAXIMUM_STAGE_MESSAGE_BYTES })]);
      return () => undefined;
    }
    let isOpen = true;
    const close = (): boolean => {
      const wasOpen = isOpen;
      isOpen = false;
      this.#open.delete(stream);
      return wasOpen;
    };
    const stream: OpenStream = {
      sizeBytes,
      isTaken: false,
      tooLarge: () => {
        if (!close()) return;
        unsubscribe();
        sink.errors([tooLarge()]);
      },
      lost: (reason) => {
        if (!close()) return;
        const opened = this.#acknowledged;
        unsubscribe();
        // Not before the client has let go of the broken connection, or a stream opened in answer would be put on it.
        queueMicrotask(() => sink.lost(reason, opened));
      },
    };
    this.#open.add(stream);
    const unsubscribe = this.#client.subscribe<Record<string, unknown>, Record<string, unknown>>(payload, {
      next: (event) => {
        stream.isTaken = true;
        if (isOpen) sink.next(event);
      },
      error: (error) => {
        // A list is the subgraph's own answer; all else is an event or error of the connection.
        if (Array.isArray(error)) {
          if (close()) sink.errors(error);
        } else stream.lost(reasonOf(error));
      },
      complete: () => {
        if (close()) sink.completed();
      },
    });
    return () => {
      if (!close()) return;
      if (!stream.isTaken) this.#cancelledBytes = Math.max(this.#cancelledBytes, sizeBytes);
      unsubscribe();
    };
  }

  /** Stops reading from the connection, so that the subgraph has to wait. What has arrived already is still delivered. */
  pause(): void {
    // A connection that is not read has no pongs either.
    clearTimeout(this.#silence);
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#silence);
    this.#open.clear();
    // The closing handshake has to be read.
    this.resume();
    await this.#client.dispose();
  }

  /**
   * The client itself would take a normal closure (1000) by the subgraph for the end of all streams, or would start them
   * over. Neither is true, so every stream is told here, before the client draws its conclusion.
   */
  #closed(event: unknown): void {
    clearTimeout(this.#silence);
    if (isTooBig(event)) this.#longestUntaken()?.tooLarge();
    for (const stream of [...this.#open]) stream.lost(reasonOf(event));
    this.#acknowledged = false;
    this.#cancelledBytes = 0;
    this.#socket = undefined;
  }

  /**
   * The stream whose message was too long, should the subgraph take less than this build's do: whichever it was, the longest that
   * was not taken is too long as well. Undefined when that was one that has been cancelled since.
   */
  #longestUntaken(): OpenStream | undefined {
    let longest: OpenStream | undefined;
    for (const stream of this.#open) {
      if (!stream.isTaken && stream.sizeBytes > (longest?.sizeBytes ?? this.#cancelledBytes)) longest = stream;
    }
    return longest;
  }
}

function tooLarge(details: ErrorDetails = {}): GraphQLFormattedError {
  const message = 'The operation is longer than its subgraph takes over WebSocket';
  return { message, extensions: errorExtensions('REQUEST_TOO_LARGE', details) };
}

function isTooBig(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'code' in event && event.code === MESSAGE_TOO_BIG;
}

function reasonOf(event: unknown): string {
  if (typeof event !== 'object' || event === null) return String(event);
  const { code, reason, message } = event as { code?: unknown; reason?: unknown; message?: unknown };
  const parts = [code === undefined ? '' : `closed with ${code}`, reason, message];
  return parts.filter((part) => typeof part === 'string' && part !== '').join(': ') || 'connection failed';
}
