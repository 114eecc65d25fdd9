import type { StageContext } from '@supercontext/runtime/stage.ts';
import type { SummaryLoader } from './read-summaries.ts';
import type { CompressionState } from './state.ts';

/** What the resolvers of one operation share. */
export interface RequestContext extends StageContext, CompressionState {
  /** Collects the summaries an operation asks for in one tick and reads them at once. */
  readonly summaryLoader: SummaryLoader;
}
