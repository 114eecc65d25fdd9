import type { ContractError } from '@supercontext/contract';
import type { Database, Statement } from './database.ts';
import { rowChecksum, type Value } from './row-checksum.ts';
import type { MigratingDatabase } from './schema.ts';

/** A table whose rows carry the checksum of all their other columns, in a column `checksum`. */
export interface TableShape<Row extends object> {
  readonly name: string;
  /** All columns but the checksum, as they were when it was added. */
  readonly columns: readonly (keyof Row & string)[];
  /**
   * Columns added behind the checksum, null in all rows of the time before. It covers them up to the last one that is not null, so
   * that those rows keep theirs.
   */
  readonly later?: readonly (keyof Row & string)[];
  readonly key: readonly (keyof Row & string)[];
}

/** A row as it is written: its values in the order of the selection. */
export interface PreparedRow {
  readonly values: readonly Value[];
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
    const places = this.selection.replaceAll(/"\w+"/g, '?');
    this.#insert = database.prepare(`INSERT INTO ${shape.name} (${this.selection}) VALUES (${places})`);
  }

  insert(row: Row): void {
    this.insertPrepared(this.prepare(row));
  }

  /** What can be done for a row before the transaction that writes it. */
  prepare(row: Row): PreparedRow {
    const { columns, later } = valuesOf(this.#shape, row);
    return { values: [...columns, checksumOf(this.#shape.name, columns, later), ...later] };
  }

  insertPrepared({ values }: PreparedRow): void {
    this.#insert.run(...values);
  }

  /** The checksum of a row that is about to be changed. */
  checksum(row: Row): number {
    const { columns, later } = valuesOf(this.#shape, row);
    return checksumOf(this.#shape.name, columns, later);
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

/** The checksum of a row: of its columns, and of those that were added behind it up to the last one that is not null. */
export function checksumOf(table: string, columns: readonly Value[], later: readonly Value[]): number {
  const last = later.findLastIndex((value) => value !== null);
  return rowChecksum(table, last === -1 ? columns : [...columns, ...later.slice(0, last + 1)]);
}

/** Gives a table of a time without checksums their column, and every row its own. For a migration. */
export function addChecksums<Row extends object>(database: MigratingDatabase, shape: TableShape<Row>): void {
  const { name, columns, key } = shape;
  database.exec(`ALTER TABLE ${name} ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0`);
  const update = database.prepare(
    `UPDATE ${name} SET checksum = ? WHERE ${key.map((one) => `${one} = ?`).join(' AND ')}`,
  );
  for (const found of database.prepare(`SELECT ${columns.map(quoted).join(', ')} FROM ${name}`).iterate()) {
    const row = found as Row;
    const place = key.map((column) => row[column] as Value);
    update.run(rowChecksum(name, valuesOf(shape, row).columns), ...place);
  }
}

function selectionOf<Row extends object>({ columns, later = [] }: TableShape<Row>): string {
  return [...columns, 'checksum', ...later].map(quoted).join(', ');
}

function quoted(column: string): string {
  return `"${column}"`;
}

function valuesOf<Row extends object>({ columns, later = [] }: TableShape<Row>, row: Row) {
  return {
    columns: columns.map((column) => row[column] as Value),
    later: later.map((column) => row[column] as Value),
  };
}
