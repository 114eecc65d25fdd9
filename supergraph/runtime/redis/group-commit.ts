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
const ARRIVING_FENCE_MS = 10_000;
/** Also when there is no memory left: what is deleted then, for its room above all, is to be acknowledged, too. */
const FENCE = "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 1, unpack(ARGV))";

/**
 * The writes to one node, on a connection of their own, so that no read waits for replicas. What comes while replicas are waited
 * for is sent together afterwards, and waited for once ("group commit": Gray and Reuter, Transaction Processing, 1993).
 *
 * WAIT says how many replicas have the last write of its connection. A repeated command that finds its work done writes
 * nothing, and a new connection has no last write, so WAIT alone would acknowledge what no replica has yet. Hence the fence: a
 * small key that is written before every WAIT, behind everything that this master has done before.
 */
export class GroupCommit {
  readonly #connection: () => Promise<NodeConnection>;
  readonly #acknowledgement: () => Acknowledgement;
  readonly #homeSlot: () => number | null;
  #waiting: Waiting[] = [];
  #isRunning = false;

  /** @param homeSlot one that belongs to the node as far as is known */
  constructor(
    connection: () => Promise<NodeConnection>,
    acknowledgement: () => Acknowledgement,
    homeSlot: () => number | null,
  ) {
    this.#connection = connection;
    this.#acknowledgement = acknowledgement;
    this.#homeSlot = homeSlot;
  }

  /** Never rejects: what could not be sent has an error for each command. */
  run(write: Write): Promise<Written> {
    return new Promise((resolve) => {
      this.#waiting.push({ write, resolve });
      if (!this.#isRunning) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const group = this.#next();
      const written = await this.#send(group.map(({ write }) => write)).catch((error: Error) =>
        group.map(({ write }) => ({ replies: write.commands.map(() => error), replicas: error })),
      );
      for (const [at, { resolve }] of group.entries()) resolve(written[at] as Written);
    }
    this.#isRunning = false;
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

  async #send(writes: readonly Write[]): Promise<Written[]> {
    const connection = await this.#connection();
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
