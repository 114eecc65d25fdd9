import type { Asking } from './ask.ts';
import type { Erasing } from './erasing.ts';
import type { EventLog } from './events/event-log.ts';
import type { ModelRegistry } from './model/registry.ts';

/** What lives as long as the process. */
export interface ReasoningState {
  readonly asking: Asking;
  readonly erasing: Erasing;
  readonly events: EventLog;
  readonly models: ModelRegistry;
}
