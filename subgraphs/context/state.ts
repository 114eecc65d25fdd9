import type { ArrivalOrder } from './arrival-order.ts';
import type { CompressionStage } from './calls/compression.ts';
import type { StoreStage } from './calls/store.ts';
import type { CompressionHints } from './compression-hints.ts';
import type { FragmentTexts } from './fragment-texts.ts';
import type { SessionLog } from './log/session-log.ts';
import type { EmptyLog } from './log-beside-store.ts';
import type { LogReplicator } from './log-replicator.ts';
import type { SummaryNodes } from './working-set/summary-nodes.ts';

/** What lives as long as the process. */
export interface ContextState {
  readonly log: SessionLog;
  readonly store: StoreStage;
  readonly compression: CompressionStage;
  readonly arrivals: ArrivalOrder;
  readonly replicator: LogReplicator;
  readonly emptyLog: EmptyLog;
  readonly hints: CompressionHints;
  /** Sessions that are being erased: nothing begins in them any more. */
  readonly erasing: Set<string>;
  /** Sessions of the time before documents were kept, whose documents are being looked for. */
  readonly learning: Map<string, Promise<void>>;
  readonly texts: FragmentTexts;
  readonly summaries: SummaryNodes;
  /** How long a working set waits for search, and for summaries, before it goes on without. */
  readonly searchDeadlineMs: number;
  readonly digestDeadlineMs: number;
}
