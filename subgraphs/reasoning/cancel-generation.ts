import type { GenerationRecord } from './generation.ts';
import type { ReasoningState } from './state.ts';

/** Stops a generation, in whatever process it runs, and returns it ended; one that has ended as it is, null when there is none. */
export async function cancelGeneration(
  generationId: string,
  { asking, events }: Pick<ReasoningState, 'asking' | 'events'>,
): Promise<GenerationRecord | null> {
  const record = await asking.cancel(generationId);
  return record?.status === 'running' ? events.endElsewhere(generationId, { type: 'cancelled' }) : record;
}
