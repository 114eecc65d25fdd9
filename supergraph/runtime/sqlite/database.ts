import { rmSync } from 'node:fs';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { ContractError } from '@supercontext/contract';
import { checkJournal } from './check-journal.ts';
import { makePrivate } from './database-files.ts';
import { Reserve, shareOfDisk } from './reserve.ts';
import { type Migration, migrate } from './schema.ts';
import { corrupt, full, isFull, isOfTheMoment, type NamedFile, storageFault } from './storage-fault.ts';
import { WhenQuiet } from './when-quiet.ts';

export type Statement = StatementSync;

/** How long a commit waits: FULL until the disk has it, NORMAL not at all; then a power loss may take the last ones. */
export type Synchronous = 'FULL' | 'NORMAL';

export interface DatabaseFile extends NamedFile {
  readonly migrations: readonly Migration[];
  readonly synchronous: Synchronous;
  /** Whether every commit is FULL, so that a WAL left behind can be held against it: see `checkJournal`. */
  readonly isJournalChecked: boolean;
  /** Tables whose structure and indexes are checked whole when the file is opened. */
  readonly checked: 'all' | readonly string[];
  /** Of a new file; SQLite's own 4 096 otherwise. */
  readonly pageBytes?: number;
  /** The WAL is taken into the file once nothing was committed for so long. */
  readonly checkpointQuietMs: number;
  /** Whether room is kept on the disk for what `transactionOnReserve` does: see `Reserve`. */
  readonly keepsReserve: boolean;
}

/** Pages of the WAL at which SQLite takes it into the file in the middle of a commit: far more than gathers between two lulls. */
const CHECKPOINT_PAGES = 4_096;
/** A few milliseconds of copying. */
const BACKUP_PAGES_A_STEP = 256;
/**
 * A copy ends before it has begun, with "not an error", when its first step, on a thread of its own, meets a transaction: while much is
 * committed every other one does. It is begun again a little later each time.
 */
const MOST_BACKUPS = 60;
const BACKUP_DELAY_MS = 5;
const LONGEST_BACKUP_DELAY_MS = 100;
/**
 * A WAL that was longer is cut when it begins anew: what it keeps nobody else can use. As much as gathers until then, since a
 * commit that makes the file longer again takes twice as long; of a small disk a small share.
 */
const JOURNAL_LIMIT_BYTES = 32 * 1024 * 1024;

/** One open file. Whatever its methods throw names the file: see `storageFault`. */
export class Database {
  readonly #file: DatabaseFile;
  readonly #database: DatabaseSync;
  readonly #checkpoint: WhenQuiet;
  readonly #reserve: Reserve | null;
  #synchronous: Synchronous;

  private constructor(file: DatabaseFile, database: DatabaseSync) {
    this.#file = file;
    this.#database = database;
    this.#synchronous = file.synchronous;
    this.#reserve = file.keepsReserve ? new Reserve(file.path) : null;
    this.#checkpoint = new WhenQuiet(file.checkpointQuietMs, () => {
      checkpoint(database, 'PASSIVE');
      this.#reserve?.keep();
    });
  }

  /**
   * Opens a file, made where it is missing, for this process alone, and hands it to `build`. Nothing stays open when either
   * fails. Files of older schemas are brought forward first.
   * @throws ContractError STORAGE_UNAVAILABLE, also when another process holds it; STORAGE_FULL, STORAGE_CORRUPT
   */
  static open<Built>(file: DatabaseFile, build: (database: Database) => Built): Built {
    let opened: DatabaseSync | null = null;
    try {
      makePrivate(file.path);
      if (file.isJournalChecked) checkJournal(file);
      opened = new DatabaseSync(file.path);
      settle(opened, file);
      const database = new Database(file, opened);
      return build(database);
    } catch (error) {
      opened?.close();
      throw storageFault(file, error);
    }
  }

  prepare(sql: string): Statement {
    return this.read(() => this.#database.prepare(sql));
  }

  /** Runs `work` and gives its errors their meaning; for whatever uses statements outside of a transaction. */
  read<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw storageFault(this.#file, error);
    }
  }

  /**
   * Runs `work` in a transaction: all of it holds or, when it throws, nothing.
   * @throws ContractError STORAGE_FULL, also when there is room for no more than what makes room
   */
  transaction<Result>(work: () => Result, synchronous: Synchronous = this.#file.synchronous): Result {
    return this.read(() => {
      if (this.#isLow()) {
        // What the WAL keeps for itself is room, too.
        this.#makeRoom();
        if (this.#isLow()) throw full(this.#file);
      }
      const result = this.#transact(work, synchronous);
      // At once: whoever fills the disk until the next lull could leave a WAL that no longer fits into the file.
      if (this.#reserve?.covers() === false) this.#makeRoom();
      return result;
    });
  }

  /**
   * The same for what has to be possible on a full disk: deletions, what an opening needs, and what makes readable what has been
   * acknowledged. `work` may run three times, all but the last undone.
   */
  transactionOnReserve<Result>(work: () => Result, synchronous: Synchronous = this.#file.synchronous): Result {
    return this.#onReserve(() => this.#transact(work, synchronous));
  }

  /**
   * Leaves nothing of what has been deleted in the files: SQLite overwrites it where it lay, and the WAL, which still has it, is
   * taken in and cut to nothing.
   */
  scrub(): void {
    this.#onReserve(() => this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    this.#reserve?.keep();
  }

  /**
   * Copies what the file holds now, and what is committed until the copy is done, to a new file. In steps: commits and reads go
   * on in between.
   */
  async backupTo(path: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        makePrivate(path);
        await backup(this.#database, path, { rate: BACKUP_PAGES_A_STEP });
        return;
      } catch (error) {
        if (tries === MOST_BACKUPS || !isOfTheMoment(error)) throw storageFault(this.#file, error);
        for (const side of ['', '-journal']) rmSync(`${path}${side}`, { force: true });
        await setTimeout(Math.random() * Math.min(LONGEST_BACKUP_DELAY_MS, tries * BACKUP_DELAY_MS));
      }
    }
  }

  /** What is to be thrown for a row that does not hold what was written there. */
  corrupt(row: string, why: string, cause?: unknown): ContractError {
    return corrupt(this.#file, row, why, cause);
  }

  /** Runs `decode` on bytes of a row; @throws ContractError STORAGE_CORRUPT naming the row when they cannot be read. */
  decoded<Result>(row: () => string, decode: () => Result): Result {
    try {
      return decode();
    } catch (error) {
      throw this.corrupt(row(), 'it cannot be decoded', error);
    }
  }

  close(): void {
    this.#checkpoint.stop();
    this.#database.close();
  }

  #isLow(): boolean {
    return this.#reserve?.isLow(() => freeWithinBytes(this.#database)) === true;
  }

  /**
   * Where the disk is full, once more with the room that the WAL held, then without the reserve. What is left of the reserve is
   * kept again at once: another program that waits for room must not find it first.
   */
  #onReserve<Result>(work: () => Result): Result {
    try {
      return this.read(work);
    } catch (fault) {
      if (!isFull(fault)) throw fault;
    }
    this.#makeRoom();
    try {
      return this.read(work);
    } catch (fault) {
      if (!isFull(fault)) throw fault;
    }
    this.#reserve?.giveUp();
    try {
      return this.read(work);
    } finally {
      this.#reserve?.keep();
    }
  }

  /** Takes the WAL in; with the room that was kept for it, where there is no other. */
  #makeRoom(): void {
    if (!checkpoint(this.#database, 'TRUNCATE')) {
      this.#reserve?.giveUp();
      checkpoint(this.#database, 'TRUNCATE');
    }
    this.#reserve?.keep();
  }

  #transact<Result>(work: () => Result, synchronous: Synchronous): Result {
    if (synchronous !== this.#synchronous) this.#database.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      this.#checkpoint.stir();
      return result;
    } catch (error) {
      // A full disk has rolled back already; a second one would hide why.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function settle(database: DatabaseSync, file: DatabaseFile): void {
  if (file.pageBytes !== undefined) database.exec(`PRAGMA page_size = ${file.pageBytes}`);
  database.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${file.synchronous};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${shareOfDisk(file.path, JOURNAL_LIMIT_BYTES)};
    PRAGMA cell_size_check = ON;
    PRAGMA secure_delete = ON;
  `);
  checkStructure(database, file);
  migrate(database, file, file.migrations);
}

/** A bit flipped in an index makes rows disappear without an error; only a look at the whole finds it. */
function checkStructure(database: DatabaseSync, file: DatabaseFile): void {
  const all = database.prepare('SELECT name FROM sqlite_schema').all();
  const tables = file.checked === 'all' ? [null] : file.checked.filter((name) => all.some((is) => is.name === name));
  for (const table of tables) {
    const found = database.prepare(`PRAGMA integrity_check${table === null ? '' : `('${table}')`}`).get();
    if (found?.integrity_check !== 'ok') throw corrupt(file, null, String(found?.integrity_check));
  }
}

function freeWithinBytes(database: DatabaseSync): number {
  const of = (pragma: string) => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  return of('freelist_count') * of('page_size');
}

/** Whether it could be done. */
function checkpoint(database: DatabaseSync, mode: 'PASSIVE' | 'TRUNCATE'): boolean {
  try {
    database.exec(`PRAGMA wal_checkpoint(${mode})`);
    return true;
  } catch {
    // As on a full disk: what is in the WAL is safe there, and SQLite itself tries again when it has grown.
    return false;
  }
}
