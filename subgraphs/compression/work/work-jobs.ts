import { ContractError } from '@supercontext/contract';
import { type Backoff, backoffMs } from '@supercontext/runtime/call/backoff.ts';
import { rest } from '@supercontext/runtime/process/in-slices.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { hop, inTrace, openTrace } from '@supercontext/runtime/trace/hops.ts';
import type { Lease } from '../jobs/job-queue.ts';
import type { Progress } from '../progress.ts';
import { STAGE } from '../stage.ts';
import type { MadeSummary } from '../summaries/summary-store.ts';
import type { NodePlan } from '../tree/node-plan.ts';
import { Alarm } from './alarm.ts';
import { compressNode, readSource } from './compress-node.ts';
import type { CompressPool } from './compress-pool.ts';
import { enqueueParents, type PlanState } from './plan-tree.ts';

export interface WorkerOptions {
  readonly state: PlanState;
  readonly pool: CompressPool;
  readonly progress: Progress;
  readonly log: Logger;
  /** Batches under way at once: one more than threads keeps the threads busy while a batch is read or written. */
  readonly lanes: number;
}

/** Nodes leased, read, written and acknowledged together. */
const BATCH = 8;
/** Extended while they are worked at: the jobs of a process that was killed are somebody else's so soon. */
const LEASE_MS = 20_000;
/** How often a worker without work looks for jobs whose lease ran out or whose delay is over. */
const IDLE_MS = 500;
const RETRY_MS = 1_000;
const FAULTY_JOB: Backoff = { firstMs: RETRY_MS, longestMs: 60_000 };

type Outcome =
  | { readonly state: 'made'; readonly lease: Lease; readonly node: MadeSummary }
  | { readonly state: 'obsolete'; readonly lease: Lease }
  | { readonly state: 'failed'; readonly lease: Lease; readonly error: unknown };

/**
 * Takes jobs, makes their nodes, keeps them, queues the parents that can now be made, then acknowledges: in this order, so
 * that a process killed anywhere leaves a job for whatever is not kept. Doing a node twice changes nothing.
 */
export class JobWorker {
  readonly #options: WorkerOptions;
  readonly #lanes: Promise<void>[] = [];
  readonly #alarm = new Alarm();
  #stopped = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    for (let lane = 0; lane < this.#options.lanes; lane++) this.#lanes.push(this.#run());
  }

  /** Says that there may be jobs. */
  wake(): void {
    this.#alarm.wake();
  }

  /** Takes no more jobs; resolves when those under way are done or given back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await Promise.all(this.#lanes);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let leases: readonly Lease[] = [];
      try {
        leases = await this.#options.state.queue.lease({ max: BATCH, leaseMs: LEASE_MS });
        if (leases.length > 0) await this.#work(leases);
        else await this.#alarm.sleep(IDLE_MS);
      } catch (error) {
        if (this.#stopped) return;
        // The state cannot be written: the jobs stay leased, and come back when the lease runs out or here.
        this.#options.log.warn({ err: error, jobs: leases.length }, 'cannot keep summaries; will try again');
        await this.#giveBack(leases, error);
        await this.#alarm.sleep(RETRY_MS);
      }
    }
  }

  async #work(leases: readonly Lease[]): Promise<void> {
    const { state, progress, log } = this.#options;
    const keep = setInterval(() => void state.queue.extend(leases, LEASE_MS).catch(() => {}), LEASE_MS / 3);
    try {
      const there = await this.#made(leases);
      const outcomes = await Promise.all(
        leases.filter(({ job }) => !there.has(job.id)).map((lease) => this.#make(lease)),
      );
      const made = outcomes.filter((outcome) => outcome.state === 'made');
      const isErased = (sessionId: string) => state.erased.has(sessionId);
      await state.summaries.put(made.map(({ node }) => node).filter(({ sessionId }) => !isErased(sessionId)));
      for (const sessionId of new Set(leases.map(({ job }) => job.group))) {
        await rest();
        if (!isErased(sessionId)) await enqueueParents(sessionId, state);
      }
      const failed = outcomes.filter((outcome) => outcome.state === 'failed');
      const unfinished = new Set(failed.map(({ lease }) => lease));
      await state.queue.ack(leases.filter((lease) => !unfinished.has(lease)));
      for (const { lease, error } of failed) {
        if (!this.#stopped) log.warn({ err: error, node: lease.job.id }, 'a node was not made');
        await this.#giveBack([lease], error);
      }
      for (const sessionId of new Set(leases.map(({ job }) => job.group))) progress.changed(sessionId);
    } finally {
      clearInterval(keep);
    }
  }

  /** Jobs whose node is there: done by somebody whose acknowledgement was lost. */
  async #made(leases: readonly Lease[]): Promise<ReadonlySet<string>> {
    const missing = new Set(await this.#options.state.summaries.missing(leases.map(({ job }) => job.id)));
    return new Set(leases.map(({ job }) => job.id).filter((id) => !missing.has(id)));
  }

  async #make(lease: Lease): Promise<Outcome> {
    const { state, pool } = this.#options;
    try {
      const plan = JSON.parse(lease.job.payload) as NodePlan;
      const node = await inTrace(openTrace(STAGE), () =>
        hop('compress-node', async (note) => {
          const source = await readSource(plan, state);
          if (source === null) return null;
          note({ tokens: source.tokens });
          return compressNode(plan, source, pool);
        }),
      );
      return node === null ? { state: 'obsolete', lease } : { state: 'made', lease, node };
    } catch (error) {
      return { state: 'failed', lease, error };
    }
  }

  /** What lies outside the job does not count against it: the store is down, the disk is full, this process stops. */
  async #giveBack(leases: readonly Lease[], error: unknown): Promise<void> {
    const isOutside = error instanceof ContractError && error.retryable && error.code !== 'FRAGMENT_MISSING';
    const reason = error instanceof ContractError ? error.code : 'INTERNAL';
    const delayMs = this.#stopped
      ? 0
      : isOutside
        ? RETRY_MS
        : backoffMs(FAULTY_JOB, 1 + Math.max(0, ...leases.map(({ attempt }) => attempt)));
    await this.#options.state.queue.nack(leases, { delayMs, reason, isFailure: !isOutside }).catch(() => {});
  }
}
