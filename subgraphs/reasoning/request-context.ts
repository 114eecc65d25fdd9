import { readAlone } from '@supercontext/runtime/read-alone.ts';
import type { StageContext } from '@supercontext/runtime/start-subgraph.ts';
import DataLoader from 'dataloader';
import type { Asking } from './ask.ts';
import type { Erasing } from './erasing.ts';
import type { EventLog } from './events/event-log.ts';
import type { GenerationRecord } from './generation.ts';
import type { ModelRegistry } from './model/registry.ts';

/** What the resolvers of one operation share. */
export interface RequestContext extends StageContext {
  readonly asking: Asking;
  readonly erasing: Erasing;
  readonly events: EventLog;
  readonly models: ModelRegistry;
  readonly generations: DataLoader<string, GenerationRecord | null>;
  readonly generationsOfTurns: DataLoader<string, readonly GenerationRecord[]>;
}

/**
 * Batches the reads of one tick. Nothing is cached: one subscription is one operation, and its last event must not show
 * the generation as its first one did.
 */
export function requestContext(
  base: StageContext,
  parts: Pick<RequestContext, 'asking' | 'erasing' | 'events' | 'models'>,
): RequestContext {
  return {
    ...base,
    ...parts,
    generations: new DataLoader((ids: readonly string[]) => readAlone(ids, (some) => parts.events.get(some)), {
      cache: false,
    }),
    generationsOfTurns: new DataLoader(
      (ids: readonly string[]) => readAlone(ids, (some) => parts.events.ofTurns(some)),
      {
        cache: false,
      },
    ),
  };
}
