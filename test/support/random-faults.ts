import { setTimeout as sleep } from 'node:timers/promises';
import { STAGES } from '../../infra/stages.ts';
import { SLOTS } from '../../supergraph/runtime/redis/key-slot.ts';
import type { Random } from './random.ts';
import type { RedisNode } from './redis-node.ts';
import type { RedisPlatform } from './redis-platform.ts';

/** Something that is done to a platform; it has ended when it returns, but for nodes that are killed or frozen. */
export interface RandomFault {
  readonly name: string;
  readonly act: () => Promise<void>;
}

const LONGEST_MS = 2_500;

/** What may be done to a platform and its cluster, all of it by one source of randomness. */
export class RandomFaults {
  readonly #redis: RedisPlatform;
  readonly #random: Random;
  readonly #disconnect: () => void;

  /** @param disconnect cuts the clients' sockets */
  constructor(redis: RedisPlatform, random: Random, disconnect: () => void) {
    this.#redis = redis;
    this.#random = random;
    this.#disconnect = disconnect;
  }

  next(): RandomFault {
    const random = this.#random;
    const stage = random.pick(STAGES);
    const forMs = 200 + random.below(LONGEST_MS);
    const [of, slot] = [random.below(3), random.below(SLOTS)];
    const faults: readonly RandomFault[] = [
      { name: 'a master is killed', act: async () => (await this.#master(of)).kill() },
      { name: `a master hangs for ${forMs} ms`, act: async () => this.#hang(await this.#master(of), forMs) },
      { name: 'a replica is killed', act: async () => (await this.#replica(of))?.kill() },
      { name: `a replica hangs for ${forMs} ms`, act: async () => this.#hang(await this.#replica(of), forMs) },
      { name: `two masters are killed, and stay away for ${forMs} ms`, act: () => this.#killTwo(forMs) },
      { name: 'nodes forget their scripts', act: () => this.#onAll('SCRIPT', 'FLUSH') },
      { name: `there is no memory left for ${forMs} ms`, act: () => this.#fill(forMs) },
      { name: `a node is slow for ${forMs} ms`, act: async () => this.#slow(await this.#master(of), forMs) },
      { name: `slot ${slot} moves`, act: () => this.#move(slot, of) },
      { name: `${stage} is killed`, act: () => this.#redis.platform.killAndAwait(stage) },
      { name: `${stage} hangs for ${forMs} ms`, act: () => this.#hangStage(stage, forMs) },
      { name: 'the sockets of the clients are cut', act: async () => this.#disconnect() },
    ];
    return random.pick(faults);
  }

  async #masters(): Promise<RedisNode[]> {
    const found: RedisNode[] = [];
    for (const node of this.#redis.cluster.nodes) {
      const told = node.isRunning ? await node.text('INFO', 'replication').catch(() => '') : '';
      if (told.includes('role:master')) found.push(node);
    }
    return found;
  }

  async #master(of: number): Promise<RedisNode> {
    const all = await this.#masters();
    return all[of % all.length] as RedisNode;
  }

  async #replica(of: number): Promise<RedisNode | undefined> {
    return (await this.#redis.cluster.replicasOf((await this.#master(of)).address))[0];
  }

  async #hang(node: RedisNode | undefined, forMs: number): Promise<void> {
    node?.freeze();
    await sleep(forMs);
    node?.thaw();
  }

  async #killTwo(forMs: number): Promise<void> {
    const two = (await this.#masters()).slice(0, 2);
    await Promise.all(two.map((node) => node.kill()));
    await sleep(forMs);
  }

  async #onAll(...words: readonly string[]): Promise<void> {
    for (const node of await this.#masters()) await node.call(...words);
  }

  async #fill(forMs: number): Promise<void> {
    await this.#onAll('CONFIG', 'SET', 'maxmemory', '1mb');
    await sleep(forMs);
    await this.#onAll('CONFIG', 'SET', 'maxmemory', '256mb');
  }

  /** Now and then it answers nobody for 200 ms. */
  async #slow(node: RedisNode, forMs: number): Promise<void> {
    for (const endMs = performance.now() + forMs; performance.now() < endMs; await sleep(20)) {
      await node.call('CLIENT', 'PAUSE', 200, 'ALL');
      await sleep(200);
    }
  }

  async #move(slot: number, of: number): Promise<void> {
    const all = await this.#masters();
    await this.#redis.cluster.moveSlot(slot, all[of % all.length] as RedisNode);
  }

  async #hangStage(stage: (typeof STAGES)[number], forMs: number): Promise<void> {
    const pid = this.#redis.platform.pid(stage);
    if (pid === null) return;
    process.kill(pid, 'SIGSTOP');
    await sleep(forMs);
    process.kill(pid, 'SIGCONT');
  }
}
