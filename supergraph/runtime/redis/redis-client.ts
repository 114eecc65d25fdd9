import { ContractError } from '@supercontext/contract';
import { command, type RedisCommand } from './command.ts';
import { type Argument, NodeConnection, type Reply } from './node-connection.ts';
import { unavailable } from './redis-fault.ts';
import type { RedisSettings } from './redis-settings.ts';
import type { Shard } from './slot-map.ts';
import { type Outcome, splitPipeline } from './split-pipeline.ts';
import { Topology } from './topology.ts';
import { Turnstile } from './turnstile.ts';

export interface CallOptions {
  /** How long to try, a failover among it; then it is STORAGE_UNAVAILABLE. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A failover of a cluster with two replicas a shard takes about four seconds. */
const DEADLINE_MS = 8_000;
/** Calls under way, and calls that wait for them to end; more are refused. */
const MAXIMUM_CALLS = 1_024;
const MAXIMUM_WAITING = 4_096;

/**
 * Redis as the stages see it: a cluster, or one Redis that has all keys. Every call goes to the nodes that have its keys, follows
 * slots that move, and outlasts a failover; see splitPipeline for what is sent again and what is not.
 *
 * `read` for what changes nothing, `write` for what does: the reply to a write is there only when as many replicas have it as the
 * settings ask. A write that fails may have been done, in part too: repeat it as a whole.
 */
export class RedisClient {
  readonly #settings: RedisSettings;
  readonly #topology: Topology;
  readonly #deadlineMs: number;
  readonly #calls = new Turnstile(MAXIMUM_CALLS, MAXIMUM_WAITING);
  readonly #closing = new AbortController();

  constructor(settings: RedisSettings, topology: Topology, deadlineMs: number) {
    this.#settings = settings;
    this.#topology = topology;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * A reply for each command, in order.
   * @throws ContractError STORAGE_UNAVAILABLE; Error for a command that Redis takes for wrong
   */
  async read(commands: readonly RedisCommand[], options: CallOptions = {}): Promise<Reply[]> {
    return allOf(await this.settle(commands, { ...options, isWrite: false }));
  }

  /**
   * A reply for each command, in order. Not atomic over several keys.
   * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL; Error for a command that Redis takes for wrong
   */
  async write(commands: readonly RedisCommand[], options: CallOptions = {}): Promise<Reply[]> {
    return allOf(await this.settle(commands, { ...options, isWrite: true }));
  }

  /** The same with an outcome for each command, so that what fails takes nothing else with it. Never rejects. */
  async settle(
    commands: readonly RedisCommand[],
    { deadlineMs = this.#deadlineMs, signal, isWrite }: CallOptions & { readonly isWrite: boolean },
  ): Promise<Outcome[]> {
    if (commands.length === 0) return [];
    const deadlineAtMs = performance.now() + deadlineMs;
    const { signal: closing } = this.#closing;
    const fault = closing.aborted ? 'it is closed' : await this.#calls.enter(deadlineAtMs);
    if (fault !== null) return commands.map(() => unavailable(undefined, fault));
    try {
      const ends = signal === undefined ? closing : AbortSignal.any([signal, closing]);
      return await splitPipeline(this.#topology, commands, { isWrite, deadlineAtMs, signal: ends });
    } finally {
      this.#calls.leave();
    }
  }

  /** One command whose second word is its key. */
  async readOne(name: string, key: string, ...rest: readonly Argument[]): Promise<Reply> {
    return (await this.read([command(name, key, ...rest)]))[0] as Reply;
  }

  async writeOne(name: string, key: string, ...rest: readonly Argument[]): Promise<Reply> {
    return (await this.write([command(name, key, ...rest)]))[0] as Reply;
  }

  /** The shards as they are known now: at most two seconds old. */
  get shards(): readonly Shard[] {
    return this.#topology.map.shards;
  }

  /** Whether it is a Redis without cluster mode. */
  get isSingle(): boolean {
    return this.#topology.map.isSingle;
  }

  /** How many replicas have a write before it is acknowledged. */
  get acknowledgingReplicas(): number {
    return this.#topology.acknowledgement().replicas;
  }

  /** Address of the master that has a key; null while none has its slot. */
  masterOf(key: string): string | null {
    return this.#topology.map.masterOf(key) ?? null;
  }

  /** Sends commands to a node, whatever their keys, once. A reply or an error for each. For what is about nodes, as INFO, and SCAN. */
  onNode(address: string, commands: readonly (readonly Argument[])[]): Promise<(Reply | Error)[]> {
    return this.#topology.node(address).read(commands);
  }

  /**
   * A connection of the caller's own to the master of a key, for a command that blocks. It does not follow the key: when it is
   * lost or says MOVED, close it and ask for another.
   * @throws ContractError STORAGE_UNAVAILABLE
   */
  async connectTo(key: string): Promise<NodeConnection> {
    const address = this.masterOf(key);
    try {
      if (address !== null) return await NodeConnection.open(address, this.#settings);
    } catch (error) {
      void this.#topology.refresh();
      throw unavailable(address ?? undefined, (error as Error).message);
    }
    throw unavailable(undefined, 'no node has the slot of the key');
  }

  /** Asks anew which node has what. For when a connection of one's own was told MOVED. */
  refresh(): Promise<void> {
    return this.#topology.refresh();
  }

  /** Ends what is under way with STORAGE_UNAVAILABLE. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#topology.end();
  }
}

/**
 * Connects to a cluster by any of the servers named, or to a single Redis. Checks nothing beyond: see checkTopology.
 * @param deadlineMs of calls that name none
 * @throws ContractError STORAGE_UNAVAILABLE naming each server and why it cannot be used, without any secret
 */
export async function connectRedis(settings: RedisSettings, deadlineMs = DEADLINE_MS): Promise<RedisClient> {
  try {
    return new RedisClient(settings, await Topology.find(settings), deadlineMs);
  } catch (error) {
    throw new ContractError(
      'STORAGE_UNAVAILABLE',
      `no Redis of SUPERCONTEXT_REDIS can be used: ${(error as Error).message}`,
    );
  }
}

function allOf(outcomes: readonly Outcome[]): Reply[] {
  return outcomes.map((outcome) => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
}
