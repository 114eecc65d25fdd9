import { ANSWER_WORDS, fakeEvents, fakeReport } from '@supercontext/client/fixtures/fake-answer.ts';
import { describe, expect, it } from 'vitest';
import {
  advanceConversation,
  type ConversationAction,
  isRunning,
  type RecordedTurn,
  type ShownTurn,
} from './conversation-state.ts';

const ID = `gen_${'0'.repeat(24)}`;

function recorded(status: 'RUNNING' | 'COMPLETED'): RecordedTurn {
  const generation = fakeReport(ID, ANSWER_WORDS.join(''), status);
  return { id: 'turn', index: 0, prompt: 'Why?', createdAt: generation.createdAt, generations: [generation] };
}

function after(...actions: readonly ConversationAction[]): readonly ShownTurn[] {
  return actions.reduce(advanceConversation, [] as readonly ShownTurn[]);
}

const asked: ConversationAction = { type: 'asked', key: 'k', prompt: 'Why?', nowMs: 0 };
const arrived = fakeEvents(ID).map(
  (event, index): ConversationAction => ({ type: 'arrived', key: 'k', event, nowMs: 10 * (index + 1) }),
);

describe('a conversation', () => {
  it('grows by a question, its answer word by word, and what the answer rests on', () => {
    const [waiting] = after(asked);
    expect(waiting && isRunning(waiting)).toBe(true);
    const [turn] = after(asked, ...arrived);
    expect(turn).toMatchObject({ prompt: 'Why?', answer: { phase: 'completed', text: ANSWER_WORDS.join('') } });
    expect(turn?.citations.map(({ number }) => number)).toEqual([1, 2]);
    expect(turn && isRunning(turn)).toBe(false);
  });

  it('says that it is cut until the next event, and remembers where it went on', () => {
    const resumption = { resumedAt: 2, lost: 0, tries: 1 };
    const cut = [asked, ...arrived.slice(0, 3), { type: 'interrupted', key: 'k' } as const];
    expect(after(...cut)[0]).toMatchObject({ interrupted: true });
    const [turn] = after(...cut, { type: 'resumed', key: 'k', resumption }, ...arrived.slice(3, 4));
    expect(turn).toMatchObject({ interrupted: false, resumptions: [resumption] });
  });

  it('keeps what had come when its stream ends with an error', () => {
    const error = { code: 'SUBGRAPH_UNAVAILABLE', message: 'no answer', remedy: null };
    const [turn] = after(asked, ...arrived.slice(0, 5), { type: 'failed', key: 'k', error });
    expect(turn).toMatchObject({ error, answer: { text: ANSWER_WORDS.slice(0, 3).join('') } });
    expect(turn && isRunning(turn)).toBe(false);
  });

  it('puts what was recorded before what is asked here, and shows no turn twice', () => {
    const loaded: ConversationAction = { type: 'loaded', turns: [recorded('COMPLETED')], nowMs: 0 };
    expect(after(asked, loaded).map(({ key }) => key)).toEqual(['turn', 'k']);
    expect(after(asked, ...arrived, loaded).map(({ key }) => key)).toEqual(['k']);
    expect(after(loaded, loaded)).toHaveLength(1);
  });

  it('reads a recorded answer that still runs from its first word', () => {
    const [turn] = after({ type: 'loaded', turns: [recorded('RUNNING')], nowMs: 5 });
    expect(turn).toMatchObject({ answer: { phase: 'waiting', text: '', generationId: ID, askedAtMs: 5 } });
    expect(turn && isRunning(turn)).toBe(true);
  });
});
