import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ContractError } from '@supercontext/contract';
import { GraphQLError } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type Server, type ServerOptions } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { readMessage, refusalOf } from './client-message.ts';
import type { JsonBounds } from './json-bounds.ts';
import { Refusal, refuseSocket } from './refusal.ts';
import { RunningMessages } from './running-messages.ts';
import { type SocketBounds, TRY_AGAIN_LATER } from './socket-bounds.ts';
import { UnfinishedMessages } from './unfinished-messages.ts';

/** What is beside the messages of a socket. */
export interface SocketExtra {
  readonly request: IncomingMessage;
  /** For pings beside the keep-alive, and whether it is open. */
  readonly socket: Pick<WebSocket, 'ping' | 'on' | 'readyState' | 'OPEN'>;
  /** Closes the socket with a code and reason of our own. */
  close(code: number, reason: string): void;
}

export interface GraphQLSocketsOptions {
  readonly bounds: SocketBounds;
  readonly maximumMessageBytes: number;
  readonly json: JsonBounds;
  /** Between two pings; a socket that has not answered by the next is closed. */
  readonly keepAliveMs: number;
  /** Makes a protocol message of what the client sent; the same value where nothing is to do. */
  readonly amend?: (message: unknown) => unknown;
  /** Takes faults of this program. */
  readonly report: (error: unknown) => void;
}

export interface GraphQLSockets {
  /** Opens a WebSocket on an upgrade, or refuses one whose headers ask for none. @throws ContractError SERVER_BUSY */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all sockets; those that do not answer the close are cut. */
  stop(): Promise<void>;
}

const CLOSE_GRACE_MS = 2_000;
/** A close frame carries so much text; a longer one throws. */
const MAXIMUM_REASON_BYTES = 123;
const MAXIMUM_REASON_LENGTH = 40;
const GOING_AWAY = 1_001;
/** What an upgrade that was refused may try. */
const VERSIONS = { 'sec-websocket-version': '13' };

/**
 * graphql-transport-ws on the frames of strangers. graphql-ws brings an adapter for `ws`, which cannot stay: it listens
 * for one error of a socket, prints, and takes in messages faster than their answers are read.
 */
export function serveGraphQLSockets<Parameters extends Record<string, unknown>, State>(
  protocol: ServerOptions<Parameters, SocketExtra & Partial<State>>,
  options: GraphQLSocketsOptions,
): GraphQLSockets {
  const { bounds, report } = options;
  const server = makeServer<Parameters, SocketExtra & Partial<State>>({
    ...protocol,
    onSubscribe: (socket, id, payload) => {
      const refusal = refusalOf(payload);
      if (refusal === undefined) return protocol.onSubscribe?.(socket, id, payload);
      return [new GraphQLError(refusal.message, { originalError: refusal })];
    },
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maximumMessageBytes,
    perMessageDeflate: false,
    autoPong: false,
    handleProtocols,
  });
  const unfinished = new UnfinishedMessages(bounds);
  const running = new RunningMessages(bounds);
  // Without a listener an error of the server would be thrown.
  sockets.on('error', report);
  // Without one for these, ws would answer in words of its own.
  sockets.on('wsClientError', ({ message }, socket) => refuseSocket(socket, new Refusal(400, message, VERSIONS)));
  let isStopping = false;
  return {
    open(request, socket, head) {
      if (isStopping) throw new ContractError('SERVER_BUSY', 'this server is stopping');
      if (sockets.clients.size >= bounds.maximumWebSockets) {
        const maximum = bounds.maximumWebSockets;
        throw new ContractError('SERVER_BUSY', `${maximum} WebSockets are open already`, { maximum });
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        unfinished.follow(webSocket, socket);
        serve(server, webSocket, request, { ...options, running });
      });
    },
    async stop() {
      isStopping = true;
      unfinished.stop();
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
      const force = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, CLOSE_GRACE_MS);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(force);
    },
  };
}

function serve<State>(
  server: Server<SocketExtra & Partial<State>>,
  socket: WebSocket,
  request: IncomingMessage,
  options: GraphQLSocketsOptions & { readonly running: RunningMessages },
): void {
  const { report, running } = options;
  // What is wrong with its frames: ws closes the socket itself, with the code that says so.
  socket.on('error', () => {});
  const send = boundedSend(socket, options.bounds);
  const close = (code: number, reason: string): void => {
    socket.close(
      code,
      Buffer.byteLength(reason) > MAXIMUM_REASON_BYTES ? reason.slice(0, MAXIMUM_REASON_LENGTH) : reason,
    );
  };
  answerPings(socket);
  const stopPinging = keepAlive(socket, options.keepAliveMs);
  const extra: SocketExtra = { request, socket, close };
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send,
      close,
      onMessage: (take) => {
        socket.on('message', async (data: Buffer) => {
          try {
            const message = readMessage(String(data), options.json);
            if (message === undefined) {
              close(CloseCode.BadRequest, 'Invalid message received');
              return;
            }
            // graphql-ws parses text, and takes what has been parsed as it is.
            const work = () => take((options.amend?.(message) ?? message) as string);
            if (!(await running.hold(data.length, work))) close(TRY_AGAIN_LATER, 'SERVER_BUSY');
          } catch (error) {
            if (error instanceof ContractError) {
              close(CloseCode.BadRequest, error.code);
              return;
            }
            report(error);
            close(CloseCode.InternalServerError, 'Internal server error');
          }
        });
      },
    },
    extra as SocketExtra & Partial<State>,
  );
  socket.once('close', (code, reason) => {
    stopPinging();
    closed(code, String(reason)).catch(report);
  });
}

/**
 * Sends, and stops reading from a socket whose other side does not: who asks and does not listen would otherwise fill
 * memory with answers. Reading goes on once half of them are gone; where that takes too long the socket is cut. Resolves when the message has left, or never can.
 */
function boundedSend(socket: WebSocket, bounds: SocketBounds): (text: string) => Promise<void> {
  let unsent = 0;
  let stuck: NodeJS.Timeout | undefined;
  const pause = (): void => {
    socket.pause();
    stuck = setTimeout(() => socket.terminate(), bounds.stuckMs);
  };
  const resume = (): void => {
    clearTimeout(stuck);
    socket.resume();
  };
  socket.once('close', () => clearTimeout(stuck));
  return (text) =>
    new Promise((resolve) => {
      if (socket.readyState !== WebSocket.OPEN) {
        resolve();
        return;
      }
      unsent += 1;
      socket.send(text, () => {
        unsent -= 1;
        const isLow = unsent <= bounds.maximumUnsentMessages / 2;
        if (socket.isPaused && isLow && socket.bufferedAmount <= bounds.maximumUnsentBytes / 2) resume();
        resolve();
      });
      const isFull = unsent > bounds.maximumUnsentMessages || socket.bufferedAmount > bounds.maximumUnsentBytes;
      if (isFull && !socket.isPaused) pause();
    });
}

/** Answers protocol pings, the latest only where several came before an answer could leave, as RFC 6455 (5.5.3) allows. */
function answerPings(socket: WebSocket): void {
  let waiting: Buffer | undefined;
  let isSending = false;
  const pong = (data: Buffer): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    isSending = true;
    socket.pong(data, false, () => {
      isSending = false;
      const latest = waiting;
      waiting = undefined;
      if (latest !== undefined) pong(latest);
    });
  };
  socket.on('ping', (data) => {
    if (isSending) waiting = data;
    else pong(data);
  });
}

/** Pings; cuts a socket without answer. One that is not read now is spared: its pongs cannot arrive. */
function keepAlive(socket: WebSocket, keepAliveMs: number): () => void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN || socket.isPaused) return;
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
  }, keepAliveMs);
  return () => clearInterval(timer);
}
