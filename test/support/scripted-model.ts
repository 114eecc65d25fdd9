import { setImmediate as nextTick } from 'node:timers/promises';
import type {
  CompletionEvent,
  CompletionRequest,
  LanguageModel,
  ModelDescription,
} from '@supercontext/reasoning/model/language-model.ts';

export interface ScriptedModel extends LanguageModel {
  /** Every request so far, in order. */
  readonly requests: readonly CompletionRequest[];
}

/** A model whose words a test chooses: `speak` yields them and may wait or throw in between. Words are its tokens. */
export function scriptedModel(
  speak: (request: CompletionRequest, signal: AbortSignal) => AsyncIterable<string> | Iterable<string>,
  description: Partial<ModelDescription> = {},
): ScriptedModel {
  const requests: CompletionRequest[] = [];
  async function* complete(request: CompletionRequest, signal: AbortSignal): AsyncIterable<CompletionEvent> {
    requests.push(request);
    signal.throwIfAborted();
    yield { type: 'prompt-ready', promptTokens: 100, cachedTokens: 40, queuedMs: 0, prefillMs: 1 };
    let outputTokens = 0;
    for await (const text of speak(request, signal)) {
      await nextTick();
      signal.throwIfAborted();
      outputTokens++;
      yield { type: 'text-delta', text, tokens: 1 };
      if (outputTokens === request.maxTokens) {
        yield { type: 'completed', reason: 'length', outputTokens, decodeMs: 1 };
        return;
      }
    }
    yield { type: 'completed', reason: 'stop', outputTokens, decodeMs: 1 };
  }
  return {
    requests,
    description: {
      id: 'scripted',
      engine: 'onnx',
      version: '1',
      provider: 'cpu',
      contextTokens: 4_096,
      defaultBudgetTokens: 1_024,
      maxAnswerTokens: 128,
      stop: [],
      sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
      ...description,
    },
    countTokens: async (texts) => texts.map((text) => text.match(/\S+/g)?.length ?? 0),
    complete,
    releaseSession() {},
    async close() {},
  };
}

/** A promise that rejects with the signal's reason: for a script that waits until it is stopped. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
