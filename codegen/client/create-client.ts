import { continueStream, type Interruption, type Resumption } from './continue-stream.ts';
import type { WebSocketClass } from './counting-web-socket.ts';
import { GraphRequestError } from './graph-request-error.ts';
import { type Answer, sendOverHttp } from './http.ts';
import type { Operation, SentDocument } from './operation.ts';
import { Socket, type SocketState } from './socket.ts';

export interface ClientOptions {
  /** Where the platform is, such as `http://127.0.0.1:4000`; `/graphql` is added. */
  readonly url: string;
  /** A WebSocket class; the global one when left out. */
  readonly webSocketImpl?: WebSocketClass;
  /** Tries to continue a broken stream without an event in between; 10 when left out. */
  readonly maximumTries?: number;
  /** Told when the socket is ready for use, when it is gone, and when it was closed because nothing uses it. */
  readonly onState?: (state: SocketState) => void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** A W3C traceparent (see `newTraceparent`), under which every stage records what it does for this request. */
  readonly traceparent?: string;
  /**
   * Takes the errors of an answer that has data too, such as one damaged fragment among many. Without it such an answer is
   * thrown away and its error thrown.
   */
  readonly onPartial?: (error: GraphRequestError) => void;
}

export interface CallOptions extends RequestOptions {
  /** The way to send it: a request of its own (the default), or the socket that streams use. */
  readonly via?: 'http' | 'socket';
}

export interface StreamOptions extends RequestOptions {
  readonly onInterrupted?: (interruption: Interruption) => void;
  readonly onResume?: (resumption: Resumption) => void;
}

/** The graph, typed. Every operation throws GraphRequestError for what went wrong, and the signal's reason when aborted. */
export interface GraphClient {
  /** Bytes sent so far: bodies of HTTP requests, and frames of the socket with their headers. */
  readonly bytesSent: number;
  query<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Data>;
  /** Not repeated by itself: to repeat it after an error that is retryable, send the same idempotency key. */
  mutate<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Data>;
  /**
   * A stream, over the socket. One whose events have cursors goes on after its last event when the connection is cut: none
   * is lost, none comes twice. Before its first event it is started again only where that has no second effect: when it
   * only reads, or its input has an idempotency key. Leaving the loop ends it at the server.
   */
  subscribe<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: StreamOptions,
  ): AsyncGenerator<Data, void, undefined>;
  /** Cuts the socket as a broken network would. The next operation, or a stream that continues, opens another. */
  disconnect(): void;
  /** Ends every stream and closes the socket for good. */
  close(): Promise<void>;
}

const MAXIMUM_TRIES = 10;
/** Errors after which a stream goes on after its cursor. */
const INTERRUPTIONS: ReadonlySet<string> = new Set([
  'SUBGRAPH_CONNECTION_LOST',
  'SUBGRAPH_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'SLOW_CONSUMER',
  'STORAGE_UNAVAILABLE',
]);

export function createClient(options: ClientOptions): GraphClient {
  const url = endpoint(options.url);
  let bytesSent = 0;
  const onSent = (sizeBytes: number) => {
    bytesSent += sizeBytes;
  };
  const socket = new Socket({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: options.webSocketImpl,
    onSent,
    onState: options.onState ?? (() => undefined),
  });

  async function call<Data, Variables>(
    document: Operation<Data, Variables>,
    variables: Variables,
    { via = 'http', signal, traceparent, onPartial }: CallOptions = {},
  ): Promise<Data> {
    const traced: Record<string, string> = traceparent === undefined ? {} : { traceparent };
    if (via === 'http') {
      return dataOf(await sendOverHttp({ url, document, variables, headers: traced, signal, onSent }), onPartial);
    }
    for await (const answer of socket.run({ document, variables, extensions: traced, signal })) {
      return dataOf(answer, onPartial);
    }
    throw new GraphRequestError('MESSAGE_MALFORMED', 'the gateway completed the operation without an answer');
  }

  async function* open<Data>(
    document: SentDocument,
    variables: unknown,
    { signal, traceparent, onPartial }: StreamOptions,
  ): AsyncGenerator<Data, void, undefined> {
    const extensions = traceparent === undefined ? {} : { traceparent };
    for await (const answer of socket.run({ document, variables, extensions, signal })) yield dataOf(answer, onPartial);
  }

  return {
    get bytesSent() {
      return bytesSent;
    },
    query: call,
    mutate: call,
    subscribe<Data, Variables>(
      operation: Operation<Data, Variables>,
      variables: Variables,
      streamOptions: StreamOptions = {},
    ) {
      const { resume } = operation;
      if (resume === undefined) return open<Data>(operation, variables, streamOptions);
      return continueStream<Data>({
        field: resume.field,
        open: (after) =>
          after === null ? open(operation, variables, streamOptions) : open(resume, { after }, streamOptions),
        mayRepeat: resume.repeatable || hasIdempotencyKey(variables),
        isInterruption,
        maximumTries: options.maximumTries ?? MAXIMUM_TRIES,
        signal: streamOptions.signal,
        onInterrupted: streamOptions.onInterrupted,
        onResume: streamOptions.onResume,
      });
    },
    disconnect: () => socket.disconnect(),
    close: () => socket.close(),
  };
}

function isInterruption(error: unknown): error is GraphRequestError {
  return error instanceof GraphRequestError && INTERRUPTIONS.has(error.code);
}

function endpoint(url: string): string {
  const trimmed = url.replace(/\/+$/, '');
  return trimmed.endsWith('/graphql') ? trimmed : `${trimmed}/graphql`;
}

function dataOf<Data>({ data, error }: Answer, onPartial: RequestOptions['onPartial']): Data {
  if (error !== null) {
    if (data === null || onPartial === undefined) throw error;
    onPartial(error);
  }
  return data as Data;
}

function hasIdempotencyKey(variables: unknown): boolean {
  const { input } = (variables ?? {}) as { input?: { idempotencyKey?: unknown } };
  return typeof input?.idempotencyKey === 'string';
}
