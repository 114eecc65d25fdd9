import { setImmediate as nextTick } from 'node:timers/promises';
import { ContractError, type Segment } from '@supercontext/contract';
import { isBroad } from '@supercontext/text/broad-questions.ts';
import { asksOfEarlierAnswers } from '@supercontext/text/earlier-answers.ts';
import { onlyAsks } from '@supercontext/text/questions.ts';
import { originOf } from '../origin-of.ts';
import { withClosedDirections } from '../reader/closed-directions.ts';
import { type Meaning, WORDS_ALONE } from '../reader/meaning.ts';
import { quoteSummaries } from '../reader/quote-summaries.ts';
import { MAXIMUM_QUOTE_LENGTH, type Quote } from '../reader/quote-unit.ts';
import { readAnswer } from '../reader/read-answer.ts';
import type { Passage } from '../reader/read-question.ts';
import { tellReading, toldQuotes } from '../reader/tell-reading.ts';
import type { CompletionEvent, CompletionRequest, LanguageModel, ModelDescription, Quoted } from './language-model.ts';

const FROM_SUMMARIES = 'Quoted from the summaries of the session, in its order; no model has written an account of it:';

/** Words are its tokens. Its window is as large as any working set; it holds nothing but strings. */
export const EXTRACTIVE: ModelDescription = {
  id: 'extractive',
  engine: 'extractive',
  version: '5',
  provider: 'cpu',
  contextTokens: 1_048_576,
  defaultBudgetTokens: 8_192,
  maxAnswerTokens: 512,
  stop: [],
  sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
  asksInParts: true,
};

/**
 * Answers without weights: quotes what answers the question in the evidence, each with its number and where it is from, and says how sure
 * that is. It writes nothing of its own, ignores sampling, and keeps nothing between turns.
 */
export function extractiveModel(meaning: Meaning = WORDS_ALONE): LanguageModel {
  const closed = new AbortController();
  return {
    description: EXTRACTIVE,
    countTokens: async (texts) => texts.map(countWords),
    complete: (request, signal) => quote(request, { signal: AbortSignal.any([signal, closed.signal]), meaning }),
    releaseSession() {},
    async close() {
      closed.abort(new ContractError('MODEL_FAILED', 'the engine is closing'));
    },
  };
}

async function* quote(request: CompletionRequest, reading: HowToRead): AsyncIterable<CompletionEvent> {
  const { signal } = reading;
  signal.throwIfAborted();
  if (!Number.isSafeInteger(request.maxTokens) || request.maxTokens < 1) {
    throw new ContractError('INPUT_INVALID', 'maxTokens is a whole number of at least 1');
  }
  const start = performance.now();
  const promptTokens = request.messages.reduce((total, { content }) => total + countWords(content), 0);
  if (promptTokens + request.maxTokens > EXTRACTIVE.contextTokens) {
    throw new ContractError('CONTEXT_WINDOW_EXCEEDED', 'prompt and answer are longer than the window');
  }
  const { text, quoted } = await answerOf(request, reading);
  const decodeStart = performance.now();
  yield { type: 'prompt-ready', promptTokens, cachedTokens: 0, queuedMs: 0, prefillMs: decodeStart - start };

  let outputTokens = 0;
  let reason: 'stop' | 'length' = 'stop';
  for (const [word] of text.matchAll(/\s+\S*|\S+/g)) {
    if (outputTokens === request.maxTokens) {
      reason = 'length';
      break;
    }
    // Others get their turn between two words, and whoever wants to cancel gets through.
    await nextTick();
    signal.throwIfAborted();
    outputTokens++;
    yield { type: 'text-delta', text: word, tokens: 1 };
  }
  yield { type: 'completed', reason, outputTokens, decodeMs: performance.now() - decodeStart, quoted };
}

/** Without making strings of them: a prompt may be megabytes. */
function countWords(text: string): number {
  const words = /\S+/g;
  let count = 0;
  while (words.test(text)) count++;
  return count;
}

interface Answer {
  readonly text: string;
  readonly quoted: Quoted;
}

interface HowToRead {
  readonly signal: AbortSignal;
  readonly meaning: Meaning;
}

async function answerOf(request: CompletionRequest, { signal, meaning }: HowToRead): Promise<Answer> {
  const { question, digest = [], evidence, beside, parts } = request;
  if (isBroad(question) && digest.length > 0) return summarized(digest, signal);
  const numberOf = new Map([...evidence, ...beside].map((segment, at) => [segment, at + 1]));
  const lastFirst = beside.filter(({ text }) => !onlyAsks(text)).reverse();
  const asked = parts ?? [{ question, evidence, confidence: request.confidence ?? null }];
  // Parts that read the same read it once.
  const readable = new Map<
    readonly Segment[],
    { readonly segments: readonly Segment[]; readonly passages: Passage[] }
  >();
  const sources = asked.map((part) => {
    const known = readable.get(part.evidence);
    if (known !== undefined) return known;
    const segments = [...bestFirst(part.evidence, part.question), ...lastFirst];
    const own = { segments, passages: passagesOf(segments) };
    readable.set(part.evidence, own);
    return own;
  });
  const reading = await readAnswer(
    asked.map((part, at) => ({ ...part, passages: sources[at]?.passages ?? [] })),
    signal,
    meaning,
  );
  const segmentsOfQuotes = new Map<Quote, Segment>();
  for (const [at, { quote: first, earlier, nearest }] of reading.parts.entries()) {
    for (const one of [first, ...earlier, ...nearest]) {
      const segment = one === null ? undefined : sources[at]?.segments[one.passage];
      if (one !== null && segment !== undefined) segmentsOfQuotes.set(one, segment);
    }
  }
  const cite = (one: Quote, text: string) => {
    const segment = segmentsOfQuotes.get(one);
    const number = segment === undefined ? undefined : numberOf.get(segment);
    const origin = segment === undefined ? null : originOf(segment);
    return [`“${text}”`, origin && `(${withClosedDirections(origin)})`, number && `[${number}]`]
      .filter(Boolean)
      .join(' ');
  };
  const stretches = toldQuotes(reading).flatMap((one) => {
    const segment = segmentsOfQuotes.get(one.quote);
    const number = segment === undefined ? undefined : numberOf.get(segment);
    return number === undefined ? [] : [{ number, stretches: one.stretches }];
  });
  return { text: tellReading(reading, cite), quoted: { certainty: reading.certainty, stretches } };
}

/** What an account is asked of: the summaries say it, as far as they go. */
async function summarized(digest: readonly Segment[], signal: AbortSignal): Promise<Answer> {
  const quotes = await quoteSummaries(passagesOf(digest), signal);
  const lines = quotes.map(({ text }) => `“${withClosedDirections(text.slice(0, MAXIMUM_QUOTE_LENGTH))}”`);
  return { text: [FROM_SUMMARIES, ...lines].join(' '), quoted: { certainty: 'unsure', stretches: [] } };
}

/** What an earlier answer says is evidence only of what was answered. */
function bestFirst(evidence: readonly Segment[], question: string): readonly Segment[] {
  const own = asksOfEarlierAnswers(question) ? evidence : evidence.filter(({ modelWritten }) => !modelWritten);
  return own
    .filter(({ role, text }) => role !== 'user' || !onlyAsks(text))
    .toSorted((one, other) => (other.score ?? 0) - (one.score ?? 0));
}

function passagesOf(segments: readonly Segment[]): Passage[] {
  const messages = segments.filter(isMessage);
  const isDated = messages.every(({ occurredAtMs }) => occurredAtMs !== null);
  return segments.map((segment) => ({
    text: segment.text,
    about: originOf(segment) ?? '',
    saidAt: isMessage(segment) ? (isDated ? segment.occurredAtMs : segment.from) : null,
  }));
}

function isMessage({ role }: Segment): boolean {
  return role === 'user' || role === 'assistant';
}
