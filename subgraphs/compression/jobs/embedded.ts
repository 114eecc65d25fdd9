import { randomUUID } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { openDerived } from '../open-derived.ts';
import { withStorageFaults } from '../sqlite-fault.ts';
import type { Job, JobQueue, Lease, QueueStats, Return } from './job-queue.ts';

// A commit is not waited for until it is on the disk: a queue that forgets its last seconds in a power cut is filled
// again by the sweeper, and every wait for the disk here would be one more for the store's appends.
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS jobs (
    job INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "group" TEXT NOT NULL, payload TEXT NOT NULL,
    due_ms REAL NOT NULL, token TEXT, attempts INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0, reason TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due_ms) WHERE dead = 0;
  CREATE INDEX IF NOT EXISTS jobs_group ON jobs ("group", dead);
`;

// The only process that can hold leases is the one that opens the file, so those of the one before are void. They do not
// count as attempts: a process that is killed says nothing about the job (one that kills its worker thread is counted).
// What was given up gets another chance, since a restart is what an operator does when he has repaired something.
const TAKE_OVER = `
  UPDATE jobs SET due_ms = 0, token = NULL,
    attempts = CASE WHEN dead = 1 THEN 0 WHEN token IS NULL THEN attempts ELSE attempts - 1 END, dead = 0;
`;

export interface EmbeddedQueueOptions {
  readonly path: string;
  readonly maximumAttempts: number;
  readonly onDamaged: (aside: string) => void;
}

/**
 * Opens the jobs of one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * A damaged file is put aside and begun anew.
 */
export function openJobQueue(options: EmbeddedQueueOptions): JobQueue {
  return openDerived(options.path, () => open(options), options.onDamaged);
}

function open({ path, maximumAttempts }: EmbeddedQueueOptions): JobQueue {
  const database = new DatabaseSync(path);
  try {
    database.exec(SCHEMA);
    database.exec(TAKE_OVER);
    return new EmbeddedJobQueue(database, maximumAttempts);
  } catch (error) {
    database.close();
    throw error;
  }
}

class EmbeddedJobQueue implements JobQueue {
  readonly #database: DatabaseSync;
  readonly #maximumAttempts: number;
  readonly #add: StatementSync;
  readonly #giveUpExpired: StatementSync;
  readonly #lease: StatementSync;
  readonly #extend: StatementSync;
  readonly #ack: StatementSync;
  readonly #giveBack: StatementSync;
  readonly #statsOfAll: StatementSync;
  readonly #statsOfGroup: StatementSync;

  constructor(database: DatabaseSync, maximumAttempts: number) {
    this.#database = database;
    this.#maximumAttempts = maximumAttempts;
    this.#add = database.prepare('INSERT OR IGNORE INTO jobs (id, "group", payload, due_ms) VALUES (?, ?, ?, ?)');
    this.#giveUpExpired = database.prepare(
      `UPDATE jobs SET dead = 1, token = NULL, reason = coalesce(reason, 'its lease ran out')
       WHERE dead = 0 AND due_ms <= ? AND token IS NOT NULL AND attempts >= ?`,
    );
    this.#lease = database.prepare(
      `UPDATE jobs SET token = ?, attempts = attempts + 1, due_ms = ?
       WHERE job IN (SELECT job FROM jobs WHERE dead = 0 AND due_ms <= ? ORDER BY due_ms LIMIT ?)
       RETURNING id, "group", payload, attempts`,
    );
    this.#extend = database.prepare('UPDATE jobs SET due_ms = ? WHERE id = ? AND token = ? AND dead = 0');
    this.#ack = database.prepare('DELETE FROM jobs WHERE id = ? AND token = ? AND dead = 0');
    this.#giveBack = database.prepare(
      `UPDATE jobs SET token = NULL, due_ms = ?, reason = ?, attempts = attempts - ?, dead = (attempts - ? >= ?)
       WHERE id = ? AND token = ? AND dead = 0`,
    );
    const stats = `SELECT coalesce(sum(dead), 0) AS dead,
      coalesce(sum(dead = 0 AND token IS NOT NULL AND due_ms > ?1), 0) AS leased, count(*) AS "all" FROM jobs`;
    this.#statsOfAll = database.prepare(stats);
    this.#statsOfGroup = database.prepare(`${stats} WHERE "group" = ?2`);
  }

  async enqueue(jobs: readonly Job[]): Promise<number> {
    if (jobs.length === 0) return 0;
    return this.#atomically(() => {
      const now = nowMs();
      let added = 0;
      for (const { id, group, payload } of jobs) added += Number(this.#add.run(id, group, payload, now).changes);
      return added;
    });
  }

  async lease(options: { readonly max: number; readonly leaseMs: number }): Promise<readonly Lease[]> {
    return this.#atomically(() => {
      const now = nowMs();
      this.#giveUpExpired.run(now, this.#maximumAttempts);
      const token = randomUUID();
      const rows = this.#lease.all(token, now + options.leaseMs, now, options.max) as unknown as readonly (Job & {
        readonly attempts: number;
      })[];
      return rows.map(({ id, group, payload, attempts }) => ({
        job: { id, group, payload },
        token,
        attempt: attempts,
      }));
    });
  }

  async extend(leases: readonly Lease[], leaseMs: number): Promise<readonly boolean[]> {
    return this.#atomically(() =>
      leases.map(({ job, token }) => this.#extend.run(nowMs() + leaseMs, job.id, token).changes === 1),
    );
  }

  async ack(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.#atomically(() => leases.map(({ job, token }) => this.#ack.run(job.id, token).changes === 1));
  }

  async nack(leases: readonly Lease[], { delayMs, reason, isFailure }: Return): Promise<void> {
    this.#atomically(() => {
      const undo = isFailure ? 0 : 1;
      for (const { job, token } of leases) {
        this.#giveBack.run(nowMs() + delayMs, reason, undo, undo, this.#maximumAttempts, job.id, token);
      }
    });
  }

  async stats(group?: string): Promise<QueueStats> {
    const row = withStorageFaults(() =>
      group === undefined ? this.#statsOfAll.get(nowMs()) : this.#statsOfGroup.get(nowMs(), group),
    ) as { readonly dead: number; readonly leased: number; readonly all: number };
    return { ready: row.all - row.dead - row.leased, leased: row.leased, dead: row.dead };
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #atomically<T>(work: () => T): T {
    return withStorageFaults(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk has rolled back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }
}

/** Never set back, unlike the wall clock; starts again with the process, as all leases do. */
function nowMs(): number {
  return performance.now();
}
