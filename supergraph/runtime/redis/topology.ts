import type { Acknowledgement } from './group-commit.ts';
import { formatAddress, type Reply } from './node-connection.ts';
import { Node } from './nodes.ts';
import { withRemedy } from './redis-fault.ts';
import type { RedisSettings } from './redis-settings.ts';
import { SlotMap } from './slot-map.ts';

/** How long a node may take to say which slots are where. */
const ANSWER_TIMEOUT_MS = 1_000;
/** Nodes asked at once. */
const ASKED_AT_ONCE = 3;
/** Replicas may take so long; a replica that is gone is told apart from a slow one by nothing else. */
const WAIT_MS = 1_000;
/** While somebody waits for another master: the others are asked so often who it is. */
const LOOK_INTERVAL_MS = 50;
/** Without this a node that hangs is asked for ever: nothing tells that another has its slots. */
const REFRESH_INTERVAL_MS = 2_000;

/** Which nodes there are, what each has, and the connections to them. */
export class Topology {
  readonly #settings: RedisSettings;
  readonly #nodes = new Map<string, Node>();
  readonly #timer: NodeJS.Timeout;
  #map: SlotMap;
  #refreshing: Promise<void> | null = null;
  #changes = 0;
  /** Of those who wait for a change. */
  readonly #wakers = new Set<() => void>();
  #isEnded = false;

  private constructor(settings: RedisSettings, map: SlotMap) {
    this.#settings = settings;
    this.#map = map;
    this.#timer = setInterval(() => void this.refresh(), REFRESH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** @throws Error with a line for each server named, when none of them answers */
  static async find(settings: RedisSettings): Promise<Topology> {
    const topology = new Topology(settings, SlotMap.none());
    const seeds = settings.servers.map(formatAddress);
    const answers = await Promise.all(seeds.map((address) => topology.#ask(address)));
    const found = best(answers);
    if (found === null) {
      topology.end();
      const said = answers.map((answer, at) => `${seeds[at]}: ${withRemedy((answer as Error).message)}`);
      const isSilent = answers.some((answer) => /ETIMEDOUT|does not answer/.test((answer as Error).message));
      const aside = isSilent && settings.tls !== null ? '; rediss:// asks for TLS: do they speak it?' : '';
      throw new Error(said.join('; ') + aside);
    }
    topology.#learn(found);
    return topology;
  }

  get map(): SlotMap {
    return this.#map;
  }

  node(address: string): Node {
    const known = this.#nodes.get(address);
    if (known !== undefined) return known;
    const node = new Node(address, this.#settings, {
      acknowledgement: () => this.acknowledgement(),
      homeSlot: () => this.#map.homeSlotOf(address),
    });
    if (this.#isEnded) node.end();
    else this.#nodes.set(address, node);
    return node;
  }

  acknowledgement(): Acknowledgement {
    return { replicas: this.#settings.replicas ?? (this.#map.isSingle ? 0 : 1), waitMs: WAIT_MS };
  }

  /** A slot is elsewhere, as the node said that was asked. */
  moved(slot: number, address: string): void {
    this.#map = this.#map.withSlot(slot, address);
  }

  /** Asks which node has which slots; once for all who ask meanwhile. Leaves what is known when none answers. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** How often other nodes have become masters of some slots. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Resolves once there were more changes than before, or after so long. Looks at once, and while it waits: an election is over long
   * before who waits for it would try again by himself. Never rejects.
   */
  async changed(before: number, longestMs: number): Promise<void> {
    if (this.#changes !== before) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const looking = setInterval(() => void this.refresh(), LOOK_INTERVAL_MS);
    const timer = setTimeout(resolve, longestMs);
    this.#wakers.add(resolve);
    void this.refresh();
    await promise;
    clearInterval(looking);
    clearTimeout(timer);
    this.#wakers.delete(resolve);
  }

  end(): void {
    this.#isEnded = true;
    clearInterval(this.#timer);
    for (const node of this.#nodes.values()) node.end();
    this.#nodes.clear();
  }

  async #refresh(): Promise<void> {
    const known = new Set([...this.#map.addresses, ...this.#settings.servers.map(formatAddress)]);
    const shuffled = [...known]
      .map((address) => ({ address, at: Math.random() }))
      .sort((one, other) => one.at - other.at)
      .map(({ address }) => address);
    for (let from = 0; from < shuffled.length; from += ASKED_AT_ONCE) {
      const answers = await firstWhole(shuffled.slice(from, from + ASKED_AT_ONCE).map((address) => this.#ask(address)));
      if (answers === null) continue;
      this.#learn(answers);
      return;
    }
  }

  /** What a node says: null while its cluster is down, since it may be alone with what it knows. */
  async #ask(address: string): Promise<Answer | Error> {
    const [slots, info] = await this.node(address).read(
      [
        ['CLUSTER', 'SLOTS'],
        ['CLUSTER', 'INFO'],
      ],
      ANSWER_TIMEOUT_MS,
    );
    if (slots instanceof Error) {
      const isSingle = slots.message.includes('cluster support disabled');
      return isSingle ? { map: SlotMap.single(address), isUp: true } : slots;
    }
    const isUp = Buffer.isBuffer(info) && info.includes('cluster_state:ok');
    return { map: SlotMap.of(slots as Reply, address), isUp };
  }

  #learn({ map }: Answer): void {
    const before = this.#map;
    this.#map = map;
    const masters = new Set(map.shards.map(({ master }) => master));
    const there = new Set([...map.addresses, ...this.#settings.servers.map(formatAddress)]);
    // What waits for a node that was a master, and may hang, is to go to the one that is now.
    for (const { master } of before.shards) if (!masters.has(master)) this.#letGo(master);
    for (const address of before.addresses) if (!there.has(address)) this.#letGo(address);
    if (map.hasMastersOf(before)) return;
    this.#changes++;
    for (const wake of this.#wakers) wake();
  }

  #letGo(address: string): void {
    this.#nodes.get(address)?.end();
    this.#nodes.delete(address);
  }
}

interface Answer {
  readonly map: SlotMap;
  readonly isUp: boolean;
}

function best(answers: readonly (Answer | Error)[]): Answer | null {
  const heard = answers.filter((answer): answer is Answer => !(answer instanceof Error));
  return heard.find(({ isUp }) => isUp) ?? heard[0] ?? null;
}

/** The first answer of a cluster that is up; when there is none, of one that is not. */
async function firstWhole(asked: readonly Promise<Answer | Error>[]): Promise<Answer | null> {
  const answers = asked.map(async (answer) => {
    const heard = await answer;
    if (heard instanceof Error || !heard.isUp) throw new Error('not up');
    return heard;
  });
  return Promise.any(answers).catch(async () => best(await Promise.all(asked)));
}
