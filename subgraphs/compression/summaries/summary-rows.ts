import { decodeSummary, encodeSummary, type StageVersion } from '@supercontext/contract';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { WithdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';
import { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { parseNodeId } from '../tree/node-plan.ts';
import type { TreeNode } from '../tree/plan-parents.ts';
import { addNode, dropOver, isCurrent, type KeptTree, type PlacedNode } from './grow-tree.ts';
import { NODES, type NodeRow, TREES, type TreeRow } from './schema.ts';
import { EMPTY_TREE, type MadeSummary, type StoredSummary, type TreeState } from './summary-store.ts';

/** What a row that is damaged is told apart by: the session it was asked for. */
const DAMAGED = Symbol('damaged');

/**
 * The trees and nodes of one open file. Each row is checked when it is read; a session with a damaged one is forgotten, and so
 * made again. Damage met while writing is thrown. Every method is to be called inside of a transaction.
 */
export class SummaryRows {
  readonly #trees: CheckedTable<TreeRow>;
  readonly #nodes: CheckedTable<NodeRow>;
  readonly #withdrawn: WithdrawnTable;
  readonly #treeOf: Statement;
  readonly #treeByNumber: Statement;
  readonly #nextTree: Statement;
  readonly #changeTree: Statement;
  readonly #isThere: Statement;
  readonly #isPlace: Statement;
  readonly #nodeAt: Statement;
  readonly #nodeById: Statement;
  readonly #setParented: Statement;
  readonly #frontier: Statement;
  readonly #dropNodes: Statement;
  readonly #dropTrees: Statement;
  readonly #treesOf: Statement;
  readonly #nodesOf: Statement;
  readonly #dropNode: Statement;

  constructor(database: Database) {
    this.#trees = new CheckedTable(database, TREES);
    this.#nodes = new CheckedTable(database, NODES);
    this.#withdrawn = new WithdrawnTable(database);
    const tree = `SELECT ${this.#trees.selection} FROM trees`;
    this.#treeOf = database.prepare(`${tree} WHERE session = ? AND method = ? AND version = ?`);
    this.#treeByNumber = database.prepare(`${tree} WHERE tree = ?`);
    this.#nextTree = database.prepare('SELECT 1 + coalesce(max(tree), 0) AS next FROM trees');
    this.#changeTree = database.prepare(
      `UPDATE trees SET nodes = ?, levels = ?, leaves = ?, compressed_through = ?, original_tokens = ?, summary_tokens = ?,
       checksum = ? WHERE tree = ?`,
    );
    const node = `SELECT ${this.#nodes.selection} FROM nodes`;
    this.#isThere = database.prepare('SELECT 1 FROM nodes WHERE id = ?');
    this.#isPlace = database.prepare('SELECT 1 FROM nodes WHERE tree = ? AND level = ? AND ordinal = ?');
    this.#nodeAt = database.prepare(`${node} WHERE tree = ? AND level = ? AND ordinal = ?`);
    this.#nodeById = database.prepare(`${node} WHERE id = ?`);
    this.#setParented = database.prepare('UPDATE nodes SET parented = ?, checksum = ? WHERE id = ?');
    this.#frontier = database.prepare(
      `${node} WHERE parented = 0 AND tree IN (SELECT tree FROM trees WHERE session = ?) ORDER BY first, level`,
    );
    this.#dropNodes = database.prepare('DELETE FROM nodes WHERE tree IN (SELECT tree FROM trees WHERE session = ?)');
    this.#dropTrees = database.prepare('DELETE FROM trees WHERE session = ?');
    this.#treesOf = database.prepare(`${tree} WHERE session = ?`);
    this.#nodesOf = database.prepare(
      'SELECT id, level, ordinal, first, last, tokens, original_tokens, parented FROM nodes WHERE tree = ?',
    );
    this.#dropNode = database.prepare('DELETE FROM nodes WHERE id = ?');
  }

  put(made: MadeSummary): void {
    const { sessionId, summary } = made;
    if (parseNodeId(summary.id) === null) throw new RangeError(`no id of a summary: ${summary.id}`);
    const about = { has: (id: string) => this.has(id), withdrawn: () => this.withdrawn(sessionId) };
    if (!isCurrent(made, about) || this.has(summary.id)) return;
    addNode(this.#kept(this.#treeFor(sessionId, summary.method)), made);
  }

  read(id: string): StoredSummary | null {
    const parsed = parseNodeId(id);
    const row = parsed === null ? undefined : this.#nodeById.get(parsed.hash);
    if (parsed === null || row === undefined) return null;
    const tree = this.#treeByNumber.get(Number(row.tree));
    if (tree !== undefined && this.#trees.isWhole(tree) && tree.session !== parsed.sessionId) return null;
    const summary = tree !== undefined && this.#trees.isWhole(tree) ? this.#decoded(row) : DAMAGED;
    if (summary !== DAMAGED) return { sessionId: parsed.sessionId, ...summary };
    this.forget(parsed.sessionId);
    return null;
  }

  has(id: string): boolean {
    const parsed = parseNodeId(id);
    return parsed !== null && this.#isThere.get(parsed.hash) !== undefined;
  }

  frontier(sessionId: string): readonly TreeNode[] {
    const rows = this.#frontier.all(sessionId);
    const nodes: TreeNode[] = [];
    for (const row of rows) {
      const tree = this.#treeByNumber.get(Number(row.tree));
      if (tree === undefined || !this.#trees.isWhole(tree) || !this.#nodes.isWhole(row)) {
        this.forget(sessionId);
        return [];
      }
      nodes.push(treeNode(row as unknown as NodeRow, tree as unknown as TreeRow));
    }
    return nodes;
  }

  state(sessionId: string, { name, version }: StageVersion): TreeState {
    const row = this.#treeOf.get(sessionId, name, version);
    if (row === undefined) return EMPTY_TREE;
    if (!this.#trees.isWhole(row)) {
      this.forget(sessionId);
      return EMPTY_TREE;
    }
    return treeState(row as unknown as TreeRow);
  }

  withdrawn(sessionId: string): Withdrawn {
    return this.#withdrawn.of(sessionId, sessionId);
  }

  withdraw(sessionId: string, withdrawn: Withdrawn): void {
    const changed = Withdrawn.of(this.withdrawn(sessionId).difference(withdrawn));
    for (const row of this.#treesOf.all(sessionId)) {
      const tree = this.#trees.whole(row, () => sessionId);
      dropOver(this.#kept(tree), changed);
    }
    this.#withdrawn.write(sessionId, withdrawn);
  }

  /** How many nodes there were. */
  forget(sessionId: string): number {
    const { changes } = this.#dropNodes.run(sessionId);
    this.#dropTrees.run(sessionId);
    this.#withdrawn.drop(sessionId);
    return Number(changes);
  }

  /** A tree for the rules. */
  #kept(row: TreeRow): KeptTree {
    let tree = row;
    const store = (stored: TreeRow) => this.#storeTree(stored);
    const placed = (found: unknown) => placedNode(row.session, found as NodeRow);
    return {
      method: { name: row.method, version: row.version },
      get state() {
        return treeState(tree);
      },
      set state(state) {
        tree = { ...tree, ...countsOf(state) };
        store(tree);
      },
      isAt: (level, ordinal) => this.#isPlace.get(tree.tree, level, ordinal) !== undefined,
      nodeAt: (level, ordinal) => {
        const node = this.#nodeWhole(tree, level, ordinal);
        return node === null ? null : placed(node);
      },
      nodes: () => this.#nodesOf.all(tree.tree).map(placed),
      add: (node, summary) => this.#nodes.insert(nodeRow(node, tree, encodeSummary(summary))),
      setParented: ({ level, ordinal }, isParented) => {
        const node = this.#nodeWhole(tree, level, ordinal);
        const parented = isParented ? 1 : 0;
        if (node !== null) this.#setParented.run(parented, this.#nodes.checksum({ ...node, parented }), node.id);
      },
      drop: ({ id }) => void this.#dropNode.run(hashOf(id)),
    };
  }

  #decoded(row: Readonly<Record<string, unknown>>): Omit<StoredSummary, 'sessionId'> | typeof DAMAGED {
    if (!this.#nodes.isWhole(row)) return DAMAGED;
    const { ordinal, original_tokens, body } = row as unknown as NodeRow;
    try {
      return { ordinal, originalTokens: original_tokens, summary: decodeSummary(body) };
    } catch {
      // Of a version of the contract that is not spoken here any more, or not yet.
      return DAMAGED;
    }
  }

  #treeFor(session: string, { name, version }: StageVersion): TreeRow {
    const row = this.#treeOf.get(session, name, version);
    if (row !== undefined) return this.#trees.whole(row, () => session);
    const tree: TreeRow = {
      tree: Number(this.#nextTree.get()?.next),
      session,
      method: name,
      version,
      nodes: 0,
      levels: 0,
      leaves: 0,
      compressed_through: -1,
      original_tokens: 0,
      summary_tokens: 0,
    };
    this.#trees.insert(tree);
    return tree;
  }

  #storeTree(tree: TreeRow): void {
    const { nodes, levels, leaves, compressed_through, original_tokens, summary_tokens } = tree;
    const counts = [nodes, levels, leaves, compressed_through, original_tokens, summary_tokens] as const;
    this.#changeTree.run(...counts, this.#trees.checksum(tree), tree.tree);
  }

  #nodeWhole(tree: TreeRow, level: number, ordinal: number): NodeRow | null {
    const row = this.#nodeAt.get(tree.tree, level, ordinal);
    return row === undefined ? null : this.#nodes.whole(row, () => `${tree.session} level ${level} node ${ordinal}`);
  }
}

function treeState(row: TreeRow): TreeState {
  return {
    nodes: row.nodes,
    levels: row.levels,
    leaves: row.leaves,
    compressedThrough: row.compressed_through,
    originalTokens: row.original_tokens,
    summaryTokens: row.summary_tokens,
  };
}

function countsOf(state: TreeState) {
  const { nodes, levels, leaves, compressedThrough, originalTokens, summaryTokens } = state;
  const sums = { original_tokens: originalTokens, summary_tokens: summaryTokens };
  return { nodes, levels, leaves, compressed_through: compressedThrough, ...sums };
}

function placedNode(session: string, row: NodeRow): PlacedNode {
  return {
    id: `${session}.s${Buffer.from(row.id).toString('hex')}`,
    level: row.level,
    ordinal: row.ordinal,
    from: row.first,
    through: row.last,
    tokens: row.tokens,
    originalTokens: row.original_tokens,
    isParented: row.parented === 1,
  };
}

function nodeRow(node: PlacedNode, { tree }: TreeRow, body: Uint8Array): NodeRow {
  const { id, level, ordinal, from, through, tokens, originalTokens, isParented } = node;
  const place = { id: hashOf(id), tree, level, ordinal, first: from, last: through };
  return { ...place, tokens, original_tokens: originalTokens, parented: isParented ? 1 : 0, body };
}

function hashOf(id: string): Buffer {
  return (parseNodeId(id) as { readonly hash: Buffer }).hash;
}

function treeNode(node: NodeRow, tree: TreeRow): TreeNode {
  const { isParented: _, ...place } = placedNode(tree.session, node);
  return { ...place, method: { name: tree.method, version: tree.version } };
}
