import { addChecksums, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { MigratingDatabase, Migration } from '@supercontext/runtime/sqlite/schema.ts';
import type { GenerationStatus } from '../generation.ts';

export interface GenerationRow {
  readonly row: number;
  readonly id: string;
  readonly session: string;
  readonly idempotency_key: string;
  readonly request_hash: string;
  readonly turn: string;
  readonly status: GenerationStatus;
  readonly created_at_ms: number;
  readonly model: string;
  readonly working_set: Uint8Array;
  readonly outcome: string;
  readonly recorded: number;
}

export interface EventRow {
  readonly generation: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

export const GENERATIONS: TableShape<GenerationRow> = {
  name: 'generations',
  columns: [
    'row',
    'id',
    'session',
    'idempotency_key',
    'request_hash',
    'turn',
    'status',
    'created_at_ms',
    'model',
    'working_set',
    'outcome',
    'recorded',
  ],
  key: ['row'],
};

export const EVENTS: TableShape<EventRow> = {
  name: 'events',
  columns: ['generation', 'sequence', 'body'],
  key: ['generation', 'sequence'],
};

const FIRST = `
  CREATE TABLE IF NOT EXISTS generations (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    turn TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at_ms REAL NOT NULL,
    model TEXT NOT NULL,
    working_set BLOB NOT NULL,
    outcome TEXT NOT NULL,
    recorded INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, idempotency_key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS generations_of_turn ON generations (turn, row);
  CREATE INDEX IF NOT EXISTS generations_of_session ON generations (session, row);
  CREATE INDEX IF NOT EXISTS generations_running ON generations (row) WHERE status = 'running';
  CREATE INDEX IF NOT EXISTS generations_unrecorded ON generations (row) WHERE recorded = 0;
  CREATE TABLE IF NOT EXISTS events (
    generation INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (generation, sequence)
  ) STRICT, WITHOUT ROWID;
`;

/** Sessions that are to be erased. */
const THIRD = 'CREATE TABLE erasures (session TEXT PRIMARY KEY) STRICT, WITHOUT ROWID';

/** The schema of the generations, version by version: 1 as it was first, 2 with checksums, 3 with erasures. */
export const MIGRATIONS: readonly Migration[] = [FIRST, secondVersion, THIRD];

function secondVersion(database: MigratingDatabase): void {
  addChecksums(database, GENERATIONS);
  addChecksums(database, EVENTS);
}
