import type { ContextStage } from './calls/context.ts';
import type { StoreLog } from './calls/store.ts';
import type { ErasedSessions } from './erased-sessions.ts';
import type { JobQueue } from './jobs/job-queue.ts';
import type { Progress } from './progress.ts';
import type { SummaryStore } from './summaries/summary-store.ts';
import type { EmbedSessions } from './work/embed-sessions.ts';
import type { GiveWay } from './work/give-way.ts';
import type { Planner } from './work/planner.ts';

/** What lives as long as the process. */
export interface CompressionState {
  readonly summaries: SummaryStore;
  readonly queue: JobQueue;
  readonly planner: Planner;
  readonly progress: Progress;
  readonly erased: ErasedSessions;
  readonly context: ContextStage;
  readonly store: StoreLog;
  /** Null without an embedder. */
  readonly vectors: EmbedSessions | null;
  readonly giveWay: GiveWay;
}
