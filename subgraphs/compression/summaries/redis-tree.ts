import { randomUUID } from 'node:crypto';
import type { StageVersion, Summary } from '@supercontext/contract';
import type { HashChange } from '@supercontext/runtime/redis/change-hash.ts';
import { damagedValue, openValue, sealValue } from '@supercontext/runtime/redis/checked-value.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { TreeNode } from '../tree/plan-parents.ts';
import type { KeptTree, PlacedNode } from './grow-tree.ts';
import { EMPTY_TREE, type TreeState } from './summary-store.ts';

/**
 * The trees of one session, in one hash, so that all that is atomic is in one key: `head` with the counts of each tree, `withdrawn`,
 * `n<hash>` for each node there is, and `-<hash>` for each that is no more and whose text may still be there. `erased` alone is left,
 * for a while, of a session that was erased.
 */
export function treeKey(sessionId: string): string {
  return `t:{${sessionId}}`;
}

export const HEAD = 'head';
export const ERASED = 'erased';
const WITHDRAWN = 'withdrawn';
const NODE = 'n';
const DROPPED = '-';

/** What stands in place of a head while the texts of nodes that are no more are dropped: whoever begins anew takes that over. */
const MARK = 'gone ';

function isMark(head: Uint8Array): boolean {
  return Buffer.from(head).toString('latin1').startsWith(MARK);
}

/** Every change makes another head. */
interface Head {
  /** Of these trees, from the first of their nodes on. */
  readonly trees: string;
  readonly revision: number;
  readonly states: readonly (readonly [StageVersion, TreeState])[];
}

interface Node {
  readonly method: StageVersion;
  readonly node: PlacedNode;
}

/** The trees of one session as they were read, with which node has which place. */
export class SessionTrees {
  readonly sessionId: string;
  /** As it is kept; null for a session that has no trees. */
  sealedHead: Uint8Array | null = null;
  isErased = false;
  withdrawn = Withdrawn.NONE;
  head: Head = { trees: randomUUID(), revision: 0, states: [] };
  readonly byId = new Map<string, Node>();
  readonly byPlace = new Map<string, Node>();
  /** Hashes of nodes that are no more. */
  readonly dropped = new Set<string>();

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  /** @param values fields and values in turns, as HGETALL gives them. @throws ContractError STORAGE_CORRUPT */
  static read(sessionId: string, values: readonly Uint8Array[]): SessionTrees {
    const trees = new SessionTrees(sessionId);
    for (let at = 0; at + 1 < values.length; at += 2) {
      trees.#take(Buffer.from(values[at] as Uint8Array).toString(), values[at + 1] as Uint8Array);
    }
    const counted = trees.head.states.reduce((sum, [, { nodes }]) => sum + nodes, 0);
    if (counted !== trees.byId.size) throw damagedValue(treeKey(sessionId), 'nodes of it are missing');
    return trees;
  }

  state(method: StageVersion): TreeState {
    return this.head.states.find(([one]) => isSame(one, method))?.[1] ?? EMPTY_TREE;
  }

  /** Nodes without a parent, by first position. */
  frontier(): TreeNode[] {
    const found = [...this.byId.values()].filter(({ node }) => !node.isParented);
    return found
      .map(({ method, node: { isParented: _, ...place } }) => ({ ...place, method }))
      .sort((one, other) => one.from - other.from || one.level - other.level);
  }

  put(node: Node): void {
    this.byId.set(node.node.id, node);
    this.byPlace.set(placeOf(node), node);
  }

  drop(id: string): void {
    const node = this.byId.get(id);
    if (node !== undefined) this.byPlace.delete(placeOf(node));
    this.byId.delete(id);
  }

  #take(field: string, sealed: Uint8Array): void {
    if (field === HEAD) {
      this.sealedHead = sealed;
      if (!isMark(sealed)) this.head = JSON.parse(this.#open(field, sealed).toString()) as Head;
    } else if (field === WITHDRAWN) this.withdrawn = Withdrawn.decode(this.#open(field, sealed));
    else if (field === ERASED) this.isErased = true;
    else if (field.startsWith(DROPPED)) this.dropped.add(field.slice(DROPPED.length));
    else this.put(JSON.parse(this.#open(field, sealed).toString()) as Node);
  }

  #open(field: string, sealed: Uint8Array): Buffer {
    return openValue(`${treeKey(this.sessionId)} ${field}`, sealed);
  }
}

/** Changes to the trees of a session that are not made yet: the rules see them, nobody else does. */
export class TreesDraft {
  readonly #trees: SessionTrees;
  readonly #states = new Map<string, readonly [StageVersion, TreeState]>();
  readonly #nodes = new Map<string, Node | null>();
  readonly #places = new Map<string, Node | null>();
  #withdrawn: Withdrawn | null = null;
  /** Nodes that were not there before, in order. */
  readonly added: Summary[] = [];

  constructor(trees: SessionTrees) {
    this.#trees = trees;
    for (const state of trees.head.states) this.#states.set(nameOf(state[0]), state);
  }

  get isChanged(): boolean {
    return this.#nodes.size > 0 || this.#withdrawn !== null;
  }

  get dropped(): string[] {
    return [...this.#nodes].flatMap(([id, node]) => (node === null ? [hashOf(id)] : []));
  }

  has(id: string): boolean {
    const changed = this.#nodes.get(id);
    return changed === undefined ? this.#trees.byId.has(id) : changed !== null;
  }

  withdraw(withdrawn: Withdrawn): void {
    this.#withdrawn = withdrawn;
  }

  methods(): StageVersion[] {
    return [...this.#states.values()].map(([method]) => method);
  }

  /** A tree for the rules. */
  tree(method: StageVersion): KeptTree {
    const states = this.#states;
    const at = (level: number, ordinal: number) => this.#at(placeOf({ method, node: { level, ordinal } }));
    const put = (node: PlacedNode) => this.#put(node.id, { method, node });
    return {
      method,
      get state() {
        return states.get(nameOf(method))?.[1] ?? EMPTY_TREE;
      },
      set state(state) {
        states.set(nameOf(method), [method, state]);
      },
      isAt: (level, ordinal) => at(level, ordinal) !== null,
      nodeAt: (level, ordinal) => at(level, ordinal)?.node ?? null,
      nodes: () => [...this.#trees.byId.values()].filter((node) => isSame(node.method, method)).map(({ node }) => node),
      add: (node, summary) => {
        put(node);
        this.added.push(summary);
      },
      setParented: (node, isParented) => put({ ...node, isParented }),
      drop: ({ id, level, ordinal }) => {
        this.#nodes.set(id, null);
        this.#places.set(placeOf({ method, node: { level, ordinal } }), null);
      },
    };
  }

  /** What is to be changed in Redis. */
  change(): HashChange & { readonly head: Head; readonly sealedHead: Uint8Array } {
    const { sessionId, sealedHead: before, head: old } = this.#trees;
    const key = treeKey(sessionId);
    const seal = (field: string, value: unknown) =>
      [field, sealValue(`${key} ${field}`, Buffer.from(JSON.stringify(value)))] as const;
    const states = [...this.#states.values()].filter(([, { nodes }]) => nodes > 0);
    const head = { trees: old.trees, revision: old.revision + 1, states };
    const sealed = seal(HEAD, head);
    const set: (readonly [string, Uint8Array])[] = [sealed];
    const drop: string[] = [];
    for (const [id, node] of this.#nodes) {
      const hash = hashOf(id);
      if (node === null) {
        drop.push(NODE + hash);
        set.push([DROPPED + hash, Buffer.alloc(0)]);
      } else {
        set.push(seal(NODE + hash, node));
        if (this.#trees.dropped.has(hash)) drop.push(DROPPED + hash);
      }
    }
    if (this.#withdrawn?.digest === '') drop.push(WITHDRAWN);
    else if (this.#withdrawn !== null)
      set.push([WITHDRAWN, sealValue(`${key} ${WITHDRAWN}`, this.#withdrawn.encode())]);
    const expect = [[HEAD, before] as const, [ERASED, null] as const];
    return { expect, drop, set, isOnReserve: drop.length > 0, head, sealedHead: sealed[1] };
  }

  /** Once it is done. */
  apply({ head, sealedHead }: { readonly head: Head; readonly sealedHead: Uint8Array }): void {
    const trees = this.#trees;
    for (const [id, node] of this.#nodes) {
      trees.drop(id);
      if (node === null) trees.dropped.add(hashOf(id));
      else {
        trees.put(node);
        trees.dropped.delete(hashOf(id));
      }
    }
    if (this.#withdrawn !== null) trees.withdrawn = this.#withdrawn;
    trees.head = head;
    trees.sealedHead = sealedHead;
  }

  #at(place: string): Node | null {
    const changed = this.#places.get(place);
    return changed === undefined ? (this.#trees.byPlace.get(place) ?? null) : changed;
  }

  #put(id: string, node: Node): void {
    this.#nodes.set(id, node);
    this.#places.set(placeOf(node), node);
  }
}

/** Drops all trees of a session, whatever stands in their hash: of this the names of the fields alone are needed. */
export function forgetting(
  fields: readonly string[],
  { head, isErased }: { readonly head: Uint8Array | null; readonly isErased: boolean },
): HashChange & { readonly nodes: readonly string[]; readonly dropped: readonly string[]; readonly mark: Uint8Array } {
  const nodes = fields.filter((field) => field.startsWith(NODE)).map((field) => field.slice(NODE.length));
  const before = fields.filter((field) => field.startsWith(DROPPED)).map((field) => field.slice(DROPPED.length));
  const dropped = [...new Set([...before, ...nodes])];
  const mark = Buffer.from(MARK + randomUUID());
  const set: (readonly [string, Uint8Array])[] = [[HEAD, mark]];
  for (const hash of dropped) set.push([DROPPED + hash, Buffer.alloc(0)]);
  if (isErased) set.push([ERASED, Buffer.from('1')]);
  const drop = fields.filter((field) => field !== ERASED);
  return { expect: [[HEAD, head]], drop, set, isOnReserve: true, nodes, dropped, mark };
}

export const droppedField = (hash: string): string => DROPPED + hash;

function nameOf({ name, version }: StageVersion): string {
  return `${version} ${name}`;
}

function isSame(one: StageVersion, other: StageVersion): boolean {
  return one.name === other.name && one.version === other.version;
}

function placeOf({
  method,
  node: { level, ordinal },
}: {
  readonly method: StageVersion;
  readonly node: Pick<PlacedNode, 'level' | 'ordinal'>;
}): string {
  return `${level} ${ordinal} ${nameOf(method)}`;
}

/** The hexadecimal digits of the hash in a node's id. */
export function hashOf(id: string): string {
  return id.slice(id.lastIndexOf('.s') + 2);
}
