import { describe, expect, it } from 'vitest';
import { advanceAnswer, awaitedAnswer, type SeenAnswer, tokensPerSecond } from './advance-answer.ts';
import { ANSWER_WORDS, fakeEvents, fakeReport } from './fixtures/fake-answer.ts';
import type { EventFieldsFragment } from './generated/operations.ts';

const ID = `gen_${'0'.repeat(24)}`;
const EVERY_MS = 100;

function read(events: readonly EventFieldsFragment[]): SeenAnswer {
  return events.reduce(
    (answer, event, index) => advanceAnswer(answer, event, (index + 1) * EVERY_MS),
    awaitedAnswer(0),
  );
}

describe('an answer as a reader sees it', () => {
  it('waits, streams, and is completed with its report', () => {
    const events = fakeEvents(ID);
    expect(read([]).phase).toBe('waiting');
    expect(read(events.slice(0, 1))).toMatchObject({ phase: 'streaming', generationId: ID, firstTokenMs: null });
    expect(read(events.slice(0, 4))).toMatchObject({ text: ANSWER_WORDS.slice(0, 2).join(''), tokens: 2 });
    const whole = read(events);
    expect(whole).toMatchObject({
      phase: 'completed',
      text: ANSWER_WORDS.join(''),
      missingCharacters: 0,
      failure: null,
    });
    expect(whole.report?.hops).toHaveLength(6);
  });

  it('measures the first token from asking, and the speed from the first token', () => {
    const answer = read(fakeEvents(ID).slice(0, 13));
    expect(answer.firstTokenMs).toBe(3 * EVERY_MS);
    expect(tokensPerSecond(answer)).toBeCloseTo(1_000 / EVERY_MS);
    expect(tokensPerSecond(read(fakeEvents(ID).slice(0, 3)))).toBeNull();
  });

  it('tells the speed that the engine measured once it is known', () => {
    expect(tokensPerSecond(read(fakeEvents(ID)))).toBe(34.2);
  });

  it('counts what the stream lost against the whole answer', () => {
    const events = fakeEvents(ID).filter(({ sequence }) => sequence !== ANSWER_WORDS.length + 1);
    expect(read(events).missingCharacters).toBe(ANSWER_WORDS.at(-1)?.length);
  });

  it('keeps why it failed, and that it was cancelled', () => {
    const [started] = fakeEvents(ID);
    const at = { cursor: `${ID}:1`, sequence: 1 };
    const generation = fakeReport(ID, '', 'FAILED');
    const failed: EventFieldsFragment = {
      __typename: 'GenerationFailed',
      ...at,
      generation,
      code: 'MODEL_FAILED',
      message: 'the engine stopped',
      retryable: true,
    };
    const cancelled: EventFieldsFragment = { __typename: 'GenerationCancelled', ...at, generation };
    if (started === undefined) throw new Error('a generation starts');
    expect(read([started, failed])).toMatchObject({
      phase: 'failed',
      failure: { code: 'MODEL_FAILED', retryable: true },
    });
    expect(read([started, cancelled])).toMatchObject({ phase: 'cancelled', failure: null });
  });
});
