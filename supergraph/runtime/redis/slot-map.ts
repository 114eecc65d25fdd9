import { keySlot, SLOTS } from './key-slot.ts';
import type { Reply } from './node-connection.ts';

/** A shard: the node that is written to, and those that copy it. Addresses are `host:port`. */
export interface Shard {
  readonly master: string;
  readonly replicas: readonly string[];
  readonly slots: number;
}

/** Which node has which slots, as one node said at some moment. A value. */
export class SlotMap {
  readonly shards: readonly Shard[];
  /** Whether it is that of a Redis without cluster mode, which has all. */
  readonly isSingle: boolean;
  readonly #masters: readonly (string | undefined)[];
  /** Looked for once: it is asked for with every write. */
  readonly #homeSlots = new Map<string, number | null>();

  private constructor(shards: readonly Shard[], masters: readonly (string | undefined)[], isSingle: boolean) {
    this.shards = shards;
    this.isSingle = isSingle;
    this.#masters = masters;
  }

  static none(): SlotMap {
    return new SlotMap([], [], false);
  }

  static single(address: string): SlotMap {
    return new SlotMap([{ master: address, replicas: [], slots: SLOTS }], new Array<string>(SLOTS).fill(address), true);
  }

  /** @param slots the reply to CLUSTER SLOTS of the node at `address` */
  static of(slots: Reply, address: string): SlotMap {
    const masters = new Array<string | undefined>(SLOTS).fill(undefined);
    const shards = new Map<string, { master: string; replicas: string[]; slots: number }>();
    const askedHost = address.slice(0, address.lastIndexOf(':'));
    for (const range of slots as readonly Reply[]) {
      const [from, through, ...nodes] = range as [number, number, ...Reply[]];
      const [master, ...replicas] = nodes.map((node) => {
        const [host, port] = node as [Buffer | null, number];
        const name = host === null ? '' : host.toString();
        // A node that does not know its own name means the one it was asked by.
        return `${name === '' || name === '?' ? askedHost : name}:${port}`;
      });
      if (master === undefined) continue;
      masters.fill(master, from, through + 1);
      const known = shards.get(master);
      if (known === undefined) shards.set(master, { master, replicas, slots: through - from + 1 });
      else known.slots += through - from + 1;
    }
    return new SlotMap([...shards.values()], masters, false);
  }

  /** Address of the node that has a key; undefined while nobody has its slot. */
  masterOf(key: string): string | undefined {
    return this.#masters[keySlot(key)];
  }

  masterOfSlot(slot: number): string | undefined {
    return this.#masters[slot];
  }

  /** The last slot of a node: those on their way elsewhere are usually its first. */
  homeSlotOf(address: string): number | null {
    const known = this.#homeSlots.get(address);
    if (known !== undefined) return known;
    const at = this.#masters.lastIndexOf(address);
    const home = at === -1 ? null : at;
    this.#homeSlots.set(address, home);
    return home;
  }

  /** Whether every slot has the master that it has in another map. */
  hasMastersOf(other: SlotMap): boolean {
    return this.#masters.every((master, slot) => master === other.#masters[slot]);
  }

  /** All nodes. */
  get addresses(): string[] {
    return this.shards.flatMap(({ master, replicas }) => [master, ...replicas]);
  }

  /** With a slot that another node has now. */
  withSlot(slot: number, master: string): SlotMap {
    return new SlotMap(this.shards, this.#masters.with(slot, master), this.isSingle);
  }
}
