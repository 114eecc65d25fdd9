import { describe, expect, it } from 'vitest';
import { asksOfEarlierAnswers, isQuestion, onlyAsks } from './questions.ts';

describe('a text', () => {
  it.each([
    'What is the limit of rule 4?',
    'what is the limit of rule 4',
    'Where is it? And who keeps it?',
    'And the price?',
    '服务器端口是多少？',
    '你知道答案吗',
    '締め切りはいつですか。',
    'ما هو الحد؟',
    '서버가 멈췄나요?',
    'Wie hoch ist die Grenze',
    'как зовут кота',
  ])('that only asks: %s', (text) => {
    expect(onlyAsks(text)).toBe(true);
  });

  it.each([
    'The limit of rule 4 is 159.',
    'The limit of rule 4 is 159. Is that right?',
    'My cat is called Minerva, what do you think?\nShe is four.',
    'What we ship is on the second floor.',
    'Remember that the code is 7741',
    '服务器端口是 7741。',
    '',
    '?!',
  ])('that states something, or says nothing: %s', (text) => {
    expect(onlyAsks(text)).toBe(false);
  });
});

it('is a question for its mark, whatever closes behind it', () => {
  expect(isQuestion('He asked: “Is it late?”')).toBe(true);
  expect(isQuestion('He asked whether it is late.')).toBe(false);
});

it('knows a question about earlier answers', () => {
  expect(asksOfEarlierAnswers('What did you answer about the port?')).toBe(true);
  expect(asksOfEarlierAnswers('What was your answer on rule 4?')).toBe(true);
  expect(asksOfEarlierAnswers('What is the limit of rule 4?')).toBe(false);
});
