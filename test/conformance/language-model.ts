import type {
  CompletionEvent,
  CompletionRequest,
  LanguageModel,
} from '@supercontext/reasoning/model/language-model.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { segmentOf } from '../support/working-sets.ts';

const QUESTION: CompletionRequest = {
  sessionId: 'ses_1',
  messages: [
    { role: 'system', content: 'Answer from the text.' },
    {
      role: 'user',
      content:
        '[2] A pool opens ten connections.\n\n[1] The default timeout of a request is 300 seconds.\n\nUse the text above to answer briefly: What is the default timeout?',
    },
  ],
  question: 'What is the default timeout?',
  evidence: [
    segmentOf({ reason: 'evidence', text: 'The default timeout of a request is 300 seconds.' }),
    segmentOf({ reason: 'evidence', text: 'A pool opens ten connections.' }),
  ],
  beside: [],
  maxTokens: 24,
  sampling: { temperature: 0, topP: 1, repetitionPenalty: 1 },
};

const never = new AbortController().signal;

async function collect(events: AsyncIterable<CompletionEvent>): Promise<CompletionEvent[]> {
  const all: CompletionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const textOf = (events: readonly CompletionEvent[]) =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

/** What every engine must keep; `open` is called once. */
export function languageModelConformance(name: string, open: () => Promise<LanguageModel>): void {
  describe(`the language model (${name})`, () => {
    let model: LanguageModel;
    beforeAll(async () => {
      model = await open();
    });
    afterAll(() => model.close());

    it('says once that the prompt is ready, then speaks, then says once that it is done', async () => {
      const events = await collect(model.complete(QUESTION, never));
      expect(events.at(0)?.type).toBe('prompt-ready');
      expect(events.at(-1)?.type).toBe('completed');
      expect(events.slice(1, -1).every(({ type }) => type === 'text-delta')).toBe(true);
      expect(textOf(events)).not.toBe('');
    });

    it('counts what it has read and said', async () => {
      const events = await collect(model.complete(QUESTION, never));
      const [ready] = events;
      const done = events.at(-1);
      if (ready?.type !== 'prompt-ready' || done?.type !== 'completed') throw new Error('incomplete');
      expect(ready.promptTokens).toBeGreaterThan(0);
      expect(ready.cachedTokens).toBeLessThanOrEqual(ready.promptTokens);
      expect(done.outputTokens).toBeGreaterThan(0);
      expect(done.outputTokens).toBeLessThanOrEqual(QUESTION.maxTokens);
      for (const ms of [ready.queuedMs, ready.prefillMs, done.decodeMs]) expect(ms).toBeGreaterThanOrEqual(0);
    });

    it('says the same again at temperature 0', async () => {
      const [one, other] = [
        await collect(model.complete(QUESTION, never)),
        await collect(model.complete(QUESTION, never)),
      ];
      expect(textOf(other)).toBe(textOf(one));
    });

    it('stops at the last token it may say, and says why', async () => {
      const events = await collect(model.complete({ ...QUESTION, maxTokens: 2 }, never));
      expect(events.at(-1)).toMatchObject({ type: 'completed', reason: 'length', outputTokens: 2 });
    });

    it('counts the tokens of every text, in order', async () => {
      const counts = await model.countTokens(['', 'one', 'one two three four five six']);
      expect(counts).toHaveLength(3);
      expect(counts[0]).toBe(0);
      expect(counts[1]).toBeGreaterThan(0);
      expect(counts[2]).toBeGreaterThan(counts[1] ?? 0);
    });

    it('throws the reason of an abort, before it speaks and while it does', async () => {
      const reason = new Error('enough');
      await expect(collect(model.complete(QUESTION, AbortSignal.abort(reason)))).rejects.toBe(reason);
      const reader = new AbortController();
      const reading = (async () => {
        for await (const { type } of model.complete(QUESTION, reader.signal)) {
          if (type === 'text-delta') reader.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
    });

    it('can be left early and answers the next question', async () => {
      for await (const { type } of model.complete(QUESTION, never)) if (type === 'text-delta') break;
      model.releaseSession(QUESTION.sessionId);
      expect((await collect(model.complete(QUESTION, never))).at(-1)?.type).toBe('completed');
    });

    it('refuses what is out of range, and what is longer than its window', async () => {
      await expect(collect(model.complete({ ...QUESTION, maxTokens: 0 }, never))).rejects.toMatchObject({
        code: 'INPUT_INVALID',
      });
      const content = 'word '.repeat(model.description.contextTokens + 1);
      await expect(
        collect(model.complete({ ...QUESTION, messages: [{ role: 'user', content }] }, never)),
      ).rejects.toMatchObject({ code: 'CONTEXT_WINDOW_EXCEEDED' });
    });

    it('describes itself with a default budget and answer that fit its window', () => {
      const { contextTokens, defaultBudgetTokens, maxAnswerTokens } = model.description;
      expect(defaultBudgetTokens + maxAnswerTokens).toBeLessThanOrEqual(contextTokens);
    });
  });
}
