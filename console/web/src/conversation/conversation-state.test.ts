import { ANSWER_WORDS, fakeEvents, fakeReport } from '@supercontext/client/fixtures/fake-answer.ts';
import { describe, expect, it } from 'vitest';
import {
  advanceConversation,
  type ConversationAction,
  isRunning,
  type RecordedTurn,
  type ShownTurn,
  shownAnswer,
} from './conversation-state.ts';

const ID = `gen_${'0'.repeat(24)}`;
const OTHER = `gen_${'1'.repeat(24)}`;
const TURN = `ses_${'0'.repeat(24)}.t0`;

function recorded(index: number, generations: RecordedTurn['generations']): RecordedTurn {
  return {
    id: TURN.replace('t0', `t${index}`),
    index,
    prompt: `Why ${index}?`,
    createdAt: '2026-09-21T12:00:00.000Z',
    generations,
  };
}

const report = (status: 'RUNNING' | 'COMPLETED', id = ID) => fakeReport(id, ANSWER_WORDS.join(''), status);

function after(...actions: readonly ConversationAction[]): readonly ShownTurn[] {
  return actions.reduce(advanceConversation, [] as readonly ShownTurn[]);
}

/** Of one turn, the answer that is to be seen. */
function answerAfter(...actions: readonly ConversationAction[]) {
  const [turn] = after(...actions);
  const answer = turn === undefined ? null : shownAnswer(turn);
  if (answer === null) throw new Error('there is no answer');
  return answer;
}

const loaded = (...turns: readonly RecordedTurn[]): ConversationAction => ({ type: 'loaded', turns, nowMs: 5 });
const asked: ConversationAction = { type: 'asked', key: 'k', prompt: 'Why?', nowMs: 0 };
const arriving = (key: string, id = ID) =>
  fakeEvents(id).map((event, index): ConversationAction => ({ type: 'arrived', key, event, nowMs: 10 * (index + 1) }));
const arrived = arriving('k');

describe('a conversation', () => {
  it('grows by a question, its answer word by word, and what the answer rests on', () => {
    expect(isRunning(answerAfter(asked))).toBe(true);
    const [turn] = after(asked, ...arrived);
    expect(turn).toMatchObject({ key: 'k', prompt: 'Why?', id: TURN, index: 0 });
    const answer = answerAfter(asked, ...arrived);
    expect(answer.seen).toMatchObject({ phase: 'completed', text: ANSWER_WORDS.join('') });
    expect(answer.citations.map(({ number }) => number)).toEqual([1, 2]);
    expect(isRunning(answer)).toBe(false);
  });

  it('says that it is cut until the next event, and remembers where it went on', () => {
    const resumption = { resumedAt: 2, lost: 0, tries: 1 };
    const cut = [asked, ...arrived.slice(0, 3), { type: 'interrupted', key: 'k' } as const];
    expect(answerAfter(...cut)).toMatchObject({ interrupted: true });
    const answer = answerAfter(...cut, { type: 'resumed', key: 'k', resumption }, ...arrived.slice(3, 4));
    expect(answer).toMatchObject({ interrupted: false, resumptions: [resumption] });
  });

  it('keeps what had come when its stream ends with an error, and begins anew when it is read again', () => {
    const error = { code: 'SUBGRAPH_UNAVAILABLE', message: 'no answer', remedy: null, retryable: true };
    const failed = [asked, ...arrived.slice(0, 5), { type: 'failed', key: 'k', error } as const];
    expect(answerAfter(...failed)).toMatchObject({ error, seen: { text: ANSWER_WORDS.slice(0, 3).join('') } });
    expect(isRunning(answerAfter(...failed))).toBe(false);
    expect(answerAfter(...failed, ...arrived)).toMatchObject({ error: null, seen: { text: ANSWER_WORDS.join('') } });
  });

  it('puts what was recorded at its place, and shows no turn twice', () => {
    const page = loaded(recorded(1, [report('COMPLETED')]), recorded(2, [report('COMPLETED', OTHER)]));
    const older = loaded(recorded(0, [report('COMPLETED')]));
    expect(after(asked, page, older).map(({ index }) => index)).toEqual([0, 1, 2, null]);
    expect(after(asked, ...arrived, older).map(({ key }) => key)).toEqual(['k']);
    expect(after(page, page)).toHaveLength(2);
  });

  it('lets a turn that was recorded while it was asked be the one that was asked', () => {
    const turns = after(asked, loaded(recorded(0, [report('RUNNING')])), ...arrived);
    expect(turns.map(({ key, index }) => [key, index])).toEqual([['k', 0]]);
  });

  it('reads a recorded answer that still runs from its first word', () => {
    const answer = answerAfter(loaded(recorded(0, [report('RUNNING')])));
    expect(answer.seen).toMatchObject({ phase: 'waiting', text: '', generationId: ID, askedAtMs: 5 });
    expect(isRunning(answer)).toBe(true);
  });

  it('shows the question alone while answers cannot be read, and the answer once they can', () => {
    const without = loaded(recorded(0, null));
    const [turn] = after(without);
    expect(turn && shownAnswer(turn)).toBeNull();
    expect(answerAfter(without, loaded(recorded(0, [report('COMPLETED')]))).seen.phase).toBe('completed');
  });
});

describe('a question with several answers', () => {
  const first = loaded(recorded(0, [report('COMPLETED')]));
  const again: ConversationAction = { type: 'asked-again', turnKey: TURN, key: 'again', nowMs: 0 };

  it('shows the latest, also while it comes', () => {
    expect(answerAfter(first, again)).toMatchObject({ key: 'again', seen: { phase: 'waiting' } });
    expect(answerAfter(first, again, ...arriving('again', OTHER)).seen.generationId).toBe(OTHER);
    expect(after(first, again, ...arriving('again', OTHER))).toHaveLength(1);
  });

  it('shows the one that is chosen, until there is another', () => {
    const choice: ConversationAction = { type: 'chosen', turnKey: TURN, answer: 0 };
    expect(answerAfter(first, again, choice).seen.generationId).toBe(ID);
    expect(answerAfter(first, again, choice, { ...again, key: 'third' }).key).toBe('third');
  });
});
