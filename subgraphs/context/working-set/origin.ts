import type { Segment } from '@supercontext/contract';
import type { LogEntry } from '../log/session-log.ts';

/** What a segment says of where its text comes from. */
export type Origin = Pick<Segment, 'role' | 'speaker' | 'source' | 'occurredAtMs' | 'metadata' | 'modelWritten'>;

/** @param name Path or title of the fragment. */
export function originOf({ role, kind, facts, isAnswer }: LogEntry, name: string | null): Origin {
  return {
    role,
    speaker: facts?.speaker ?? null,
    source: { kind, name },
    occurredAtMs: facts?.occurredAtMs ?? null,
    metadata: facts?.metadata ?? null,
    modelWritten: isAnswer || role === 'assistant',
  };
}

/** Of a summary, which may be of many; it quotes what it covers, so that a model has written of it what it wrote of that. */
export function originOfSummary(modelWritten: boolean): Origin {
  return { role: null, speaker: null, source: null, occurredAtMs: null, metadata: null, modelWritten };
}
