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

/** One answer to a question, as the page shows it. */
export interface ShownAnswer {
  readonly key: string;
  readonly seen: SeenAnswer;
  readonly citations: readonly CitationFieldsFragment[];
  /** Whether its stream is cut at this moment. */
  readonly interrupted: boolean;
  readonly resumptions: readonly Resumption[];
  /** Why the stream ended, where it ended without the answer's own end. */
  readonly error: ShownError | null;
}

/** One question with its answers. */
export interface ShownTurn {
  readonly key: string;
  /** In the graph; null until the question is accepted there. */
  readonly id: string | null;
  /** Counts from 0; null until the question is accepted. */
  readonly index: number | null;
  readonly prompt: string;
  /** Oldest first; empty where they cannot be read, since the stage that keeps them is away. */
  readonly answers: readonly ShownAnswer[];
  /** Place of the one that its reader has chosen; null for the latest. */
  readonly chosen: number | null;
}

export type ConversationAction =
  | { readonly type: 'loaded'; readonly turns: readonly RecordedTurn[]; readonly nowMs: number }
  | { readonly type: 'asked'; readonly key: string; readonly prompt: string; readonly nowMs: number }
  | { readonly type: 'asked-again'; readonly turnKey: string; readonly key: string; readonly nowMs: number }
  | { readonly type: 'chosen'; readonly turnKey: string; readonly answer: number | null }
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
    case 'asked': {
      const answer = openAnswer(action.key, awaitedAnswer(action.nowMs));
      return [
        ...turns,
        { key: action.key, id: null, index: null, prompt: action.prompt, answers: [answer], chosen: null },
      ];
    }
    case 'asked-again':
      return changeTurn(turns, action.turnKey, (turn) => {
        const answer = openAnswer(action.key, awaitedAnswer(action.nowMs));
        return { ...turn, answers: [...turn.answers, answer], chosen: null };
      });
    case 'chosen':
      return changeTurn(turns, action.turnKey, (turn) => ({ ...turn, chosen: action.answer }));
    case 'arrived':
      return arrive(turns, action);
    case 'interrupted':
      return changeAnswer(turns, action.key, (answer) => ({ ...answer, interrupted: true }));
    case 'resumed':
      return changeAnswer(turns, action.key, (answer) => ({
        ...answer,
        resumptions: [...answer.resumptions, action.resumption],
      }));
    case 'failed':
      return changeAnswer(turns, action.key, (answer) => ({ ...answer, interrupted: false, error: action.error }));
  }
}

/** Whether the answer is still to come, or coming. */
export function isRunning({ seen, error }: ShownAnswer): boolean {
  return error === null && (seen.phase === 'waiting' || seen.phase === 'streaming');
}

/** The answer of a turn that is to be seen, null where none can be read. */
export function shownAnswer({ answers, chosen }: ShownTurn): ShownAnswer | null {
  return answers[chosen ?? answers.length - 1] ?? answers.at(-1) ?? null;
}

/** Recorded turns at their places among those that are here; what is known here of a turn is newer. */
function mergeRecorded(
  turns: readonly ShownTurn[],
  recorded: readonly RecordedTurn[],
  nowMs: number,
): readonly ShownTurn[] {
  const answered = turns.filter(({ answers }) => answers.length > 0);
  const here = new Set(answered.map(({ id }) => id));
  const read = recorded.filter(({ id }) => !here.has(id)).map((turn) => recordedTurn(turn, nowMs));
  const anew = new Set(read.map(({ id }) => id));
  const kept = turns.filter(({ id }) => id === null || !anew.has(id));
  return [...read, ...kept].sort((one, other) => (one.index ?? Infinity) - (other.index ?? Infinity) || 0);
}

function recordedTurn({ id, index, prompt, generations }: RecordedTurn, nowMs: number): ShownTurn {
  const answers = (generations ?? []).map((generation) => ({
    ...openAnswer(generation.id, recordedAnswer(generation, nowMs)),
    citations: generation.citations,
  }));
  return { key: id, id, index, prompt, answers, chosen: null };
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

function arrive(
  turns: readonly ShownTurn[],
  { key, event, nowMs }: Extract<ConversationAction, { type: 'arrived' }>,
): readonly ShownTurn[] {
  const changed = changeAnswer(turns, key, (answer) => {
    // The first event may come again, where a stream that had failed is read once more.
    const before = event.sequence === 0 ? awaitedAnswer(answer.seen.askedAtMs) : answer.seen;
    const seen = advanceAnswer(before, event, nowMs);
    const citations = seen.report?.citations ?? answer.citations;
    return { ...answer, seen, citations, interrupted: false, error: null };
  });
  const asked = event.__typename === 'GenerationStarted' ? event.generation.turn : null;
  if (asked === null) return changed;
  const { id, index } = asked;
  // The same turn may have been read from the record in between.
  return changed
    .filter((turn) => turn.id !== id || turn.answers.some((answer) => answer.key === key))
    .map((turn) =>
      turn.id === null && turn.answers.some((answer) => answer.key === key) ? { ...turn, id, index } : turn,
    );
}

function openAnswer(key: string, seen: SeenAnswer): ShownAnswer {
  return { key, seen, citations: [], interrupted: false, resumptions: [], error: null };
}

function changeTurn(
  turns: readonly ShownTurn[],
  key: string,
  changed: (turn: ShownTurn) => ShownTurn,
): readonly ShownTurn[] {
  return turns.map((turn) => (turn.key === key ? changed(turn) : turn));
}

/** The others stay the same objects, so that they need not be drawn anew. */
function changeAnswer(
  turns: readonly ShownTurn[],
  key: string,
  changed: (answer: ShownAnswer) => ShownAnswer,
): readonly ShownTurn[] {
  return turns.map((turn) => {
    const at = turn.answers.findIndex((answer) => answer.key === key);
    const answer = turn.answers[at];
    return answer === undefined ? turn : { ...turn, answers: turn.answers.with(at, changed(answer)) };
  });
}
