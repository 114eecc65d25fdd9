import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ContractError } from '@supercontext/contract';
import { contentCodingOf } from './content-codings.ts';
import { Refusal, refuseRequest, refuseSocket } from './refusal.ts';
import { parseTarget } from './request-target.ts';
import type { SocketBounds } from './socket-bounds.ts';

export interface IntakeOptions {
  /** Where WebSockets are opened. */
  readonly path: string;
  readonly bounds: SocketBounds;
  /** Looks at a request or upgrade before anything else does; throws a ContractError to refuse it. */
  readonly admit: (request: IncomingMessage) => void;
  /** Takes an upgrade that was admitted; may throw. */
  readonly open: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Of the content codings that are spoken, those a body may come in; none when left out. */
  readonly contentCodings?: readonly string[];
  /** Takes what should not have been thrown: see `intakeFaults`. Must not throw. */
  readonly fault: (error: unknown) => void;
}

/** What is known of one connection. */
interface Connection {
  /** Requests whose answers are not finished. */
  unanswered: number;
  latest: ServerResponse | undefined;
  /** Nothing more is taken in: what has been sent makes no sense, and this was or will be said. */
  isRefused: boolean;
  /** Bytes the other side had taken when it was last seen to take any, and when that was. */
  takenBytes: number;
  takenAtMs: number;
}

const NEVER_TAKEN = -1;

/**
 * The one place where what strangers send comes into a process: requests, upgrades and bytes that are neither. Whatever
 * is thrown while they are taken in costs the one that sent it a 400, or its socket, and the process a line of its log.
 *
 * Nothing here trusts that somebody else listens: a socket has a listener for its errors from its first moment to its
 * last (Node takes its own away at an upgrade), and bounds in time and bytes that hold before a caller is known.
 */
export function createIntake(handler: RequestListener, options: IntakeOptions): Server {
  const { bounds, fault } = options;
  const connections = new Map<Socket, Connection>();
  const server = createServer({
    headersTimeout: bounds.headersTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.keepAliveTimeoutMs,
    connectionsCheckingInterval: bounds.lookMs,
    maxHeaderSize: bounds.maximumHeaderBytes,
    // A request without one is refused here, with a typed answer.
    requireHostHeader: false,
    // Some clients offer h2c with every request; those are requests like others.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.maxConnections = bounds.maximumConnections;
  server.on('connection', (socket) => {
    connections.set(socket, {
      unanswered: 0,
      latest: undefined,
      isRefused: false,
      takenBytes: NEVER_TAKEN,
      takenAtMs: 0,
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => connections.delete(socket));
  });
  const take = (request: IncomingMessage, response: ServerResponse): boolean => {
    try {
      count(connections.get(request.socket), response, bounds.maximumUnanswered);
      request.url = readTarget(request).url;
      options.admit(request);
      refuseCoding(request, options.contentCodings ?? []);
      return true;
    } catch (error) {
      refuseRequest(response, asRefusal(error, fault));
      return false;
    }
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    try {
      handler(request, response);
    } catch (error) {
      refuseRequest(response, asRefusal(error, fault));
    }
  };
  server.on('request', (request, response) => {
    if (take(request, response)) handle(request, response);
  });
  server.on('checkContinue', (request, response) => {
    if (!take(request, response)) return;
    response.writeContinue();
    handle(request, response);
  });
  server.on('checkExpectation', (_request, response) => {
    refuseRequest(response, new Refusal(417, 'no expectation but 100-continue is met here'));
  });
  server.on('connect', (_request, socket: Duplex) => {
    refuseSocket(socket, new Refusal(405, 'this is no proxy: it answers GET and POST', { allow: 'GET, POST' }));
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    try {
      const { path, url } = readTarget(request);
      request.url = url;
      options.admit(request);
      if (path !== options.path) throw new Refusal(404, `no WebSocket is opened at this path, but at ${options.path}`);
      options.open(request, socket, head);
    } catch (error) {
      refuseSocket(socket, asRefusal(error, fault));
    }
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuseBytes(error, socket, connections.get(socket as Socket));
  });
  server.on('error', (error) => {
    // Before it listens, whoever started it is told.
    if (server.listening) fault(error);
  });
  const look = setInterval(() => closeStuck(connections, bounds), bounds.lookMs).unref();
  server.once('close', () => clearInterval(look));
  return server;
}

/** A body in a coding that is not undone would be taken for what it is not. @throws Refusal */
function refuseCoding({ headers }: IncomingMessage, taken: readonly string[]): void {
  const coding = contentCodingOf(headers['content-encoding']);
  if (coding === '' || taken.includes(coding)) return;
  const known = [...taken, 'identity'].join(', ');
  throw new Refusal(415, `the content-encoding of a body may be one of: ${known}`, { 'accept-encoding': known });
}

/** @throws Refusal */
function readTarget(request: IncomingMessage): { readonly path: string; readonly url: string } {
  const target = parseTarget(request.url);
  if (target === undefined) throw new Refusal(400, 'the target of the request is no path');
  if (target.authority !== undefined) request.headers.host = target.authority;
  return target;
}

/** @throws ContractError SERVER_BUSY: Node stops reading from a connection that has that many short answers before it. */
function count(connection: Connection | undefined, response: ServerResponse, maximum: number): void {
  if (connection === undefined) return;
  connection.unanswered += 1;
  connection.latest = response;
  response.once('close', () => {
    connection.unanswered -= 1;
  });
  if (connection.unanswered > maximum) {
    throw new ContractError('SERVER_BUSY', 'too many requests of this connection wait for their answers', { maximum });
  }
}

function asRefusal(error: unknown, fault: (error: unknown) => void): ContractError {
  if (error instanceof ContractError) return error;
  fault(error);
  return new Refusal(400, 'the request cannot be taken in');
}

/** Answers bytes that are no request, or not in time, once. Answers that are owed for earlier requests come first. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex, connection: Connection | undefined): void {
  if (connection?.isRefused) return;
  if (connection !== undefined) connection.isRefused = true;
  const owed = connection !== undefined && connection.unanswered > 0 ? connection.latest : undefined;
  const refusal = bytesRefusal(error.code);
  if (refusal === undefined) socket.destroy();
  else if (owed === undefined) refuseSocket(socket, refusal);
  else if (owed.req.complete) owed.once('close', () => refuseSocket(socket, refusal));
  else if (owed.headersSent || (connection?.unanswered ?? 0) > 1) socket.destroy();
  else refuseSocket(socket, refusal);
}

function bytesRefusal(code: string | undefined): Refusal | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Refusal(408, 'the request did not arrive in time');
  if (code === 'HPE_HEADER_OVERFLOW') return new Refusal(431, 'the headers are too long');
  return new Refusal(400, 'what was sent is no HTTP request');
}

/** Closes the sockets that have much to read and read nothing: answers, events and pongs would wait in memory for ever. */
function closeStuck(connections: ReadonlyMap<Socket, Connection>, { fullBytes, stuckMs }: SocketBounds): void {
  const nowMs = performance.now();
  for (const [socket, connection] of connections) {
    if (socket.writableLength <= fullBytes) {
      connection.takenBytes = NEVER_TAKEN;
      continue;
    }
    const takenBytes = (socket.bytesWritten ?? 0) - socket.writableLength;
    if (takenBytes !== connection.takenBytes) {
      connection.takenBytes = takenBytes;
      connection.takenAtMs = nowMs;
    } else if (nowMs - connection.takenAtMs > stuckMs) socket.destroy();
  }
}
