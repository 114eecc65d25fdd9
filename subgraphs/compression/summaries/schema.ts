import { crc32 } from 'node:zlib';
import { addChecksums, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import { rowChecksum, type Value } from '@supercontext/runtime/sqlite/row-checksum.ts';
import type { MigratingDatabase, Migration } from '@supercontext/runtime/sqlite/schema.ts';
import { withdrawnTable } from '@supercontext/runtime/sqlite/withdrawn-table.ts';

export interface TreeRow {
  readonly tree: number;
  readonly session: string;
  readonly method: string;
  readonly version: number;
  readonly nodes: number;
  readonly levels: number;
  readonly leaves: number;
  readonly compressed_through: number;
  readonly original_tokens: number;
  readonly summary_tokens: number;
}

export interface NodeRow {
  readonly id: Uint8Array;
  readonly tree: number;
  readonly level: number;
  readonly ordinal: number;
  readonly first: number;
  readonly last: number;
  readonly tokens: number;
  readonly original_tokens: number;
  readonly parented: number;
  readonly body: Uint8Array;
}

export const TREES: TableShape<TreeRow> = {
  name: 'trees',
  columns: [
    'tree',
    'session',
    'method',
    'version',
    'nodes',
    'levels',
    'leaves',
    'compressed_through',
    'original_tokens',
    'summary_tokens',
  ],
  key: ['tree'],
};

export const NODES: TableShape<NodeRow> = {
  name: 'nodes',
  columns: ['id', 'tree', 'level', 'ordinal', 'first', 'last', 'tokens', 'original_tokens', 'parented', 'body'],
  key: ['id'],
};

// `trees` counts what `nodes` holds, so that no reader counts; `parented` keeps the frontier in an index of its own.
const FIRST = `
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

const THIRD = withdrawnTable('TEXT');

/**
 * The schema of the summaries, version by version: in 1 a checksum was of a node's body only, in 2 of all its columns; 3 knows
 * what the trees leave out.
 */
export const MIGRATIONS: readonly Migration[] = [FIRST, secondVersion, THIRD];

function secondVersion(database: MigratingDatabase): void {
  addChecksums(database, TREES);
  const update = database.prepare('UPDATE nodes SET checksum = ? WHERE id = ?');
  for (const found of database.prepare('SELECT * FROM nodes').iterate()) {
    const row = found as unknown as NodeRow & { readonly checksum: number };
    if (crc32(row.body) !== row.checksum) throw new RangeError('a summary of the first version is damaged');
    const values = NODES.columns.map((column) => row[column] as Value);
    update.run(rowChecksum(NODES.name, values), row.id);
  }
}
