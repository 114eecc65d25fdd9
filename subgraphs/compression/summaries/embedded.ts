import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { decodeSummary, encodeSummary, type StageVersion } from '@supercontext/contract';
import { openDerived } from '../open-derived.ts';
import { withStorageFaults } from '../sqlite-fault.ts';
import { FAN_OUT, parseNodeId } from '../tree/node-plan.ts';
import type { TreeNode } from '../tree/plan-parents.ts';
import { EMPTY_TREE, type StoredSummary, type SummaryStore, type TreeState } from './summary-store.ts';

// `trees` counts what `nodes` holds, so that no reader counts; `parented` keeps the frontier in an index of its own.
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS trees (
    tree INTEGER PRIMARY KEY, session TEXT NOT NULL, method TEXT NOT NULL, version INTEGER NOT NULL,
    nodes INTEGER NOT NULL DEFAULT 0, levels INTEGER NOT NULL DEFAULT 0, leaves INTEGER NOT NULL DEFAULT 0,
    compressed_through INTEGER NOT NULL DEFAULT -1,
    original_tokens INTEGER NOT NULL DEFAULT 0, summary_tokens INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, method, version)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS nodes (
    node INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, tree INTEGER NOT NULL, level INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, tokens INTEGER NOT NULL, original_tokens INTEGER NOT NULL,
    parented INTEGER NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS nodes_place ON nodes (tree, level, ordinal);
  CREATE INDEX IF NOT EXISTS nodes_frontier ON nodes (tree, first) WHERE parented = 0;
`;

interface NodeRow {
  readonly session: string;
  readonly ordinal: number;
  readonly original_tokens: number;
  readonly checksum: number;
  readonly body: Uint8Array;
}

/**
 * Opens the summaries of one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * A damaged file is put aside and begun anew.
 */
export function openSummaryStore(options: {
  readonly path: string;
  readonly onDamaged: (aside: string) => void;
}): SummaryStore {
  return openDerived(options.path, () => open(options.path), options.onDamaged);
}

function open(path: string): SummaryStore {
  const database = new DatabaseSync(path);
  try {
    database.exec(SCHEMA);
    return new EmbeddedSummaryStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

class EmbeddedSummaryStore implements SummaryStore {
  readonly #database: DatabaseSync;
  readonly #addTree: StatementSync;
  readonly #treeOf: StatementSync;
  readonly #isPlace: StatementSync;
  readonly #addNode: StatementSync;
  readonly #parentChildren: StatementSync;
  readonly #count: StatementSync;
  readonly #advance: StatementSync;
  readonly #nextLeaf: StatementSync;
  readonly #byId: StatementSync;
  readonly #isThere: StatementSync;
  readonly #frontier: StatementSync;
  readonly #dropNodes: StatementSync;
  readonly #dropTrees: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#addTree = database.prepare('INSERT OR IGNORE INTO trees (session, method, version) VALUES (?, ?, ?)');
    this.#treeOf = database.prepare('SELECT * FROM trees WHERE session = ? AND method = ? AND version = ?');
    this.#isPlace = database.prepare('SELECT 1 FROM nodes WHERE tree = ? AND level = ? AND ordinal = ?');
    this.#addNode = database.prepare(
      `INSERT OR IGNORE INTO nodes (id, tree, level, ordinal, first, last, tokens, original_tokens, parented, checksum, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#parentChildren = database.prepare(
      'UPDATE nodes SET parented = 1 WHERE tree = ? AND level = ? AND ordinal BETWEEN ? AND ?',
    );
    this.#count = database.prepare(
      `UPDATE trees SET nodes = nodes + 1, levels = max(levels, ?), original_tokens = original_tokens + ?,
       summary_tokens = summary_tokens + ? WHERE tree = ?`,
    );
    this.#advance = database.prepare('UPDATE trees SET leaves = ?, compressed_through = ? WHERE tree = ?');
    this.#nextLeaf = database.prepare('SELECT last FROM nodes WHERE tree = ? AND level = 0 AND ordinal = ?');
    this.#byId = database.prepare(
      `SELECT session, ordinal, nodes.original_tokens, checksum, body FROM nodes JOIN trees USING (tree) WHERE id = ?`,
    );
    this.#isThere = database.prepare('SELECT 1 FROM nodes WHERE id = ?');
    this.#frontier = database.prepare(
      `SELECT lower(hex(id)) AS hash, level, ordinal, first, last, tokens, nodes.original_tokens, method, version
       FROM trees JOIN nodes USING (tree) WHERE session = ? AND parented = 0 ORDER BY first, level`,
    );
    this.#dropNodes = database.prepare('DELETE FROM nodes WHERE tree IN (SELECT tree FROM trees WHERE session = ?)');
    this.#dropTrees = database.prepare('DELETE FROM trees WHERE session = ?');
  }

  async put(nodes: readonly StoredSummary[]): Promise<void> {
    if (nodes.length === 0) return;
    this.#atomically(() => {
      for (const node of nodes) this.#putOne(node);
    });
  }

  #putOne({ sessionId, ordinal, originalTokens, summary }: StoredSummary): void {
    const id = parseNodeId(summary.id);
    if (id === null) throw new RangeError(`no id of a summary: ${summary.id}`);
    const { level, from, through, method, tokens } = summary;
    this.#addTree.run(sessionId, method.name, method.version);
    const { tree, leaves } = this.#treeOf.get(sessionId, method.name, method.version) as unknown as {
      readonly tree: number;
      readonly leaves: number;
    };
    const parented = this.#isPlace.get(tree, level + 1, Math.floor(ordinal / FAN_OUT)) === undefined ? 0 : 1;
    const body = encodeSummary(summary);
    const place = [tree, level, ordinal, from, through, tokens, originalTokens, parented] as const;
    if (this.#addNode.run(id.hash, ...place, crc32(body), body).changes === 0) return;
    const isLeaf = level === 0;
    this.#count.run(level + 1, isLeaf ? originalTokens : 0, isLeaf ? tokens : 0, tree);
    if (isLeaf) this.#closeGap(tree, leaves);
    else this.#parentChildren.run(tree, level - 1, ordinal * FAN_OUT, ordinal * FAN_OUT + FAN_OUT - 1);
  }

  /** Leaves come in any order; counts on for as long as the next one is there. */
  #closeGap(tree: number, leaves: number): void {
    let next = leaves;
    let through = -1;
    for (;;) {
      const leaf = this.#nextLeaf.get(tree, next) as { readonly last: number } | undefined;
      if (leaf === undefined) break;
      through = leaf.last;
      next++;
    }
    if (next > leaves) this.#advance.run(next, through, tree);
  }

  async read(ids: readonly string[]): Promise<readonly (StoredSummary | null)[]> {
    return withStorageFaults(() => ids.map((id) => this.#readOne(id)));
  }

  #readOne(id: string): StoredSummary | null {
    const parsed = parseNodeId(id);
    if (parsed === null) return null;
    const row = this.#byId.get(parsed.hash) as unknown as NodeRow | undefined;
    if (row === undefined || row.session !== parsed.sessionId) return null;
    if (crc32(row.body) !== row.checksum) {
      this.#drop(row.session);
      return null;
    }
    return {
      sessionId: row.session,
      ordinal: row.ordinal,
      originalTokens: row.original_tokens,
      summary: decodeSummary(row.body),
    };
  }

  async missing(ids: readonly string[]): Promise<readonly string[]> {
    return withStorageFaults(() =>
      ids.filter((id) => {
        const parsed = parseNodeId(id);
        return parsed === null || this.#isThere.get(parsed.hash) === undefined;
      }),
    );
  }

  async frontier(sessionId: string): Promise<readonly TreeNode[]> {
    const rows = withStorageFaults(() => this.#frontier.all(sessionId)) as unknown as readonly {
      readonly hash: string;
      readonly level: number;
      readonly ordinal: number;
      readonly first: number;
      readonly last: number;
      readonly tokens: number;
      readonly original_tokens: number;
      readonly method: string;
      readonly version: number;
    }[];
    return rows.map((row) => ({
      id: `${sessionId}.s${row.hash}`,
      level: row.level,
      ordinal: row.ordinal,
      from: row.first,
      through: row.last,
      tokens: row.tokens,
      originalTokens: row.original_tokens,
      method: { name: row.method, version: row.version },
    }));
  }

  async state(sessionId: string, method: StageVersion): Promise<TreeState> {
    const row = withStorageFaults(() => this.#treeOf.get(sessionId, method.name, method.version)) as unknown as
      | Readonly<Record<string, number>>
      | undefined;
    if (row === undefined) return EMPTY_TREE;
    return {
      nodes: row.nodes ?? 0,
      levels: row.levels ?? 0,
      leaves: row.leaves ?? 0,
      compressedThrough: row.compressed_through ?? -1,
      originalTokens: row.original_tokens ?? 0,
      summaryTokens: row.summary_tokens ?? 0,
    };
  }

  async forget(sessionId: string): Promise<void> {
    this.#drop(sessionId);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #drop(sessionId: string): void {
    this.#atomically(() => {
      this.#dropNodes.run(sessionId);
      this.#dropTrees.run(sessionId);
    });
  }

  #atomically(work: () => void): void {
    withStorageFaults(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.#database.exec('COMMIT');
      } catch (error) {
        // A full disk has rolled back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }
}
