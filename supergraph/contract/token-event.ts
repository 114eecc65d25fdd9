import type { ErrorCode } from './errors.ts';

/**
 * One event of a generation's log: exactly one `started` first, then `evidence-chosen` (in logs since version 2), exactly one
 * terminal event last, no gaps in `sequence`.
 */
export type TokenEvent = {
  readonly contractVersion: number;
  readonly generationId: string;
  readonly sequence: number;
} & (
  | { readonly type: 'started' }
  | { readonly type: 'delta'; readonly text: string; readonly tokens: number }
  | { readonly type: 'completed'; readonly reason: 'stop' | 'length' }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'cancelled' }
  | {
      /** What the model is about to read, before its first token. */
      readonly type: 'evidence-chosen';
      /** Segments of evidence among those of the working set. */
      readonly evidence: number;
      /** o200k tokens of the whole working set. */
      readonly workingSetTokens: number;
      /** As in the working set. */
      readonly confidence: number | null;
    }
);

/** Whether `event` is the last one of its generation. */
export function isTerminal(event: TokenEvent): boolean {
  return event.type === 'completed' || event.type === 'failed' || event.type === 'cancelled';
}
