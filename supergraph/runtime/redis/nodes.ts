import { type Acknowledgement, GroupCommit } from './group-commit.ts';
import type { Argument } from './node-connection.ts';
import { NodeConnection, type Reply } from './node-connection.ts';
import type { RedisSettings } from './redis-settings.ts';

const READ_TIMEOUT_MS = 1_500;
/** For writes to a node that is far away: see GroupCommit. */
const WRITING_LANES = 4;

/** A connection that is opened when it is needed, once for all who need it meanwhile. */
class Lane {
  readonly #open: () => Promise<NodeConnection>;
  #connection: Promise<NodeConnection> | null = null;
  #isEnded = false;

  constructor(open: () => Promise<NodeConnection>) {
    this.#open = open;
  }

  /** @throws Error why it cannot be opened: the same for all who waited for it */
  async connection(): Promise<NodeConnection> {
    const known = this.#connection;
    if (known !== null) {
      const connection = await known;
      if (connection.isOpen) return connection;
      if (this.#connection === known) this.#connection = null;
    }
    this.#connection ??= this.#begin();
    return this.#connection;
  }

  async #begin(): Promise<NodeConnection> {
    try {
      if (this.#isEnded) throw new Error('it was let go');
      const opened = await this.#open();
      if (this.#isEnded) opened.close();
      return opened;
    } catch (error) {
      this.#connection = null;
      throw error;
    }
  }

  end(): void {
    this.#isEnded = true;
    this.#connection?.then((connection) => connection.close()).catch(() => {});
  }
}

/** One node: a connection for reads and one for writes, more where it takes long to answer. */
export class Node {
  readonly address: string;
  readonly writes: GroupCommit;
  readonly #reading: Lane;
  readonly #writing: readonly Lane[];

  constructor(
    address: string,
    settings: RedisSettings,
    about: { readonly acknowledgement: () => Acknowledgement; readonly homeSlot: () => number | null },
  ) {
    this.address = address;
    this.#reading = new Lane(() => NodeConnection.open(address, settings));
    this.#writing = Array.from({ length: WRITING_LANES }, () => new Lane(() => NodeConnection.open(address, settings)));
    const connections = this.#writing.map((lane) => () => lane.connection());
    this.writes = new GroupCommit(connections, about.acknowledgement, about.homeSlot);
  }

  /** A reply, or an error, for each command. Never rejects. */
  async read(commands: readonly (readonly Argument[])[], timeoutMs = READ_TIMEOUT_MS): Promise<(Reply | Error)[]> {
    try {
      return await (await this.#reading.connection()).exec(commands, timeoutMs);
    } catch (error) {
      return commands.map(() => error as Error);
    }
  }

  /** Ends all connections: what was sent and not answered is lost. */
  end(): void {
    this.#reading.end();
    for (const lane of this.#writing) lane.end();
  }
}
