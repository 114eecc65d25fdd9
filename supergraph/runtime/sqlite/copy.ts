import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { makePrivate } from './database-files.ts';

/** Rows of a table, each as its columns in the order of their definition. */
export type ReadRows = (sql: string) => Iterable<Readonly<Record<string, unknown>>>;

/** Copies a database that no process holds, with what its WAL still has. Throws errors of SQLite and of the file system. */
export async function copyClosed(from: string, to: string): Promise<void> {
  const database = new DatabaseSync(from);
  try {
    makePrivate(to);
    await backup(database, to);
  } finally {
    database.close();
  }
}

/**
 * Lets `work` read a database file that nobody writes to, without making anything beside it. Throws errors of SQLite.
 */
export function readClosed<Result>(path: string, work: (rows: ReadRows) => Result): Result {
  const url = pathToFileURL(path);
  url.search = 'mode=ro&immutable=1';
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    return work((sql) => database.prepare(sql).iterate() as Iterable<Readonly<Record<string, unknown>>>);
  } finally {
    database.close();
  }
}
