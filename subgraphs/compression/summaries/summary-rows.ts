import { decodeSummary, encodeSummary, type StageVersion } from '@supercontext/contract';
import { CheckedTable } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { WithdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';
import { type Stretch, Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import { FAN_OUT, parseNodeId } from '../tree/node-plan.ts';
import type { TreeNode } from '../tree/plan-parents.ts';
import { NODES, type NodeRow, TREES, type TreeRow } from './schema.ts';
import { EMPTY_TREE, type MadeSummary, type StoredSummary, type TreeState } from './summary-store.ts';

/** What a row that is damaged is told apart by: the session it was asked for. */
const DAMAGED = Symbol('damaged');

/** A node without its body. */
interface PlacedNode extends Pick<NodeRow, 'level' | 'ordinal' | 'first' | 'last' | 'tokens' | 'original_tokens'> {
  readonly node: number;
}

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
  readonly #levelsOf: Statement;
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
      'SELECT node, level, ordinal, first, last, tokens, original_tokens FROM nodes WHERE tree = ?',
    );
    this.#levelsOf = database.prepare('SELECT 1 + coalesce(max(level), -1) AS levels FROM nodes WHERE tree = ?');
    this.#dropNode = database.prepare('DELETE FROM nodes WHERE node = ?');
  }

  put(made: MadeSummary): void {
    const { sessionId, ordinal, originalTokens, summary } = made;
    const id = parseNodeId(summary.id);
    if (id === null) throw new RangeError(`no id of a summary: ${summary.id}`);
    if (!this.#isCurrent(made)) return;
    const { level, from, through, method, tokens } = summary;
    const tree = this.#treeFor(sessionId, method);
    if (this.#isThere.get(id.hash) !== undefined || this.#isAt(tree, level, ordinal)) return;
    this.#nodes.insert({
      id: id.hash,
      tree: tree.tree,
      level,
      ordinal,
      first: from,
      last: through,
      tokens,
      original_tokens: originalTokens,
      parented: this.#isAt(tree, level + 1, Math.floor(ordinal / FAN_OUT)) ? 1 : 0,
      body: encodeSummary(summary),
    });
    const isLeaf = level === 0;
    const grown = {
      ...tree,
      nodes: tree.nodes + 1,
      levels: Math.max(tree.levels, level + 1),
      original_tokens: tree.original_tokens + (isLeaf ? originalTokens : 0),
      summary_tokens: tree.summary_tokens + (isLeaf ? tokens : 0),
    };
    if (!isLeaf) this.#takeChildren(tree, level - 1, ordinal * FAN_OUT);
    this.#storeTree(isLeaf ? this.#withoutGap(grown) : grown);
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
      nodes.push(treeNode(sessionId, row as unknown as NodeRow, tree as unknown as TreeRow));
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
    const { nodes, levels, leaves, compressed_through, original_tokens, summary_tokens } = row as unknown as TreeRow;
    return {
      nodes,
      levels,
      leaves,
      compressedThrough: compressed_through,
      originalTokens: original_tokens,
      summaryTokens: summary_tokens,
    };
  }

  withdrawn(sessionId: string): Withdrawn {
    return this.#withdrawn.of(sessionId, sessionId);
  }

  withdraw(sessionId: string, withdrawn: Withdrawn): void {
    const changed = Withdrawn.of(this.withdrawn(sessionId).difference(withdrawn));
    for (const row of this.#treesOf.all(sessionId)) {
      this.#dropOver(
        this.#trees.whole(row, () => sessionId),
        changed,
      );
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

  /** Whether a node is made of what it would be made of now. */
  #isCurrent({ sessionId, summary, withdrawn = [] }: MadeSummary): boolean {
    const { level, children } = summary;
    if (level > 0) return children.every((child) => this.has(child));
    const now = this.withdrawn(sessionId).within(summary);
    const isSame = ({ from, through }: Stretch, at: number) => from === now[at]?.from && through === now[at]?.through;
    return withdrawn.length === now.length && withdrawn.every(isSame);
  }

  /** Drops the nodes that cover one of the positions; those of their children that stay are roots again. */
  #dropOver(tree: TreeRow, positions: Withdrawn): void {
    const over = this.#nodesOf
      .all(tree.tree)
      .map((row) => row as unknown as PlacedNode)
      .filter(({ first, last }) => positions.countIn({ from: first, through: last }) > 0);
    if (over.length === 0) return;
    for (const { node } of over) this.#dropNode.run(node);
    for (const { level, ordinal } of over) if (level > 0) this.#letGoOfChildren(tree, level - 1, ordinal * FAN_OUT);
    const leaves = over.filter(({ level }) => level === 0);
    const left = Math.min(tree.leaves, ...leaves.map(({ ordinal }) => ordinal));
    const sum = (of: 'original_tokens' | 'tokens') => leaves.reduce((total, leaf) => total + leaf[of], 0);
    this.#storeTree({
      ...tree,
      nodes: tree.nodes - over.length,
      levels: Number(this.#levelsOf.get(tree.tree)?.levels),
      leaves: left,
      compressed_through: this.#nodeWhole(tree, 0, left - 1)?.last ?? -1,
      original_tokens: tree.original_tokens - sum('original_tokens'),
      summary_tokens: tree.summary_tokens - sum('tokens'),
    });
  }

  #letGoOfChildren(tree: TreeRow, level: number, first: number): void {
    for (let ordinal = first; ordinal < first + FAN_OUT; ordinal++) {
      const child = this.#nodeWhole(tree, level, ordinal);
      if (child === null) continue;
      this.#setParented.run(0, this.#nodes.checksum({ ...child, parented: 0 }), child.id);
    }
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

  #isAt({ tree }: TreeRow, level: number, ordinal: number): boolean {
    return this.#isPlace.get(tree, level, ordinal) !== undefined;
  }

  #nodeWhole(tree: TreeRow, level: number, ordinal: number): NodeRow | null {
    const row = this.#nodeAt.get(tree.tree, level, ordinal);
    return row === undefined ? null : this.#nodes.whole(row, () => `${tree.session} level ${level} node ${ordinal}`);
  }

  #takeChildren(tree: TreeRow, level: number, first: number): void {
    for (let ordinal = first; ordinal < first + FAN_OUT; ordinal++) {
      const child = this.#nodeWhole(tree, level, ordinal);
      if (child === null || child.parented === 1) continue;
      this.#setParented.run(1, this.#nodes.checksum({ ...child, parented: 1 }), child.id);
    }
  }

  /** Leaves come in any order; counts on for as long as the next one is there. */
  #withoutGap(tree: TreeRow): TreeRow {
    let { leaves, compressed_through } = tree;
    for (;;) {
      const leaf = this.#nodeWhole(tree, 0, leaves);
      if (leaf === null) return { ...tree, leaves, compressed_through };
      compressed_through = leaf.last;
      leaves++;
    }
  }
}

function treeNode(sessionId: string, node: NodeRow, tree: TreeRow): TreeNode {
  return {
    id: `${sessionId}.s${Buffer.from(node.id).toString('hex')}`,
    level: node.level,
    ordinal: node.ordinal,
    from: node.first,
    through: node.last,
    tokens: node.tokens,
    originalTokens: node.original_tokens,
    method: { name: tree.method, version: tree.version },
  };
}
