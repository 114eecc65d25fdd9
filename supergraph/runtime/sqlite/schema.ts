import { DatabaseSync } from 'node:sqlite';
import { ContractError } from '@supercontext/contract';
import { corrupt, type NamedFile, newerSchema, storageFault } from './storage-fault.ts';

/** A database inside of its opening transaction. */
export type MigratingDatabase = DatabaseSync;

/**
 * One step of a schema from a version to the next. Shipped ones are never edited, since files tell by their number what they
 * are. The first one is `CREATE … IF NOT EXISTS` throughout: files older than this numbering have it, and say 0.
 */
export type Migration = string | ((database: MigratingDatabase) => void);

/**
 * Brings a file to the newest schema in one transaction, and makes sure that it has it: whatever else is there was not
 * written by this program.
 * @throws ContractError STORAGE_CORRUPT, STORAGE_UNAVAILABLE for a newer schema; errors of SQLite
 */
export function migrate(database: DatabaseSync, file: NamedFile, migrations: readonly Migration[]): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > migrations.length) throw newerSchema(file, version, migrations.length);
  if (version < 0) throw corrupt(file, null, `its schema version is ${version}`);
  database.exec('BEGIN IMMEDIATE');
  try {
    apply(database, migrations.slice(version));
  } catch (error) {
    const fault = storageFault(file, error);
    throw fault instanceof ContractError
      ? fault
      : corrupt(file, null, `schema version ${version} does not hold`, error);
  }
  const difference = firstDifference(schemaOf(database), expectedSchema(migrations));
  if (difference !== null) throw corrupt(file, null, `its schema differs in ${difference}`);
  if (version < migrations.length) database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec('COMMIT');
}

function apply(database: DatabaseSync, migrations: readonly Migration[]): void {
  for (const migration of migrations) {
    if (typeof migration === 'string') database.exec(migration);
    else migration(database);
  }
}

function expectedSchema(migrations: readonly Migration[]): ReadonlyMap<string, string> {
  const fresh = new DatabaseSync(':memory:');
  try {
    apply(fresh, migrations);
    return schemaOf(fresh);
  } finally {
    fresh.close();
  }
}

/** Name -> definition of every table, index, view and trigger, however it was laid out. */
function schemaOf(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^'");
  return new Map(rows.all().map(({ type, name, sql }) => [`${type} ${name}`, String(sql).replace(/\s+/g, ' ')]));
}

function firstDifference(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string | null {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].find((name) => found.get(name) !== expected.get(name)) ?? null;
}
