import { setImmediate as nextTick } from 'node:timers/promises';
import { ContractError } from '@supercontext/contract';
import { originOf } from '../origin-of.ts';
import type { CompletionEvent, CompletionRequest, LanguageModel, ModelDescription } from './language-model.ts';
import { quoteEvidence } from './quote-evidence.ts';

const NOTHING_FOUND = 'Nothing in the evidence at hand speaks of this.';

/** Words are its tokens. Its window is as large as any working set; it holds nothing but strings. */
export const EXTRACTIVE: ModelDescription = {
  id: 'extractive',
  engine: 'extractive',
  version: '2',
  provider: 'cpu',
  contextTokens: 1_048_576,
  defaultBudgetTokens: 4_096,
  maxAnswerTokens: 256,
  stop: [],
  sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
};

/**
 * Answers without weights: quotes the sentences of the evidence that hold most of the question's terms, each with its
 * number and where it is from. It writes nothing of its own, ignores sampling, and keeps nothing between turns.
 */
export function extractiveModel(): LanguageModel {
  const closed = new AbortController();
  return {
    description: EXTRACTIVE,
    countTokens: async (texts) => texts.map((text) => wordsOf(text).length),
    complete: (request, signal) => quote(request, AbortSignal.any([signal, closed.signal])),
    releaseSession() {},
    async close() {
      closed.abort(new ContractError('MODEL_FAILED', 'the engine is closing'));
    },
  };
}

async function* quote(request: CompletionRequest, signal: AbortSignal): AsyncIterable<CompletionEvent> {
  signal.throwIfAborted();
  if (!Number.isSafeInteger(request.maxTokens) || request.maxTokens < 1) {
    throw new ContractError('INPUT_INVALID', 'maxTokens is a whole number of at least 1');
  }
  const start = performance.now();
  const promptTokens = request.messages.reduce((total, { content }) => total + wordsOf(content).length, 0);
  if (promptTokens + request.maxTokens > EXTRACTIVE.contextTokens) {
    throw new ContractError('CONTEXT_WINDOW_EXCEEDED', 'prompt and answer are longer than the window');
  }
  const answer = answerOf(request);
  const decodeStart = performance.now();
  yield { type: 'prompt-ready', promptTokens, cachedTokens: 0, queuedMs: 0, prefillMs: decodeStart - start };

  let outputTokens = 0;
  let reason: 'stop' | 'length' = 'stop';
  for (const [word] of answer.matchAll(/\s*\S+/g)) {
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
  yield { type: 'completed', reason, outputTokens, decodeMs: performance.now() - decodeStart };
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\S+/g) ?? [];
}

/** What was said last has no number. */
function answerOf({ question, evidence, recent }: CompletionRequest): string {
  const sources = [...evidence, ...recent];
  const texts = sources.map(({ text }) => text);
  const quotes = quoteEvidence(question, texts).map(({ number, sentence }) => {
    const segment = sources[number - 1];
    const origin = segment === undefined ? null : originOf(segment);
    const parts = [`“${sentence}”`, origin && `(${origin})`, number <= evidence.length && `[${number}]`];
    return parts.filter(Boolean).join(' ');
  });
  return quotes.join(' ') || NOTHING_FOUND;
}
