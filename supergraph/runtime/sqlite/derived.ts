import type { Logger } from '../process/log.ts';
import { Database, type DatabaseFile } from './database.ts';
import { removeAside, setAside } from './database-files.ts';
import { isLowForDerived } from './reserve.ts';
import { closed, full, isDamage, isFull, storageFault } from './storage-fault.ts';

/** Told where a damaged file was put, null when one was given up for its room, and why. */
export type OnDamaged = (aside: string | null, fault: unknown) => void;

/** Says it in the log of the stage. */
export function reportDamage(log: Logger): OnDamaged {
  return (aside, fault) => {
    const what = aside === null ? 'a file was given up for its room' : 'a damaged file was put aside';
    log.error({ aside, err: fault }, `${what}; what was in it is made again`);
  };
}

/** Nobody waits for these files: copying their WAL back may come late, but before the next look for something to do. */
const CHECKPOINT_QUIET_MS = 100;

export interface DerivedFile
  extends Omit<DatabaseFile, 'checked' | 'checkpointQuietMs' | 'isJournalChecked' | 'keepsReserve' | 'synchronous'> {
  readonly onDamaged: OnDamaged;
}

/**
 * A file of what can be made again. One that is damaged, at its opening or whenever it shows, is put aside and begun anew, and
 * the work goes on with an empty one: no damage of it reaches a caller.
 */
export class Derived<Opened> {
  readonly #file: DerivedFile;
  readonly #build: (database: Database) => Opened;
  #database: Database | null = null;
  #opened: Opened;
  #isClosed = false;

  /** @throws ContractError STORAGE_UNAVAILABLE, also when another process holds it; STORAGE_FULL */
  constructor(file: DerivedFile, build: (database: Database) => Opened) {
    this.#file = file;
    this.#build = build;
    this.#opened = this.#openOrRenew();
  }

  /**
   * Runs `work` on what `build` made of the file; once more, on a new file, when it meets damage. It must not keep what it
   * is given, and must have no effect elsewhere until it returns.
   * @throws ContractError STORAGE_UNAVAILABLE, STORAGE_FULL
   */
  run<Result>(work: (opened: Opened, database: Database) => Result): Result {
    try {
      return this.#attempt(work);
    } catch (fault) {
      if (!isDamage(fault)) throw fault;
      this.#opened = this.#renew(fault);
      return this.#attempt(work);
    }
  }

  /** As `transaction`, for what adds to the file; the last room of a disk is left to what cannot be made again. */
  add<Result>(work: (opened: Opened) => Result): Result {
    return this.run((opened, database) => {
      if (isLowForDerived(this.#file.path)) throw full(this.#file);
      return database.transaction(() => work(opened));
    });
  }

  /** The same in one transaction. */
  transaction<Result>(work: (opened: Opened) => Result): Result {
    return this.run((opened, database) => database.transaction(() => work(opened)));
  }

  /**
   * The same for what is deleted for good: nothing of it is left in the file, nor in one that was put aside. On a disk too full
   * even for that the whole file is given up, and `none` comes back: all of it can be made again, and its room is what is needed.
   */
  erase<Result>(work: (opened: Opened) => Result, none: Result): Result {
    removeAside(this.#file.path);
    try {
      return this.run((opened, database) => {
        const result = database.transactionOnReserve(() => work(opened));
        database.scrub();
        return result;
      });
    } catch (fault) {
      if (!isFull(fault)) throw fault;
      this.#giveUp(fault);
      return none;
    } finally {
      removeAside(this.#file.path);
    }
  }

  /** As `Database.backupTo`. */
  backupTo(path: string): Promise<void> {
    return this.run((_, database) => database.backupTo(path));
  }

  /** Lets go of the file; no call may follow. */
  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  #letGo(): void {
    this.#database?.close();
    this.#database = null;
  }

  #attempt<Result>(work: (opened: Opened, database: Database) => Result): Result {
    const database = this.#database ?? this.#reopen();
    return database.read(() => work(this.#opened, database));
  }

  /** After a renewal that the disk did not allow: perhaps it does now. */
  #reopen(): Database {
    if (this.#isClosed) throw closed(this.#file);
    this.#opened = this.#openOrRenew();
    return this.#database as unknown as Database;
  }

  #openOrRenew(): Opened {
    try {
      return this.#open();
    } catch (fault) {
      if (!isDamage(fault)) throw fault;
      return this.#renew(fault);
    }
  }

  #open(): Opened {
    // Commits need not wait for the disk: what a power loss takes is made again.
    const file = {
      ...this.#file,
      synchronous: 'NORMAL',
      isJournalChecked: false,
      checked: 'all',
      checkpointQuietMs: CHECKPOINT_QUIET_MS,
      keepsReserve: false,
    } as const;
    return Database.open(file, (database) => {
      const opened = this.#build(database);
      this.#database = database;
      return opened;
    });
  }

  /** Others may take its room before a new file has any: then the next call opens one. What was to be gone is gone. */
  #giveUp(fault: unknown): void {
    try {
      this.#opened = this.#renew(fault);
    } catch (again) {
      if (!isFull(again)) throw again;
      this.#letGo();
    }
  }

  #renew(fault: unknown): Opened {
    this.#letGo();
    try {
      const aside = setAside(this.#file.path);
      if (isFull(fault)) removeAside(this.#file.path);
      this.#file.onDamaged(isFull(fault) ? null : aside, fault);
    } catch (error) {
      throw storageFault(this.#file, error);
    }
    return this.#open();
  }
}
