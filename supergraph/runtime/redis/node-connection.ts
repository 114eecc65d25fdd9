import { Redis, type RedisOptions } from 'ioredis';
import { currentPassword, type RedisSettings } from './redis-settings.ts';

/** What is sent: a command and its arguments. */
export type Argument = string | number | Uint8Array;

/** What comes back; texts as bytes, so that nothing is lost in decoding them. */
export type Reply = null | number | Buffer | readonly Reply[];

const CONNECT_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;

/** The connection was closed, or did not answer in time: whether what was sent was done is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/**
 * One connection to one node, used until it is lost: it never connects again and sends nothing twice, since only who sent a
 * command knows whether it may be done twice. ioredis speaks the protocol; where to send what is decided above.
 */
export class NodeConnection {
  /** `host:port`. */
  readonly address: string;
  readonly #redis: Redis;

  private constructor(address: string, redis: Redis) {
    this.address = address;
    this.#redis = redis;
  }

  /** @throws Error that says why, without any secret: refused, not in time, a wrong password or certificate */
  static async open(address: string, settings: RedisSettings): Promise<NodeConnection> {
    const redis = new Redis(optionsOf(address, settings));
    let fault = '';
    // Told before the connection is closed, with the reason that the close itself lacks.
    redis.on('error', ({ message }: Error) => (fault ||= message));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it does not answer')), 2 * CONNECT_TIMEOUT_MS);
    });
    try {
      await Promise.race([redis.connect(), late]);
      return new NodeConnection(address, redis);
    } catch (error) {
      redis.disconnect();
      // Of an error of ioredis the text alone is told: beside it stands the command, with the password.
      throw new Error(fault || (error instanceof Error ? error.message : 'it cannot be reached'));
    } finally {
      clearTimeout(timer);
    }
  }

  get isOpen(): boolean {
    return this.#redis.status === 'ready';
  }

  /**
   * Sends commands at once and reads a reply for each, in order, which may be an error of its own. After `timeoutMs` without all
   * of them, and when the connection is lost, those without a reply have ConnectionLost, and the connection is not used again.
   */
  async exec(commands: readonly (readonly Argument[])[], timeoutMs: number): Promise<(Reply | Error)[]> {
    const lost = (why: string) => new ConnectionLost(`${this.address} ${why}`);
    if (!this.isOpen) return commands.map(() => lost('closed the connection'));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), timeoutMs);
    });
    const closed = lost('closed the connection');
    const replies = await Promise.race([Promise.all(this.#send(commands, closed)), late]);
    clearTimeout(timer);
    if (replies !== null) return replies;
    this.close();
    return commands.map(() => lost(`did not answer within ${timeoutMs} ms`));
  }

  /**
   * In one write. Not by `pipeline()` of ioredis: each of those has a property whose getter is its own, and by that a hidden class that
   * keeps it, its commands and replies, until the old generation is collected, so that every scavenge copied megabytes.
   */
  #send(commands: readonly (readonly Argument[])[], closed: ConnectionLost): Promise<Reply | Error>[] {
    const { stream } = this.#redis;
    stream.cork();
    try {
      return commands.map(([name, ...rest]) =>
        this.#redis.callBuffer(String(name), rest.map(sent)).then(
          (reply) => reply as Reply,
          (error: Error) => (error.name === 'ReplyError' ? new Error(error.message) : closed),
        ),
      );
    } finally {
      stream.uncork();
    }
  }

  close(): void {
    this.#redis.disconnect();
  }
}

function sent(argument: Argument): string | number | Buffer {
  return argument instanceof Uint8Array && !Buffer.isBuffer(argument) ? Buffer.from(argument) : argument;
}

function optionsOf(address: string, settings: RedisSettings): Omit<RedisOptions, 'replyMapping'> {
  const { host, port } = parseAddress(address);
  const { user, tls } = settings;
  const password = currentPassword(settings);
  return {
    host,
    port,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    disconnectTimeout: 100,
    // A replica that is loading, and a master of a cluster that is down, say so to the command that is sent.
    enableReadyCheck: false,
    enableOfflineQueue: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    ...(tls === null ? {} : { tls: tlsOf(tls) }),
  };
}

function tlsOf({ ca, certificate, key }: NonNullable<RedisSettings['tls']>): NonNullable<RedisOptions['tls']> {
  return {
    ...(ca === null ? {} : { ca }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  };
}

export function formatAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host}:${port}`;
}

/** Of `host:port`; the host may be an IPv6 address without brackets, as Redis tells it. */
function parseAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
