import {
  type AnswerFieldsFragment,
  advanceAnswer,
  awaitedAnswer,
  type CitationFieldsFragment,
  type EventFieldsFragment,
  type Resumption,
  type SeenAnswer,
  type SessionTurnsQuery,
} from '@supercontext/client';
import type { ShownError } from '../describe-error.ts';

/** One question with its answer, as the page shows it. */
export interface ShownTurn {
  readonly key: string;
  readonly prompt: string;
  readonly answer: SeenAnswer;
  readonly citations: readonly CitationFieldsFragment[];
  /** Whether its stream is cut at this moment. */
  readonly interrupted: boolean;
  readonly resumptions: readonly Resumption[];
  /** Why the stream ended, where it ended without the answer's own end. */
  readonly error: ShownError | null;
}

export type ConversationAction =
  | { readonly type: 'loaded'; readonly turns: readonly RecordedTurn[]; readonly nowMs: number }
  | { readonly type: 'asked'; readonly key: string; readonly prompt: string; readonly nowMs: number }
  | { readonly type: 'arrived'; readonly key: string; readonly event: EventFieldsFragment; readonly nowMs: number }
  | { readonly type: 'interrupted'; readonly key: string }
  | { readonly type: 'resumed'; readonly key: string; readonly resumption: Resumption }
  | { readonly type: 'failed'; readonly key: string; readonly error: ShownError };

export type RecordedTurn = NonNullable<SessionTurnsQuery['session']>['turns']['edges'][number]['node'];

const PHASES = { RUNNING: 'waiting', COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'cancelled' } as const;

/** The turns of a conversation after one more thing happened. */
export function advanceConversation(turns: readonly ShownTurn[], action: ConversationAction): readonly ShownTurn[] {
  switch (action.type) {
    case 'loaded':
      return mergeRecorded(turns, action.turns, action.nowMs);
    case 'asked':
      return [...turns, openTurn(action.key, action.prompt, awaitedAnswer(action.nowMs))];
    case 'arrived':
      return change(turns, action.key, (turn) => {
        const answer = advanceAnswer(turn.answer, action.event, action.nowMs);
        return { ...turn, answer, citations: answer.report?.citations ?? turn.citations, interrupted: false };
      });
    case 'interrupted':
      return change(turns, action.key, (turn) => ({ ...turn, interrupted: true }));
    case 'resumed':
      return change(turns, action.key, (turn) => ({ ...turn, resumptions: [...turn.resumptions, action.resumption] }));
    case 'failed':
      return change(turns, action.key, (turn) => ({ ...turn, interrupted: false, error: action.error }));
  }
}

/** Whether the answer is still to come, or coming. */
export function isRunning({ answer, error }: ShownTurn): boolean {
  return error === null && (answer.phase === 'waiting' || answer.phase === 'streaming');
}

/** Recorded turns before those of this page; a turn of this page is not shown twice. */
function mergeRecorded(
  turns: readonly ShownTurn[],
  recorded: readonly RecordedTurn[],
  nowMs: number,
): readonly ShownTurn[] {
  const here = new Set(turns.map(({ answer }) => answer.generationId));
  const earlier = recorded.flatMap(({ id, prompt, generations }) => {
    const generation = generations?.at(-1);
    if (generation === undefined || here.has(generation.id)) return [];
    return [{ ...openTurn(id, prompt, recordedAnswer(generation, nowMs)), citations: generation.citations }];
  });
  return [...earlier, ...turns];
}

function recordedAnswer(generation: AnswerFieldsFragment, nowMs: number): SeenAnswer {
  const phase = PHASES[generation.status];
  const awaited = { ...awaitedAnswer(nowMs), generationId: generation.id, model: generation.model };
  // A running one is read again, from its first word.
  if (phase === 'waiting') return awaited;
  return {
    ...awaited,
    phase,
    text: generation.text,
    tokens: generation.usage.outputTokens,
    firstTokenMs: generation.timings.firstTokenMs,
    elapsedMs: generation.timings.totalMs ?? 0,
  };
}

function openTurn(key: string, prompt: string, answer: SeenAnswer): ShownTurn {
  return { key, prompt, answer, citations: [], interrupted: false, resumptions: [], error: null };
}

function change(
  turns: readonly ShownTurn[],
  key: string,
  changed: (turn: ShownTurn) => ShownTurn,
): readonly ShownTurn[] {
  return turns.map((turn) => (turn.key === key ? changed(turn) : turn));
}
