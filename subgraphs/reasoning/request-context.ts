import { readAlone } from '@supercontext/runtime/read-alone.ts';
import type { StageContext } from '@supercontext/runtime/stage.ts';
import DataLoader from 'dataloader';
import type { GenerationRecord } from './generation.ts';
import type { ReasoningState } from './state.ts';

/** What the resolvers of one operation share. */
export interface RequestContext extends StageContext, ReasoningState {
  readonly generations: DataLoader<string, GenerationRecord | null>;
  readonly generationsOfTurns: DataLoader<string, readonly GenerationRecord[]>;
}

/**
 * Batches the reads of one tick. Nothing is cached: one subscription is one operation, and its last event must not show
 * the generation as its first one did.
 */
export function requestContext(base: StageContext, state: ReasoningState): RequestContext {
  return {
    ...base,
    ...state,
    generations: new DataLoader((ids: readonly string[]) => readAlone(ids, (some) => state.events.get(some)), {
      cache: false,
    }),
    generationsOfTurns: new DataLoader(
      (ids: readonly string[]) => readAlone(ids, (some) => state.events.ofTurns(some)),
      {
        cache: false,
      },
    ),
  };
}
