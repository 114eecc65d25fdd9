/** Work to be done once or more: whoever does it twice does no harm. */
export interface Job {
  /** Names the work, so that the same work is not queued twice. */
  readonly id: string;
  /** What it is counted under. */
  readonly group: string;
  readonly payload: string;
}

/** A job lent to a worker for a while. */
export interface Lease {
  readonly job: Job;
  /** Proves that the job is still lent to this worker. */
  readonly token: string;
  /** Counts from 1. */
  readonly attempt: number;
}

export interface QueueStats {
  /** Waiting, whether due or put off. */
  readonly ready: number;
  readonly leased: number;
  /** Given up after too many attempts. */
  readonly dead: number;
}

/** How a job comes back unfinished. */
export interface Return {
  /** Not lent again before this. */
  readonly delayMs: number;
  /** For whoever looks at a dead job. */
  readonly reason: string;
  /** False when the cause lies outside the job (another stage is down): then it does not count as an attempt. */
  readonly isFailure: boolean;
}

/**
 * Jobs for workers: at least once, oldest first but without a promise of order, one waiting or dead job per id. Leases run
 * on the queue's own clock. A queue whose state proves damaged is emptied, and filled again by the sweeper.
 * Every method throws ContractError STORAGE_FULL or STORAGE_UNAVAILABLE; nothing was changed then, unless what came of it is unknown: whoever repeats it does no harm.
 */
export interface JobQueue {
  /** Adds the jobs whose id is not in the queue, dead ones included. Atomic for those of one group, idempotent. Says how many were new. */
  enqueue(jobs: readonly Job[]): Promise<number>;
  /** Lends up to `max` due jobs for `leaseMs`; a lease that ran out makes its job due again, or dead after its last attempt. */
  lease(options: { readonly max: number; readonly leaseMs: number }): Promise<readonly Lease[]>;
  /** Makes leases last `leaseMs` from now; false, per lease, for one that had run out and was lent to another worker or given up. */
  extend(leases: readonly Lease[], leaseMs: number): Promise<readonly boolean[]>;
  /** Removes finished jobs; false, per lease, as for `extend`: then the work was or will be done twice. */
  ack(leases: readonly Lease[]): Promise<readonly boolean[]>;
  /** Gives jobs back. A job that failed at its last attempt is dead. No effect for leases that had been lent to another worker. */
  nack(leases: readonly Lease[], how: Return): Promise<void>;
  /** Removes all jobs of a group, lent ones included, so that nothing of them is left at rest: how many there were. Idempotent. */
  erase(group: string): Promise<number>;
  /** Of one group, or of all. */
  stats(group?: string): Promise<QueueStats>;
  /** Lets go of what it is kept in; no call may follow. */
  close(): Promise<void>;
}
