import type { AnswerReportFragment, EventFieldsFragment, ModelFieldsFragment } from './generated/operations.ts';

/** An answer as a reader has seen it so far. */
export interface SeenAnswer {
  readonly phase: 'waiting' | 'streaming' | 'completed' | 'failed' | 'cancelled';
  readonly askedAtMs: number;
  readonly generationId: string | null;
  readonly model: ModelFieldsFragment | null;
  /** Where the evidence that was chosen is from, in the order of its numbers; null until it is. */
  readonly evidence: readonly ChosenEvidence[] | null;
  readonly text: string;
  /** Model tokens in the text. */
  readonly tokens: number;
  /** From asking to the first text, as seen here. */
  readonly firstTokenMs: number | null;
  /** From asking to the latest event, as seen here. */
  readonly elapsedMs: number;
  /** Everything that is known of the answer, once it has ended. */
  readonly report: AnswerReportFragment | null;
  readonly failure: { readonly code: string; readonly message: string; readonly retryable: boolean } | null;
  /** Characters of the whole answer that did not arrive in the stream, once it has ended. */
  readonly missingCharacters: number | null;
}

/** A text of the evidence, before there is an answer. */
export interface ChosenEvidence {
  readonly number: number;
  /** Path or title; null where it has none, as what was said has. */
  readonly name: string | null;
}

/** An answer of which nothing has come yet. */
export function awaitedAnswer(askedAtMs: number): SeenAnswer {
  return {
    phase: 'waiting',
    askedAtMs,
    generationId: null,
    model: null,
    evidence: null,
    text: '',
    tokens: 0,
    firstTokenMs: null,
    elapsedMs: 0,
    report: null,
    failure: null,
    missingCharacters: null,
  };
}

/** The answer after one more event of its stream. */
export function advanceAnswer(answer: SeenAnswer, event: EventFieldsFragment, nowMs: number): SeenAnswer {
  const elapsedMs = nowMs - answer.askedAtMs;
  if (event.__typename === 'GenerationStarted') {
    const { id, model } = event.generation;
    return { ...answer, phase: 'streaming', generationId: id, model, elapsedMs };
  }
  if (event.__typename === 'TokenDelta') {
    return {
      ...answer,
      phase: 'streaming',
      text: answer.text + event.text,
      tokens: answer.tokens + event.tokens,
      firstTokenMs: answer.firstTokenMs ?? (event.text === '' ? null : elapsedMs),
      elapsedMs,
    };
  }
  if (event.__typename === 'EvidenceChosen') return { ...answer, evidence: chosenEvidence(event), elapsedMs };
  if (!isTerminal(event)) return { ...answer, elapsedMs };
  const report = event.generation;
  return {
    ...answer,
    phase:
      event.__typename === 'GenerationCompleted'
        ? 'completed'
        : event.__typename === 'GenerationFailed'
          ? 'failed'
          : 'cancelled',
    generationId: report.id,
    model: report.model,
    elapsedMs,
    report,
    failure:
      event.__typename === 'GenerationFailed'
        ? { code: event.code, message: event.message, retryable: event.retryable }
        : null,
    missingCharacters: report.text.startsWith(answer.text)
      ? report.text.length - answer.text.length
      : report.text.length,
  };
}

/** Model tokens a second between the first text and the latest event, null before there is anything to measure. */
export function tokensPerSecond({ tokens, firstTokenMs, elapsedMs, report }: SeenAnswer): number | null {
  if (report?.timings.tokensPerSecond != null) return report.timings.tokensPerSecond;
  if (firstTokenMs === null || tokens < 2 || elapsedMs <= firstTokenMs) return null;
  return ((tokens - 1) * 1_000) / (elapsedMs - firstTokenMs);
}

type EvidenceEvent = Extract<EventFieldsFragment, { readonly __typename: 'EvidenceChosen' }>;

function chosenEvidence({ generation }: EvidenceEvent): readonly ChosenEvidence[] {
  return generation.workingSet.segments.flatMap((segment) => {
    if (segment.number === null) return [];
    return [
      { number: segment.number, name: (segment.__typename === 'FragmentSegment' && segment.source?.name) || null },
    ];
  });
}

type TerminalEvent = Extract<
  EventFieldsFragment,
  { readonly __typename: 'GenerationCompleted' | 'GenerationFailed' | 'GenerationCancelled' }
>;

/** Whatever else comes between the first and the last event changes nothing of the answer. */
function isTerminal(event: EventFieldsFragment): event is TerminalEvent {
  return ['GenerationCompleted', 'GenerationFailed', 'GenerationCancelled'].includes(event.__typename);
}
