import { randomUUID } from 'node:crypto';
import { addChecksums, CheckedTable, type TableShape } from '@supercontext/runtime/sqlite/checked-table.ts';
import type { Database, Statement } from '@supercontext/runtime/sqlite/database.ts';
import { Derived, type OnDamaged } from '@supercontext/runtime/sqlite/derived.ts';
import type { Migration } from '@supercontext/runtime/sqlite/schema.ts';
import type { Job, JobQueue, Lease, QueueStats, Return } from './job-queue.ts';

const FIRST = `
  CREATE TABLE IF NOT EXISTS jobs (
    job INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "group" TEXT NOT NULL, payload TEXT NOT NULL,
    due_ms REAL NOT NULL, token TEXT, attempts INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0, reason TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due_ms) WHERE dead = 0;
  CREATE INDEX IF NOT EXISTS jobs_group ON jobs ("group", dead);
`;

/** The checksum is of what a job is; how it stands with it is set anew whenever the file is opened. */
const JOBS: TableShape<Job> = { name: 'jobs', columns: ['id', 'group', 'payload'], key: ['id'] };

const MIGRATIONS: readonly Migration[] = [FIRST, (database) => addChecksums(database, JOBS)];

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
  readonly onDamaged: OnDamaged;
}

/**
 * Opens the jobs of one SQLite file, owned by this process alone: a second one is refused with STORAGE_UNAVAILABLE.
 * A damaged file is put aside and begun anew: a queue that forgot its jobs is filled again by the sweeper.
 */
export function openJobQueue({ path, maximumAttempts, onDamaged }: EmbeddedQueueOptions): JobQueue {
  const file = { path, onDamaged, meaning: 'the queue of compression jobs', migrations: MIGRATIONS };
  return new EmbeddedJobQueue(new Derived(file, prepare), maximumAttempts);
}

interface Statements {
  readonly jobs: CheckedTable<Job>;
  readonly add: Statement;
  readonly giveUpExpired: Statement;
  readonly lease: Statement;
  readonly extend: Statement;
  readonly ack: Statement;
  readonly giveBack: Statement;
  readonly erase: Statement;
  readonly statsOfAll: Statement;
  readonly statsOfGroup: Statement;
}

function prepare(database: Database): Statements {
  database.transactionOnReserve(() => database.prepare(TAKE_OVER).run());
  const stats = `SELECT coalesce(sum(dead), 0) AS dead,
    coalesce(sum(dead = 0 AND token IS NOT NULL AND due_ms > ?1), 0) AS leased, count(*) AS "all" FROM jobs`;
  const jobs = new CheckedTable(database, JOBS);
  return {
    jobs,
    add: database.prepare(`INSERT OR IGNORE INTO jobs (${jobs.selection}, due_ms) VALUES (?, ?, ?, ?, ?)`),
    giveUpExpired: database.prepare(
      `UPDATE jobs SET dead = 1, token = NULL, reason = coalesce(reason, 'its lease ran out')
       WHERE dead = 0 AND due_ms <= ? AND token IS NOT NULL AND attempts >= ?`,
    ),
    lease: database.prepare(
      `UPDATE jobs SET token = ?, attempts = attempts + 1, due_ms = ?
       WHERE job IN (SELECT job FROM jobs WHERE dead = 0 AND due_ms <= ? ORDER BY due_ms LIMIT ?)
       RETURNING ${jobs.selection}, attempts`,
    ),
    extend: database.prepare('UPDATE jobs SET due_ms = ? WHERE id = ? AND token = ? AND dead = 0'),
    ack: database.prepare('DELETE FROM jobs WHERE id = ? AND token = ? AND dead = 0'),
    giveBack: database.prepare(
      `UPDATE jobs SET token = NULL, due_ms = ?, reason = ?, attempts = attempts - ?, dead = (attempts - ? >= ?)
       WHERE id = ? AND token = ? AND dead = 0`,
    ),
    erase: database.prepare('DELETE FROM jobs WHERE "group" = ?'),
    statsOfAll: database.prepare(stats),
    statsOfGroup: database.prepare(`${stats} WHERE "group" = ?2`),
  };
}

class EmbeddedJobQueue implements JobQueue {
  readonly #file: Derived<Statements>;
  readonly #maximumAttempts: number;

  constructor(file: Derived<Statements>, maximumAttempts: number) {
    this.#file = file;
    this.#maximumAttempts = maximumAttempts;
  }

  async enqueue(jobs: readonly Job[]): Promise<number> {
    if (jobs.length === 0) return 0;
    return this.#file.add(({ add, jobs: table }) => {
      const now = nowMs();
      let added = 0;
      for (const job of jobs) {
        added += Number(add.run(job.id, job.group, job.payload, table.checksum(job), now).changes);
      }
      return added;
    });
  }

  async lease(options: { readonly max: number; readonly leaseMs: number }): Promise<readonly Lease[]> {
    return this.#file.transaction(({ giveUpExpired, lease, jobs }) => {
      const now = nowMs();
      giveUpExpired.run(now, this.#maximumAttempts);
      const token = randomUUID();
      return lease.all(token, now + options.leaseMs, now, options.max).map((row) => {
        const { id, group, payload } = jobs.whole(row, () => 'a job');
        return { job: { id, group, payload }, token, attempt: Number(row.attempts) };
      });
    });
  }

  async extend(leases: readonly Lease[], leaseMs: number): Promise<readonly boolean[]> {
    return this.#file.transaction(({ extend }) =>
      leases.map(({ job, token }) => extend.run(nowMs() + leaseMs, job.id, token).changes === 1),
    );
  }

  async ack(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.#file.transaction(({ ack }) => leases.map(({ job, token }) => ack.run(job.id, token).changes === 1));
  }

  async nack(leases: readonly Lease[], { delayMs, reason, isFailure }: Return): Promise<void> {
    this.#file.transaction(({ giveBack }) => {
      const undo = isFailure ? 0 : 1;
      for (const { job, token } of leases) {
        giveBack.run(nowMs() + delayMs, reason, undo, undo, this.#maximumAttempts, job.id, token);
      }
    });
  }

  async erase(group: string): Promise<number> {
    return this.#file.erase(({ erase }) => Number(erase.run(group).changes), 0);
  }

  async stats(group?: string): Promise<QueueStats> {
    const row = this.#file.run(({ statsOfAll, statsOfGroup }) =>
      group === undefined ? statsOfAll.get(nowMs()) : statsOfGroup.get(nowMs(), group),
    ) as { readonly dead: number; readonly leased: number; readonly all: number };
    return { ready: row.all - row.dead - row.leased, leased: row.leased, dead: row.dead };
  }

  async close(): Promise<void> {
    this.#file.close();
  }
}

/** Never set back, unlike the wall clock; starts again with the process, as all leases do. */
function nowMs(): number {
  return performance.now();
}
