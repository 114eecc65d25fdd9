import type { SocketExtra } from '@supercontext/runtime/serve/graphql-sockets.ts';
import type { DeliveryLedger } from './delivery-ledger.ts';

/** A ping without answer for this long no longer keeps the next one back: clients may answer only the latest of several. */
const UNANSWERED_MS = 1_000;

/** Streams one receipt may speak of, the latest: more than a socket has open, so that one who never answers fills no memory. */
const MOST_STREAMS = 1_024;

interface Ping {
  readonly token: string;
  readonly atMs: number;
  /** By the identity of the stream: the last event sent before this ping. */
  readonly cursors: ReadonlyMap<string, string>;
}

/**
 * Finds out what the client of one socket has: a ping follows the events of a turn of the event loop, and since frames keep
 * their order, its pong says that all before it have arrived. At most one ping is under way, so that a fast stream costs one
 * for each round trip. Nobody waits for it.
 */
export class SocketReceipts {
  readonly #socket: SocketExtra['socket'];
  readonly #ledger: DeliveryLedger;
  #sent = new Map<string, string>();
  #ping: Ping | undefined;
  #isPlanned = false;
  #count = 0;

  constructor(socket: SocketExtra['socket'], ledger: DeliveryLedger) {
    this.#socket = socket;
    this.#ledger = ledger;
    socket.on('pong', (data) => this.#pong(String(data)));
  }

  /** The event with this cursor has been written to the socket. */
  sent(identity: string, cursor: string): void {
    this.#sent.set(identity, cursor);
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned || this.#sent.size === 0) return;
    if (this.#ping !== undefined && performance.now() - this.#ping.atMs < UNANSWERED_MS) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      // A socket that is closing takes no more events, but says that it has sent them.
      if (this.#socket.readyState !== this.#socket.OPEN) return;
      const token = `r${this.#count++}`;
      this.#ping = {
        token,
        atMs: performance.now(),
        cursors: new Map([...(this.#ping?.cursors ?? []), ...this.#sent].slice(-MOST_STREAMS)),
      };
      this.#sent = new Map();
      this.#socket.ping(token);
    });
  }

  #pong(token: string): void {
    if (token !== this.#ping?.token) return;
    for (const [identity, cursor] of this.#ping.cursors) this.#ledger.confirm(identity, cursor);
    this.#ping = undefined;
    this.#plan();
  }
}
