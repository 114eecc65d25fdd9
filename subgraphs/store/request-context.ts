import type { StageContext } from '@supercontext/runtime/stage.ts';
import type { FragmentLoader } from './read-fragments.ts';
import type { StoreState } from './state.ts';

/** What the resolvers of one operation share. */
export interface RequestContext extends StageContext, StoreState {
  /** Collects the fragments an operation asks for in one tick and reads them at once. */
  readonly fragmentLoader: FragmentLoader;
}
