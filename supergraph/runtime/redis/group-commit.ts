import { randomUUID } from 'node:crypto';
import { tagOfSlot } from './key-slot.ts';
import type { Argument, NodeConnection, Reply } from './node-connection.ts';

/** Replies to what was sent to one node, and whether so many replicas have it as were asked. */
export interface Written {
  readonly replies: readonly (Reply | Error)[];
  /** How many replicas have it; an error where that is unknown. */
  readonly replicas: number | Error;
}

export interface Write {
  readonly commands: readonly (readonly Argument[])[];
  /** Of one of the commands. */
  readonly slot: number;
  /** Whether the slot is on its way to this node. */
  readonly isAsking: boolean;
}

/** What must be of the replicas. */
export interface Acknowledgement {
  readonly replicas: number;
  /** How long the replicas may take. */
  readonly waitMs: number;
}

interface Waiting {
  readonly write: Write;
  readonly resolve: (written: Written) => void;
}

/** Sent at once, unless one write is more by itself; what is more waits for the next turn. */
const MAXIMUM_COMMANDS = 4_096;
const MAXIMUM_BYTES = 4 * 1024 * 1024;
const REPLY_TIMEOUT_MS = 1_500;
/** A node that takes longer than this for a group is far away, or its replicas are: the next group need not wait for its answer. */
const OVERTAKE_MS = 25;
const ARRIVING_FENCE_MS = 10_000;
/** Also when there is no memory left: what is deleted then, for its room above all, is to be acknowledged, too. */
const FENCE = "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 1, unpack(ARGV))";

/**
 * The writes to one node, on connections of their own, so that no read waits for replicas. What comes while replicas are waited
 * for is sent together afterwards, and waited for once ("group commit": Gray and Reuter, Transaction Processing, 1993). Where that takes
 * long, what waits goes on another connection meanwhile: of writes that nobody awaited one after the other there is no order.
 *
 * WAIT says how many replicas have the last write of its connection. A repeated command that finds its work done writes
 * nothing, and a new connection has no last write, so WAIT alone would acknowledge what no replica has yet. Hence the fence: a
 * small key that is written before every WAIT, behind everything that this master has done before.
 */
export class GroupCommit {
  /** Connections without a group under way, the one used first at the end. */
  readonly #idle: (() => Promise<NodeConnection>)[];
  readonly #connections: number;
  readonly #acknowledgement: () => Acknowledgement;
  readonly #homeSlot: () => number | null;
  #waiting: Waiting[] = [];
  #overtaking: NodeJS.Timeout | null = null;

  /**
   * @param connections each opened when it is needed: the first one alone, as long as the node is quick
   * @param homeSlot one that belongs to the node as far as is known
   */
  constructor(
    connections: readonly (() => Promise<NodeConnection>)[],
    acknowledgement: () => Acknowledgement,
    homeSlot: () => number | null,
  ) {
    this.#idle = connections.toReversed();
    this.#connections = connections.length;
    this.#acknowledgement = acknowledgement;
    this.#homeSlot = homeSlot;
  }

  /** Never rejects: what could not be sent has an error for each command. */
  run(write: Write): Promise<Written> {
    return new Promise((resolve) => {
      this.#waiting.push({ write, resolve });
      if (this.#idle.length === this.#connections) void this.#drain();
      else this.#overtakeLater();
    });
  }

  #overtakeLater(): void {
    if (this.#waiting.length === 0 || this.#idle.length === 0) return;
    this.#overtaking ??= setTimeout(() => {
      this.#overtaking = null;
      if (this.#waiting.length > 0) void this.#drain();
    }, OVERTAKE_MS);
  }

  /** Sends what waits, group after group, on a connection that is idle. */
  async #drain(): Promise<void> {
    const connection = this.#idle.pop();
    if (connection === undefined) return;
    while (this.#waiting.length > 0) {
      const group = this.#next();
      this.#overtakeLater();
      const sent = this.#send(
        connection,
        group.map(({ write }) => write),
      );
      const written = await sent.catch((error: Error) =>
        group.map(({ write }) => ({ replies: write.commands.map(() => error), replicas: error })),
      );
      for (const [at, { resolve }] of group.entries()) resolve(written[at] as Written);
    }
    this.#idle.push(connection);
  }

  #next(): Waiting[] {
    let end = 0;
    for (let [commands, bytes] = [0, 0]; end < this.#waiting.length; end++) {
      const { write } = this.#waiting[end] as Waiting;
      commands += write.commands.length;
      bytes += sizeBytes(write);
      if ((commands > MAXIMUM_COMMANDS || bytes > MAXIMUM_BYTES) && end > 0) break;
    }
    return this.#waiting.splice(0, end);
  }

  async #send(open: () => Promise<NodeConnection>, writes: readonly Write[]): Promise<Written[]> {
    const connection = await open();
    const { replicas, waitMs } = this.#acknowledgement();
    const sent = writes.flatMap(({ commands, isAsking }) =>
      isAsking ? commands.flatMap((command) => [['ASKING'], command]) : commands,
    );
    const fences = replicas === 0 ? [] : this.#fences(writes);
    const wait = replicas === 0 ? [] : [['WAIT', replicas, waitMs]];
    const answered = await connection.exec([...sent, ...fences, ...wait], REPLY_TIMEOUT_MS + waitMs);
    const acknowledged = replicas === 0 ? 0 : acknowledgedBy(fences, answered.slice(sent.length));
    let at = 0;
    return writes.map(({ commands, isAsking }) => {
      const step = isAsking ? 2 : 1;
      const replies = commands.map((_, index) => answered[at + index * step + step - 1] as Reply | Error);
      at += commands.length * step;
      return { replies, replicas: acknowledged };
    });
  }

  /** Two, since one of the slots may be on its way to another node at the moment. */
  #fences(writes: readonly Write[]): (readonly Argument[])[] {
    const [first] = writes as [Write];
    const fence = (slot: number) => ['EVAL', FENCE, 1, `sc:fence:{${tagOfSlot(slot)}}`];
    // Where a slot arrives, under a name of its own: a key that is there already stops the move of the slot.
    const name = `sc:fence:{${tagOfSlot(first.slot)}}:${randomUUID()}`;
    const arriving = ['EVAL', FENCE, 1, name, 'PX', ARRIVING_FENCE_MS];
    const own = first.isAsking ? [['ASKING'], arriving] : [fence(first.slot)];
    const home = this.#homeSlot();
    return home === null || home === first.slot ? own : [...own, fence(home)];
  }
}

/** About: a text counts its characters. */
function sizeBytes({ commands }: Write): number {
  let bytes = 0;
  for (const words of commands) for (const word of words) bytes += typeof word === 'number' ? 8 : word.length;
  return bytes;
}

/** @param replies those of the fences, and the one of WAIT behind them */
function acknowledgedBy(fences: readonly (readonly Argument[])[], replies: readonly (Reply | Error)[]): number | Error {
  const wait = replies[fences.length];
  if (wait instanceof Error) return wait;
  const isFenced = fences.some(([name], at) => name === 'EVAL' && !(replies[at] instanceof Error));
  return isFenced ? Number(wait) : new Error('no write could be fenced');
}
