import { SEGMENT_REASONS, type Segment, type SegmentReason } from '@supercontext/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptedModel } from '../../test/support/scripted-model.ts';
import { segmentOf, workingSetOf } from '../../test/support/working-sets.ts';
import { fitPrompt } from './fit-prompt.ts';
import type { ChatMessage, LanguageModel } from './model/language-model.ts';

const words = (count: number, word = 'word') => Array.from({ length: count }, () => word).join(' ');

const segment = (reason: SegmentReason, text: string, score: number | null) => segmentOf({ reason, text, score });

function fit(segments: readonly Segment[], contextTokens: number, maxTokens = 64, question = 'What is it?') {
  const model: LanguageModel = scriptedModel(() => [], { contextTokens });
  return fitPrompt({ workingSet: workingSetOf(segments), question, model, maxTokens });
}

/** As a chat template would wrap them; words are tokens. */
const templated = (messages: readonly ChatMessage[]) =>
  messages.map(({ role, content }) => `<|im_start|> ${role} ${content} <|im_end|> `).join('');

describe('fitPrompt', () => {
  it('takes everything when it fits, and reports nothing', async () => {
    const whole = [segment('digest', words(50), null), segment('evidence', words(50), 1)];
    const fitted = await fit(whole, 1_000);
    expect(fitted.workingSet.segments).toEqual(whole);
    expect(fitted.workingSet.degraded).toEqual([]);
  });

  it('gives a small model what is worth its reading, and says of the rest only that it is left out', async () => {
    const segments = [1, 0.9, 0.3].map((score) => segment('evidence', words(20, `fits${score}x`), score));
    const selectivity = { leastShare: 0.6, firstPassages: 4, rise: 0.13 };
    const model = scriptedModel(() => [], { contextTokens: 1_000, selectivity });
    const fitted = await fitPrompt({
      workingSet: workingSetOf(segments),
      question: 'What is it?',
      model,
      maxTokens: 64,
    });
    expect(fitted.workingSet.segments).toEqual(segments.slice(0, 2));
    expect(fitted.workingSet.degraded).toEqual([]);
    expect(fitted.messages.at(-1)?.content).not.toContain('fits0.3x');
  });

  it('drops the evidence that fits the question least first, and counts it as omitted', async () => {
    const [best, worst, middle] = [
      segment('evidence', words(100, 'best'), 9),
      segment('evidence', words(100, 'worst'), 1),
      segment('evidence', words(100, 'middle'), 5),
    ];
    const digest = segment('digest', words(20, 'digest'), null);
    const fitted = await fit([digest, best, worst, middle], 300);
    expect(fitted.workingSet.segments).toEqual([digest, best]);
    expect(fitted.workingSet.tokens).toBe(120);
    expect(fitted.workingSet.omitted).toEqual({ fragments: 5, tokens: 230 });
    expect(fitted.workingSet.degraded).toMatchObject([{ stage: 'reasoning', code: 'CONTEXT_WINDOW_EXCEEDED' }]);
    expect(fitted.messages.at(-1)?.content).toContain('[1] best');
    expect(fitted.messages.at(-1)?.content).not.toContain('[2]');
  });

  it('refuses a question and an answer that do not fit by themselves', async () => {
    await expect(fit([], 300, 64, words(400))).rejects.toMatchObject({ code: 'CONTEXT_WINDOW_EXCEEDED' });
    await expect(fit([], 300, 290)).rejects.toMatchObject({ code: 'CONTEXT_WINDOW_EXCEEDED' });
  });

  it('never exceeds the window with prompt, template and answer together, whatever is in the working set', async () => {
    const anySegment = fc
      .record({
        reason: fc.constantFrom(...SEGMENT_REASONS),
        count: fc.integer({ min: 1, max: 400 }),
        score: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
      })
      .map(({ reason, count, score }) => segment(reason, words(count), score));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySegment, { maxLength: 30 }),
        fc.integer({ min: 300, max: 4_000 }),
        fc.integer({ min: 1, max: 100 }),
        async (segments, contextTokens, maxTokens) => {
          const { messages, workingSet: fitted } = await fit(segments, contextTokens, maxTokens);
          const used = templated(messages).split(/\s+/).length + maxTokens;
          expect(used).toBeLessThanOrEqual(contextTokens);
          const dropped = segments.length - fitted.segments.length;
          expect(fitted.omitted.fragments).toBe(3 + dropped);
          expect(segments.filter((one) => fitted.segments.includes(one))).toEqual(fitted.segments);
        },
      ),
      { numRuns: 500 },
    );
  });
});
