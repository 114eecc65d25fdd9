import { ContractError, type Segment, type Tokens, type WorkingSet } from '@supercontext/contract';
import { layOutPrompt, type PromptParts, tellEvidence } from './lay-out-prompt.ts';
import type { ChatMessage, LanguageModel } from './model/language-model.ts';
import { notWorthReading } from './worth-reading.ts';

/** What a chat template adds around one message, at most, in any family we know. */
const TEMPLATE_TOKENS_PER_MESSAGE = 10;
/** What numbering, the name of a speaker and separators add to one segment. */
const SEGMENT_OVERHEAD_TOKENS = 8;

export interface FittedPrompt {
  readonly messages: readonly ChatMessage[];
  /** Without what did not fit, which is counted as omitted. */
  readonly workingSet: WorkingSet;
  /** The model's own count, an upper bound. */
  readonly promptTokens: number;
}

export interface FitRequest extends Omit<PromptParts, 'segments'> {
  readonly workingSet: WorkingSet;
  readonly model: Pick<LanguageModel, 'countTokens' | 'description'>;
  /** Tokens of the answer. */
  readonly maxTokens: number;
}

/**
 * Lays out the prompt so that it fits the model's window beside the answer, by the model's own count: the budget was
 * counted with another tokenizer. Evidence that is not worth this model's reading is left out first. What gives way then: the evidence that fits the question least, then the oldest turns,
 * the end of the digest, pins.
 * @throws ContractError CONTEXT_WINDOW_EXCEEDED when question and answer alone do not fit.
 */
export async function fitPrompt(request: FitRequest): Promise<FittedPrompt> {
  const { model, question, maxTokens } = request;
  const { contextTokens, selectivity, isSmall = false } = model.description;
  const unwanted = isSmall ? request.workingSet.segments.filter(isEarlierAnswer) : [];
  const worth = request.workingSet.segments.filter((segment) => !unwanted.includes(segment));
  const unread = [...unwanted, ...(selectivity === undefined ? [] : notWorthReading(worth, selectivity))];
  const workingSet = without(request.workingSet, new Set(unread));
  const { segments } = workingSet;
  const { confidence } = workingSet;
  const frame = layOutPrompt({ segments: [], question, isSmall, confidence });
  const told = segments.map((segment) => (segment.reason === 'evidence' ? tellEvidence(segment) : segment.text));
  const counts = await model.countTokens([...frame.map(({ content }) => content), ...told]);
  const sum = (from: number, to: number) => counts.slice(from, to).reduce((total, count) => total + count, 0);
  const tokensOf = new Map(
    segments.map((segment, index) => [segment, (counts[frame.length + index] ?? 0) + SEGMENT_OVERHEAD_TOKENS]),
  );
  // Headings of sections come with the first segment of each.
  let promptTokens = sum(0, frame.length) + (frame.length + 4) * TEMPLATE_TOKENS_PER_MESSAGE;
  if (promptTokens + maxTokens > contextTokens) {
    throw new ContractError(
      'CONTEXT_WINDOW_EXCEEDED',
      `the question and ${maxTokens} tokens of answer do not fit the model's window of ${contextTokens} tokens`,
      { contextTokens, maxTokens },
    );
  }
  for (const tokens of tokensOf.values()) promptTokens += tokens;
  const dropped = new Set<Segment>();
  for (const segment of inOrderOfDispensability(segments)) {
    if (promptTokens + maxTokens <= contextTokens) break;
    dropped.add(segment);
    promptTokens -= tokensOf.get(segment) ?? 0;
  }
  const fitted = cutToWindow(workingSet, dropped);
  return {
    messages: layOutPrompt({ segments: fitted.segments, question, isSmall, confidence }),
    workingSet: fitted,
    promptTokens,
  };
}

/** A small model repeats what it reads of its own. */
function isEarlierAnswer({ kind, reason, modelWritten }: Segment): boolean {
  return kind === 'fragment' && modelWritten && (reason === 'evidence' || reason === 'recent');
}

const DISPENSABLE: readonly Segment['reason'][] = ['evidence', 'recent', 'digest', 'pin', 'system'];

/** First what is missed least. */
function inOrderOfDispensability(segments: readonly Segment[]): readonly Segment[] {
  return DISPENSABLE.flatMap((reason) => {
    const alike = segments.filter((segment) => segment.reason === reason);
    if (reason === 'recent') return alike;
    const latestFirst = alike.reverse();
    return reason === 'evidence'
      ? latestFirst.sort((one, other) => (one.score ?? 0) - (other.score ?? 0))
      : latestFirst;
  });
}

function without(workingSet: WorkingSet, dropped: ReadonlySet<Segment>): WorkingSet {
  if (dropped.size === 0) return workingSet;
  let tokens = 0;
  let fragments = 0;
  for (const segment of dropped) {
    tokens += segment.tokens;
    if (segment.kind === 'fragment') fragments++;
  }
  return {
    ...workingSet,
    segments: workingSet.segments.filter((segment) => !dropped.has(segment)),
    tokens: (workingSet.tokens - tokens) as Tokens,
    omitted: {
      fragments: workingSet.omitted.fragments + fragments,
      tokens: (workingSet.omitted.tokens + tokens) as Tokens,
    },
  };
}

function cutToWindow(workingSet: WorkingSet, dropped: ReadonlySet<Segment>): WorkingSet {
  if (dropped.size === 0) return workingSet;
  const message = `${dropped.size} segments of the working set did not fit the model's window`;
  const { degraded, ...rest } = without(workingSet, dropped);
  return { ...rest, degraded: [...degraded, { stage: 'reasoning', code: 'CONTEXT_WINDOW_EXCEEDED', message }] };
}
