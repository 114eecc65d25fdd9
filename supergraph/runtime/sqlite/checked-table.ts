import type { ContractError } from '@supercontext/contract';
import type { Database, Statement } from './database.ts';
import { rowChecksum, type Value } from './row-checksum.ts';
import type { MigratingDatabase } from './schema.ts';

/** A table whose rows carry the checksum of all their other columns, in a column `checksum`. */
export interface TableShape<Row extends object> {
  readonly name: string;
  /** All columns but the checksum. */
  readonly columns: readonly (keyof Row & string)[];
  readonly key: readonly (keyof Row & string)[];
}

/** A row as it is written: its values in the order of the columns, and their checksum. */
export interface PreparedRow {
  readonly values: readonly Value[];
  readonly checksum: number;
}

/** Writes rows with their checksum and checks it on the way back: what was changed at rest is named, never served. */
export class CheckedTable<Row extends object> {
  /** The columns to select, for `whole` to check. */
  readonly selection: string;
  readonly #database: Database;
  readonly #shape: TableShape<Row>;
  readonly #insert: Statement;

  constructor(database: Database, shape: TableShape<Row>) {
    this.#database = database;
    this.#shape = shape;
    this.selection = selectionOf(shape);
    const places = '?, '.repeat(shape.columns.length);
    this.#insert = database.prepare(`INSERT INTO ${shape.name} (${this.selection}) VALUES (${places}?)`);
  }

  insert(row: Row): void {
    this.insertPrepared(this.prepare(row));
  }

  /** What can be done for a row before the transaction that writes it. */
  prepare(row: Row): PreparedRow {
    const values = valuesOf(this.#shape, row);
    return { values, checksum: rowChecksum(this.#shape.name, values) };
  }

  insertPrepared({ values, checksum }: PreparedRow): void {
    this.#insert.run(...values, checksum);
  }

  /** The checksum of a row that is about to be changed. */
  checksum(row: Row): number {
    return rowChecksum(this.#shape.name, valuesOf(this.#shape, row));
  }

  isWhole(row: Readonly<Record<string, unknown>>): boolean {
    return row.checksum === this.checksum(row as Row);
  }

  /**
   * `row` as its columns say, once its checksum holds. `named` says which row it is, without any text of it.
   * @throws ContractError STORAGE_CORRUPT naming file, table and row
   */
  whole(row: Readonly<Record<string, unknown>>, named: () => string): Row {
    if (this.isWhole(row)) return row as Row;
    throw this.damaged(named());
  }

  /** What is to be thrown for a row that is missing or cannot be right. */
  damaged(row: string, why = 'its checksum does not hold'): ContractError {
    return this.#database.corrupt(`${this.#shape.name}: ${row}`, why);
  }
}

/** Gives a table of a time without checksums their column, and every row its own. For a migration. */
export function addChecksums<Row extends object>(database: MigratingDatabase, shape: TableShape<Row>): void {
  database.exec(`ALTER TABLE ${shape.name} ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0`);
  const place = shape.key.map((column) => `${column} = ?`).join(' AND ');
  const update = database.prepare(`UPDATE ${shape.name} SET checksum = ? WHERE ${place}`);
  for (const found of database.prepare(`SELECT ${selectionOf(shape)} FROM ${shape.name}`).iterate()) {
    const row = found as Row;
    const key = shape.key.map((column) => row[column] as Value);
    update.run(rowChecksum(shape.name, valuesOf(shape, row)), ...key);
  }
}

function selectionOf<Row extends object>({ columns }: TableShape<Row>): string {
  return [...columns, 'checksum'].map((column) => `"${column}"`).join(', ');
}

function valuesOf<Row extends object>({ columns }: TableShape<Row>, row: Row): Value[] {
  return columns.map((column) => row[column] as Value);
}
