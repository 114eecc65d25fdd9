import type { ErasedSessions } from '../erased-sessions.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { METHOD } from '../method/extract.ts';
import type { StoreLog } from '../store-log.ts';
import type { SummaryStore } from '../summaries/summary-store.ts';
import { type NodePlan, nodeId } from '../tree/node-plan.ts';
import { type LeafCursor, planLeaves } from '../tree/plan-leaves.ts';
import { planParents } from '../tree/plan-parents.ts';

export interface PlanState {
  readonly store: StoreLog;
  readonly summaries: SummaryStore;
  readonly queue: JobQueue;
  readonly erased: ErasedSessions;
}

/** Entries of the log read at once. */
const PAGE_ENTRIES = 2_048;

/** Where the leaves of a session are planned to; starts at what is made. */
export async function madeCursor(sessionId: string, { summaries }: PlanState): Promise<LeafCursor> {
  const { leaves, compressedThrough } = await summaries.state(sessionId, METHOD);
  return { from: compressedThrough + 1, ordinal: leaves };
}

/**
 * Queues a job for every node of one page of the log that must exist and does not. Idempotent. `next` is where to go on,
 * `isEnd` whether the page was the last one.
 * @throws ContractError of the store or of the state; what was queued stays queued
 */
export async function planPage(
  sessionId: string,
  cursor: LeafCursor,
  state: PlanState,
): Promise<{ readonly next: LeafCursor; readonly readThrough: number; readonly isEnd: boolean }> {
  const entries = await state.store.entries(sessionId, cursor.from, PAGE_ENTRIES);
  const { leaves, next } = planLeaves(sessionId, cursor, entries);
  await enqueueMissing(leaves, state);
  const readThrough = entries.at(-1)?.position ?? cursor.from - 1;
  return { next, readThrough, isEnd: entries.length < PAGE_ENTRIES };
}

/** Queues the nodes above the leaves that can be made now. Idempotent. */
export async function enqueueParents(
  sessionId: string,
  { summaries, queue }: Pick<PlanState, 'summaries' | 'queue'>,
): Promise<void> {
  const plans = planParents(sessionId, await summaries.frontier(sessionId), METHOD);
  if (plans.length > 0) await queue.enqueue(plans.map(jobOf));
}

async function enqueueMissing(plans: readonly NodePlan[], { summaries, queue }: PlanState): Promise<void> {
  if (plans.length === 0) return;
  const jobs = plans.map(jobOf);
  const missing = new Set(await summaries.missing(jobs.map(({ id }) => id)));
  await queue.enqueue(jobs.filter(({ id }) => missing.has(id)));
}

function jobOf(plan: NodePlan): { readonly id: string; readonly group: string; readonly payload: string } {
  return { id: nodeId(plan, METHOD), group: plan.sessionId, payload: JSON.stringify(plan) };
}
