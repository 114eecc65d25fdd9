import { type Client, createClient, type SubscribePayload } from 'graphql-ws/client';
import { Arriving } from './arriving.ts';
import { countingWebSocket, type WebSocketClass, type WebSocketLike } from './counting-web-socket.ts';
import {
  connectionLost,
  errorOfAnswer,
  GraphRequestError,
  unreachable,
  type WireError,
} from './graph-request-error.ts';
import type { Answer } from './http.ts';
import type { SentDocument } from './operation.ts';
import { isUnknownHash, nameDocument } from './send-document.ts';

export type SocketState = 'idle' | 'connected' | 'disconnected';

export interface SocketOptions {
  readonly url: string;
  readonly webSocketImpl: WebSocketClass | undefined;
  readonly onSent: (sizeBytes: number) => void;
  /** Told when a connection is ready for use, when it is gone, and when it was closed because nothing uses it. */
  readonly onState: (state: SocketState) => void;
}

export interface SocketRequest {
  readonly document: SentDocument;
  readonly variables: unknown;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

/** How long an unused connection stays open for the next operation. */
const IDLE_MS = 30_000;
const NORMAL_CLOSURE = 1_000;
/** A server that takes the connection and then says nothing is as good as none. */
const ACKNOWLEDGEMENT_MS = 10_000;
/** Close codes that say that trying again is of no use: bad request, unauthorized, forbidden, wrong subprotocol. */
const REFUSALS: ReadonlySet<number> = new Set([4400, 4401, 4403, 4406]);

/** One graphql-ws connection, opened on first use and again after it was lost. */
export class Socket {
  readonly #client: Client;
  readonly #url: string;
  #latest: WebSocketLike | undefined;
  #running = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor({ url, webSocketImpl, onSent, onState }: SocketOptions) {
    this.#url = url;
    let nextId = 0;
    this.#client = createClient({
      url,
      webSocketImpl: countingWebSocket(webSocketImpl ?? globalThis.WebSocket, {
        onSent,
        onOpen: (socket) => {
          this.#latest = socket;
        },
        onClose: (code, close) => this.#closeWhenIdle(code, close),
      }),
      connectionAckWaitTimeout: ACKNOWLEDGEMENT_MS,
      // A stream is continued after its cursor, by the reader that knows it; a retry here would start it anew.
      retryAttempts: 0,
      // It goes up with every operation, and only this connection has to tell them apart.
      generateID: () => (nextId++).toString(36),
      on: {
        connected: () => onState('connected'),
        closed: (event) => onState((event as CloseEvent).code === NORMAL_CLOSURE ? 'idle' : 'disconnected'),
      },
    });
  }

  /**
   * The answers of one operation, in order, until it is complete; leaving the loop ends it at the server. Never starts an
   * operation twice, but for one whose hash the server did not know.
   * @throws GraphRequestError the server's own, SUBGRAPH_CONNECTION_LOST or SUBGRAPH_UNAVAILABLE; the signal's reason.
   */
  async *run(request: SocketRequest): AsyncGenerator<Answer, void, undefined> {
    try {
      yield* this.#runOnce(request, false);
    } catch (error) {
      if (!(error instanceof GraphRequestError) || !isUnknownHash(error)) throw error;
      yield* this.#runOnce(request, true);
    }
  }

  async *#runOnce(
    { document, variables, extensions, signal }: SocketRequest,
    whole: boolean,
  ): AsyncGenerator<Answer, void, undefined> {
    signal?.throwIfAborted();
    this.#running += 1;
    const named = nameDocument(document, whole);
    const arriving = new Arriving<Answer>();
    const fail = (reason: unknown) => arriving.end({ failure: this.#asRequestError(reason) });
    // graphql-ws starts its operations again after some closes (1000): every close ends this one.
    const unlisten = [this.#client.on('error', fail), this.#client.on('closed', fail)];
    const payload = { query: '', variables, ...named, extensions: { ...named.extensions, ...extensions } };
    // The protocol demands a query; an empty one stands for the document that the hash names.
    const dispose = this.#client.subscribe<unknown, unknown>(payload as SubscribePayload, {
      next: ({ data, errors }) =>
        arriving.push({ data: data ?? null, error: errors === undefined ? null : errorOfAnswer(errors) }),
      error: fail,
      complete: () => arriving.end(),
    });
    const abort = () => arriving.end({ failure: signal?.reason });
    signal?.addEventListener('abort', abort);
    try {
      yield* arriving;
    } finally {
      signal?.removeEventListener('abort', abort);
      for (const remove of unlisten) remove();
      dispose();
      this.#running -= 1;
    }
  }

  /** Cuts the connection as a broken network would: without a closing handshake, where the WebSocket can do that. */
  disconnect(): void {
    if (this.#latest?.terminate !== undefined) this.#latest.terminate();
    else this.#client.terminate();
  }

  /** Ends every operation and closes the connection for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#client.dispose();
  }

  /**
   * graphql-ws wants a connection closed as soon as nothing uses it. Its own way to wait (`lazyCloseTimeout`) has a timer that
   * nobody can end: a process that has closed its client would wait for it.
   */
  #closeWhenIdle(code: number | undefined, close: () => void): void {
    clearTimeout(this.#idle);
    if (this.#isClosed || code !== NORMAL_CLOSURE) {
      close();
      return;
    }
    this.#idle = setTimeout(() => {
      if (this.#running === 0) close();
    }, IDLE_MS);
  }

  /** graphql-ws gives the errors of the server, the event of a socket that closed, or whatever its class threw. */
  #asRequestError(reason: unknown): GraphRequestError {
    if (Array.isArray(reason)) return errorOfAnswer(reason as readonly WireError[]);
    const { code, reason: why } = (reason ?? {}) as { code?: unknown; reason?: unknown };
    if (typeof code !== 'number') return unreachable(this.#url, reason);
    if (REFUSALS.has(code)) return new GraphRequestError('INPUT_INVALID', `the gateway closed the socket: ${why}`);
    return connectionLost(reason);
  }
}
