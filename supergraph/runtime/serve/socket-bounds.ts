const KiB = 1024;

/** Of one message to a stage over WebSocket: the stage does not take more, and the gateway sends no more. */
export const MAXIMUM_STAGE_MESSAGE_BYTES = 1_024 * KiB;

/** The code of RFC 6455's registry with which a WebSocket is closed that there is no room for. */
export const TRY_AGAIN_LATER = 1_013;

/** What one socket, and all of them together, may take of a process before anybody has been asked who he is. */
export interface SocketBounds {
  /** From the first byte of a connection or request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body, and of a message to its end. */
  readonly requestTimeoutMs: number;
  /** How long a connection is kept open for the next request. Longer than callers keep theirs, so that they close first. */
  readonly keepAliveTimeoutMs: number;
  /** How often the three above, and sockets that take nothing, are looked for. */
  readonly lookMs: number;
  /** Request line and headers together. */
  readonly maximumHeaderBytes: number;
  readonly maximumConnections: number;
  readonly maximumWebSockets: number;
  /** Requests of one connection that wait for their answers: what one client can set going without reading anything. */
  readonly maximumUnanswered: number;
  /** Of bodies that are under way, as far as they have arrived, and of messages that have begun; the first `smallBodyBytes` of each always have room. */
  readonly maximumBodiesBytes: number;
  readonly smallBodyBytes: number;
  /** Compressed bodies that are under way: each holds some 100 KiB beside what has come out of it. */
  readonly maximumDecoders: number;
  /** More than this unread by the other side, and a socket has to move on. */
  readonly fullBytes: number;
  /** A socket that is full and takes nothing for this long is closed, so that its memory is back within a minute. */
  readonly stuckMs: number;
  /** Unsent messages, and their bytes, from which on nothing more is read from a WebSocket: it asks and does not listen. */
  readonly maximumUnsentMessages: number;
  readonly maximumUnsentBytes: number;
}

export const SOCKET_BOUNDS: SocketBounds = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 72_000,
  lookMs: 2_000,
  maximumHeaderBytes: 16 * KiB,
  maximumConnections: 4_096,
  maximumWebSockets: 1_024,
  maximumUnanswered: 128,
  maximumBodiesBytes: 256 * 1_024 * KiB,
  smallBodyBytes: 64 * KiB,
  maximumDecoders: 256,
  fullBytes: 64 * KiB,
  stuckMs: 20_000,
  maximumUnsentMessages: 512,
  maximumUnsentBytes: 1_024 * KiB,
};
