import { digestAfter, EMPTY_LOG_DIGEST } from '@supercontext/runtime/log-digest.ts';
import type { Withdrawn } from '@supercontext/runtime/withdrawn.ts';
import type { StoreLog } from '../calls/store.ts';
import type { ErasedSessions } from '../erased-sessions.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { METHOD } from '../method/extract.ts';
import type { SummaryStore } from '../summaries/summary-store.ts';
import { type NodePlan, nodeId } from '../tree/node-plan.ts';
import { FIRST_LEAF, type LeafCursor, type LogEntry, planLeaves } from '../tree/plan-leaves.ts';
import { planParents } from '../tree/plan-parents.ts';

export interface PlanState {
  readonly store: StoreLog;
  readonly summaries: SummaryStore;
  readonly queue: JobQueue;
  readonly erased: ErasedSessions;
}

/** Entries of the log read at once. */
const PAGE_ENTRIES = 2_048;

/** How far a session is planned, and of which log: digests as in runtime/log-digest.ts. */
export interface PlannedPart {
  /** Where the next leaf begins; its ordinal is how many leaves are planned, made or not. */
  readonly cursor: LeafCursor;
  /** Of the log before the cursor. */
  readonly cursorDigest: string;
  /** Last log position looked at. */
  readonly readThrough: number;
  readonly readDigest: string;
  /** Of what it was planned without. */
  readonly withdrawnDigest: string;
}

export const NOTHING_PLANNED: PlannedPart = Object.freeze({
  cursor: FIRST_LEAF,
  cursorDigest: hex(EMPTY_LOG_DIGEST),
  readThrough: -1,
  readDigest: hex(EMPTY_LOG_DIGEST),
  withdrawnDigest: '',
});

/** What a look at a page came to. */
export type PlannedPage =
  | {
      readonly state: 'planned';
      readonly part: PlannedPart;
      /** Whether the page was the last one. */
      readonly isEnd: boolean;
      /** Whether the tree covers more than the log that the store knows: that is behind, or the log was cut back. */
      readonly isShort: boolean;
    }
  /** The tree, or what was planned of it, is of another log than the store knows now. */
  | { readonly state: 'replaced' };

/**
 * Queues a job for every node of one page of the log that must exist and does not. Idempotent. A leaf that is counted as made
 * and is not there under the id that the log gives it was made from another log.
 * @throws ContractError of the store or of the state; what was queued stays queued
 */
export async function planPage(sessionId: string, before: PlannedPart, state: PlanState): Promise<PlannedPage> {
  const { cursor } = before;
  const withdrawn = await leaveOut(sessionId, state);
  // Withdrawn since, it may be anywhere.
  if (cursor.from > 0 && withdrawn.digest !== before.withdrawnDigest)
    return planPage(sessionId, NOTHING_PLANNED, state);
  const copied = cursor.from === 0 ? before.cursorDigest : await state.store.digest(sessionId, cursor.from - 1);
  // Shorter than what is planned: whether the rest is still the same is seen from the beginning.
  if (copied === null) return planPage(sessionId, NOTHING_PLANNED, state);
  if (copied !== before.cursorDigest) return { state: 'replaced' };
  const entries = await state.store.entries(sessionId, cursor.from, PAGE_ENTRIES);
  const { leaves, next } = planLeaves(sessionId, cursor, entries, withdrawn);
  const made = await state.summaries.state(sessionId, METHOD);
  if (!(await enqueueMissing(leaves, made.leaves, state))) return { state: 'replaced' };
  const isEnd = entries.length < PAGE_ENTRIES;
  const isShort = isEnd && next.ordinal < made.leaves;
  const part = { ...partAfter(before, next, entries), withdrawnDigest: withdrawn.digest };
  return { state: 'planned', part, isEnd, isShort };
}

function partAfter(
  before: PlannedPart,
  next: LeafCursor,
  entries: readonly LogEntry[],
): Omit<PlannedPart, 'withdrawnDigest'> {
  let digest: Uint8Array = Buffer.from(before.cursorDigest, 'hex');
  let cursorDigest = before.cursorDigest;
  for (const { position, fragmentId, tokens } of entries) {
    digest = digestAfter(digest, fragmentId.slice(fragmentId.indexOf('.') + 1), tokens);
    if (position === next.from - 1) cursorDigest = hex(digest);
  }
  const readThrough = entries.at(-1)?.position ?? next.from - 1;
  return { cursor: next, cursorDigest, readThrough, readDigest: hex(digest) };
}

/** Has a session's trees leave out what is withdrawn now: which positions. Summaries over what was withdrawn since are no more. */
export async function leaveOut(
  sessionId: string,
  { store, summaries }: Pick<PlanState, 'store' | 'summaries'>,
): Promise<Withdrawn> {
  const withdrawn = await store.withdrawn(sessionId);
  await summaries.withdraw(sessionId, withdrawn);
  return withdrawn;
}

/** Drops a session's nodes and jobs, which are of a log that is no more; those of its log are planned and made anew. */
export async function forgetTree(sessionId: string, { summaries, queue }: PlanState): Promise<void> {
  await queue.erase(sessionId);
  await summaries.forget(sessionId);
}

/** Queues the nodes above the leaves that can be made now. Idempotent. */
export async function enqueueParents(
  sessionId: string,
  { summaries, queue }: Pick<PlanState, 'summaries' | 'queue'>,
): Promise<void> {
  const plans = planParents(sessionId, await summaries.frontier(sessionId), METHOD);
  if (plans.length > 0) await queue.enqueue(plans.map(jobOf));
}

/** False, and nothing is queued, when one of the first `made` leaves is not there. */
async function enqueueMissing(
  plans: readonly NodePlan[],
  made: number,
  { summaries, queue }: PlanState,
): Promise<boolean> {
  if (plans.length === 0) return true;
  const jobs = plans.map((plan) => ({ ...jobOf(plan), ordinal: plan.ordinal }));
  const missing = new Set(await summaries.missing(jobs.map(({ id }) => id)));
  const wanted = jobs.filter(({ id }) => missing.has(id));
  if (wanted.some(({ ordinal }) => ordinal < made)) return false;
  await queue.enqueue(wanted.map(({ id, group, payload }) => ({ id, group, payload })));
  return true;
}

function jobOf(plan: NodePlan): { readonly id: string; readonly group: string; readonly payload: string } {
  return { id: nodeId(plan, METHOD), group: plan.sessionId, payload: JSON.stringify(plan) };
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}
