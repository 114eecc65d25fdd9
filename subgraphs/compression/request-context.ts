import type { StageContext } from '@supercontext/runtime/start-subgraph.ts';
import type { ErasedSessions } from './erased-sessions.ts';
import type { StatusSources } from './read-status.ts';
import type { SummaryLoader } from './read-summaries.ts';

/** What lives as long as the process. */
export interface CompressionState extends StatusSources {
  readonly erased: ErasedSessions;
}

export interface RequestContext extends StageContext, CompressionState {
  /** Collects the summaries an operation asks for in one tick and reads them at once. */
  readonly summaryLoader: SummaryLoader;
}
