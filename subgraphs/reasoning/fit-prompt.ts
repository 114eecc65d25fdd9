import { ContractError, type Segment, type Tokens, type WorkingSet } from '@supercontext/contract';
import { layOutPrompt, type PromptParts, tellEvidence } from './lay-out-prompt.ts';
import type { ChatMessage, LanguageModel } from './model/language-model.ts';

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
 * counted with another tokenizer. What gives way first: the evidence that fits the question least, then the oldest turns,
 * the end of the digest, pins.
 * @throws ContractError CONTEXT_WINDOW_EXCEEDED when question and answer alone do not fit.
 */
export async function fitPrompt(request: FitRequest): Promise<FittedPrompt> {
  const { model, workingSet, question, maxTokens } = request;
  const { contextTokens } = model.description;
  const { segments } = workingSet;
  const frame = layOutPrompt({ segments: [], question });
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
  const fitted = without(workingSet, dropped);
  return {
    messages: layOutPrompt({ segments: fitted.segments, question }),
    workingSet: fitted,
    promptTokens,
  };
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
    degraded: [
      ...workingSet.degraded,
      {
        stage: 'reasoning',
        code: 'CONTEXT_WINDOW_EXCEEDED',
        message: `${dropped.size} segments of the working set did not fit the model's window`,
      },
    ],
  };
}
