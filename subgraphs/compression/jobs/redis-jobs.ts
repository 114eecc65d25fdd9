import { randomUUID } from 'node:crypto';
import { ContractError } from '@supercontext/contract';
import { openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { command, scriptCommand } from '@supercontext/runtime/redis/command.ts';
import { keySlot } from '@supercontext/runtime/redis/key-slot.ts';
import type { Argument, Reply } from '@supercontext/runtime/redis/node-connection.ts';
import type { RedisClient } from '@supercontext/runtime/redis/redis-client.ts';
import type { Script } from '@supercontext/runtime/redis/script.ts';
import type { Job, JobQueue, Lease, QueueStats, Return } from './job-queue.ts';
import { ACK, COUNT, DROP, ENQUEUE, EXTEND, LEASE, NACK, REMOVE } from './redis-job-scripts.ts';

/** Jobs of one group are in one of them. */
const PARTITIONS = 8;

export interface RedisQueueOptions {
  readonly redis: RedisClient;
  readonly maximumAttempts: number;
  /** Told what was emptied, and why. */
  readonly onDamaged: (what: string, fault: unknown) => void;
}

/**
 * Jobs in Redis Streams, a few partitions of them, for workers in any number of processes. Leases, and when a job is due, are on
 * Redis' clock. What is written here waits for no replica: a queue that loses jobs, in a failover say, is filled again by the
 * sweeper. One that proves damaged is emptied. A lease that ran out counts as one until somebody asks for work.
 *
 * Whoever opens it gives what was given up another chance: a start is what an operator does when he has repaired something.
 * @throws ContractError STORAGE_UNAVAILABLE
 */
export async function openRedisJobQueue(options: RedisQueueOptions): Promise<JobQueue> {
  const queue = new RedisJobQueue(options);
  await queue.forgetDead();
  return queue;
}

/** What a script is run with. */
interface Run {
  readonly partition: number;
  readonly script: Script;
  readonly args: readonly Argument[];
  /** Whether it may be done twice. */
  readonly isIdempotent: boolean;
}

class RedisJobQueue implements JobQueue {
  readonly #options: RedisQueueOptions;

  constructor(options: RedisQueueOptions) {
    this.#options = options;
  }

  async enqueue(jobs: readonly Job[]): Promise<number> {
    const runs = [...byPartition(jobs, ({ group }) => group)].map(([partition, some]) => {
      const args = some.flatMap((job) => [job.id, job.group, sealJob(partition, job)]);
      return { partition, script: ENQUEUE, args, isIdempotent: true };
    });
    return sum(await this.#runAll(runs));
  }

  /** Each partition is asked for its share first, those that had that much for the rest: no group holds up the others. */
  async lease({ max, leaseMs }: { readonly max: number; readonly leaseMs: number }): Promise<readonly Lease[]> {
    const first = Math.floor(Math.random() * PARTITIONS);
    const all = Array.from({ length: PARTITIONS }, (_, at) => (first + at) % PARTITIONS);
    const share = Math.max(1, Math.floor(max / PARTITIONS));
    const asked = all.slice(0, max);
    const token = randomUUID();
    const lent = await Promise.all(asked.map((partition) => this.#lease(partition, { max: share, leaseMs, token })));
    const leases = lent.flatMap((some) => some.leases);
    const more = [...asked.filter((_, at) => lent[at]?.isAll === false), ...all.slice(max)];
    for (const partition of more) {
      if (leases.length >= max) break;
      leases.push(...(await this.#lease(partition, { max: max - leases.length, leaseMs, token })).leases);
    }
    return leases;
  }

  async extend(leases: readonly Lease[], leaseMs: number): Promise<readonly boolean[]> {
    return this.#ofLeases(leases, EXTEND, [leaseMs]);
  }

  async ack(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.#ofLeases(leases, ACK, []);
  }

  async nack(leases: readonly Lease[], { delayMs, reason, isFailure }: Return): Promise<void> {
    await this.#ofLeases(leases, NACK, [delayMs, reason, isFailure ? 0 : 1, this.#options.maximumAttempts]);
  }

  async erase(group: string): Promise<number> {
    const run = { partition: partitionOf(group), script: REMOVE, args: [group, ''], isIdempotent: true };
    return sum(await this.#runAll([run]));
  }

  async forgetDead(): Promise<void> {
    await this.#runAll(everywhere({ script: REMOVE, args: ['', '!'], isIdempotent: true }));
  }

  async stats(group?: string): Promise<QueueStats> {
    const count = { script: COUNT, args: group === undefined ? [] : [group], isIdempotent: true };
    const runs = group === undefined ? everywhere(count) : [{ partition: partitionOf(group), ...count }];
    const counts = (await this.#runAll(runs)) as readonly (readonly number[])[];
    const total = (at: number) => counts.reduce((all, one) => all + (one[at] ?? 0), 0);
    const [all, leased, dead] = [total(0), total(1), total(2)];
    return { ready: all - leased - dead, leased, dead };
  }

  async close(): Promise<void> {}

  /** Whether it is all that the partition had to lend. */
  async #lease(
    partition: number,
    { max, leaseMs, token }: { readonly max: number; readonly leaseMs: number; readonly token: string },
  ): Promise<{ readonly leases: readonly Lease[]; readonly isAll: boolean }> {
    const args = [max, leaseMs, token, this.#options.maximumAttempts];
    const lent = (await this.#run({ partition, script: LEASE, args, isIdempotent: false })) as readonly Reply[];
    const leases: Lease[] = [];
    for (const one of lent) {
      const [id, sealed, attempt] = one as readonly [Buffer, Buffer, number];
      const job = await this.#whole(partition, String(id), sealed);
      if (job !== null) leases.push({ job, token, attempt });
    }
    return { leases, isAll: lent.length < max };
  }

  /** A job that is damaged is dropped: the sweeper finds that it is missing. */
  async #whole(partition: number, id: string, sealed: Buffer | null): Promise<Job | null> {
    try {
      return openJob(partition, id, sealed ?? Buffer.alloc(0));
    } catch (error) {
      this.#options.onDamaged(`the compression job ${id}`, error);
      await this.#run({ partition, script: DROP, args: [id], isIdempotent: true });
      return null;
    }
  }

  /** What a script says of each lease, in order. */
  async #ofLeases(leases: readonly Lease[], script: Script, before: readonly Argument[]): Promise<boolean[]> {
    const parts = [...byPartition(leases.entries(), ([, { job }]) => job.group)];
    const runs = parts.map(([partition, some]) => {
      const args = [...before, ...some.flatMap(([, { job, token }]) => [job.id, token])];
      return { partition, script, args, isIdempotent: true };
    });
    const said = await this.#runAll(runs);
    const held = leases.map(() => false);
    for (const [part, [, some]] of parts.entries()) {
      const replies = said[part];
      for (const [at, [index]] of some.entries()) held[index] = Array.isArray(replies) && replies[at] === 1;
    }
    return held;
  }

  #runAll(runs: readonly Run[]): Promise<Reply[]> {
    return Promise.all(runs.map((run) => this.#run(run)));
  }

  /** Runs a script, on an emptied partition when that proves damaged. It is sent as what is read, so that no replica is waited for. */
  async #run({ partition, script, args, isIdempotent }: Run): Promise<Reply> {
    const keys = keysOf(partition);
    const run = scriptCommand(script, { keys, args, isIdempotent });
    try {
      return (await this.#options.redis.read([run]))[0] as Reply;
    } catch (error) {
      if (error instanceof ContractError) throw error;
      this.#options.onDamaged(`the compression jobs in ${keys[0]}`, error);
      await this.#options.redis.read(keys.map((key) => command('DEL', key)));
      return (await this.#options.redis.read([run]))[0] as Reply;
    }
  }
}

function keysOf(partition: number): [string, string] {
  return [`q:{jobs.${partition}}`, `q:{jobs.${partition}}:state`];
}

function partitionOf(group: string): number {
  return keySlot(group) % PARTITIONS;
}

function everywhere(run: Omit<Run, 'partition'>): Run[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, ...run }));
}

function byPartition<Item>(items: Iterable<Item>, groupOf: (item: Item) => string): Map<number, Item[]> {
  return Map.groupBy(items, (item) => partitionOf(groupOf(item)));
}

function sum(replies: readonly Reply[]): number {
  return replies.reduce<number>((total, reply) => total + Number(reply), 0);
}

function placeOf(partition: number, id: string): string {
  return `${keysOf(partition)[0]} ${id}`;
}

function sealJob(partition: number, { id, group, payload }: Job): Buffer {
  return sealValue(placeOf(partition, id), Buffer.from(JSON.stringify([group, payload])));
}

/** @throws ContractError STORAGE_CORRUPT */
function openJob(partition: number, id: string, sealed: Buffer): Job {
  const [group, payload] = JSON.parse(openValue(placeOf(partition, id), sealed).toString()) as [string, string];
  return { id, group, payload };
}
