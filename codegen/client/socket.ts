import { type Client, createClient } from 'graphql-ws/client';
import { countingWebSocket, type WebSocketClass } from './counting-web-socket.ts';
import { connectionLost, errorOfAnswer, GraphRequestError, unreachable, type WireError } from './graph-request-error.ts';
import type { Answer } from './http.ts';
import type { SentDocument } from './operation.ts';
import { isUnknownHash, nameDocument } from './send-document.ts';

export interface SocketOptions {
  readonly url: string;
  readonly webSocketImpl: WebSocketClass | undefined;
  readonly connectionParams: Readonly<Record<string, string>> | undefined;
  readonly onSent: (sizeBytes: number) => void;
  /** Told when a socket is open and when it is gone. */
  readonly onState: (state: 'connected' | 'disconnected') => void;
}

export interface SocketRequest {
  readonly document: SentDocument;
  readonly variables: unknown;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

/** How long an unused socket stays open for the next operation. */
const IDLE_MS = 30_000;

/** One graphql-ws connection, opened on first use and again after it was lost. */
export class Socket {
  readonly #client: Client;
  readonly #url: string;
  #latest: { readonly readyState: number; terminate?(): void } | undefined;

  constructor({ url, webSocketImpl, connectionParams, onSent, onState }: SocketOptions) {
    this.#url = url;
    let nextId = 0;
    this.#client = createClient({
      url,
      webSocketImpl: countingWebSocket(webSocketImpl ?? globalThis.WebSocket, onSent, (socket) => {
        this.#latest = socket;
      }),
      ...(connectionParams === undefined ? {} : { connectionParams: { ...connectionParams } }),
      lazyCloseTimeout: IDLE_MS,
      // Streams are continued after their cursor by the reader, which knows it; a plain retry would start them anew.
      retryAttempts: 0,
      // The id goes up with every operation: short ones, for only the socket needs to tell them apart.
      generateID: () => (nextId++).toString(36),
      on: { connected: () => onState('connected'), closed: () => onState('disconnected') },
      onNonLazyError: () => undefined,
    });
  }

  /**
   * The answers of one operation, in order, until it is complete; leaving the loop ends it at the server.
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
    const named = nameDocument(document, whole);
    const answers = this.#client.iterate({
      ...(named as { query: string }),
      variables: variables as Record<string, unknown>,
      extensions: { ...named.extensions, ...extensions },
    });
    // Ends the operation at the server and the loop below, whatever it waits for.
    const stop = () => void answers.return?.();
    signal?.addEventListener('abort', stop);
    try {
      for await (const { data, errors } of answers) {
        yield { data: data ?? null, error: errors === undefined ? null : errorOfAnswer(errors) };
      }
      signal?.throwIfAborted();
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#asRequestError(error);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Cuts the connection as a broken network would: no closing handshake where the WebSocket can do without. */
  disconnect(): void {
    if (this.#latest?.terminate !== undefined) this.#latest.terminate();
    else this.#client.terminate();
  }

  /** Ends every operation and closes the connection. */
  async close(): Promise<void> {
    await this.#client.dispose();
  }

  /** graphql-ws throws the errors of the server, the event of a socket that closed, or what the socket's class threw. */
  #asRequestError(error: unknown): GraphRequestError {
    if (error instanceof GraphRequestError) return error;
    if (Array.isArray(error)) return errorOfAnswer(error as readonly WireError[]);
    const isClose = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number';
    return isClose ? connectionLost(error) : unreachable(this.#url, error);
  }
}
