import { ContractError, type TokenEvent, WRITTEN_VERSIONS } from '@supercontext/contract';
import type { GenerationRecord, GenerationStatus, Outcome } from '../generation.ts';
import type { Ending, Spoken } from './event-log.ts';

/** What ends a generation whose process is gone. */
export const STOPPED = { code: 'MODEL_FAILED', message: 'the stage stopped in the middle of this answer' } as const;

/** Whether an answer is to become part of its session's log. */
export function needsRecording(status: GenerationStatus, { text }: Outcome): boolean {
  return (status === 'completed' || status === 'cancelled') && text !== '';
}

/** What a generation begins with: the working set has been chosen by then. */
export function firstEvents({ id, workingSet }: GenerationRecord): TokenEvent[] {
  const evidence = workingSet.segments.filter(({ reason }) => reason === 'evidence').length;
  const { tokens: workingSetTokens, confidence } = workingSet;
  return [
    { ...placeOf(id, 0), type: 'started' },
    { ...placeOf(id, 1), type: 'evidence-chosen', evidence, workingSetTokens, confidence },
  ];
}

function placeOf(generationId: string, sequence: number) {
  return { contractVersion: WRITTEN_VERSIONS.tokenEvent, generationId, sequence };
}

export function tokenEvent(generationId: string, sequence: number, event: Spoken | Ending): TokenEvent {
  const place = placeOf(generationId, sequence);
  return 'type' in event ? { ...place, ...event } : { ...place, type: 'delta', ...event };
}

export function notRunning(generationId: string): ContractError {
  return new ContractError('GENERATION_NOT_FOUND', 'no running generation has this id', { generationId });
}
