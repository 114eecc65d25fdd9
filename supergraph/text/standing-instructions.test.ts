import { expect, it } from 'vitest';
import { standingInstructions } from './standing-instructions.ts';

it.each([
  'Always include the dates of what you cite.',
  'Please never show me code without types',
  'From now on answer in French.',
  'Whenever I ask about the weather, give it in Celsius.',
  'When I ask how something is done, list the steps.',
  'I prefer that you keep answers short.',
  'Ab jetzt antworte bitte auf Deutsch.',
  'Immer Quellen nennen.',
  'Dorénavant, réponds en une phrase.',
  'De ahora en adelante responde en español.',
  'Всегда указывай дату.',
  '从现在开始请用中文回答。',
  '今後は日本語で答えてください。',
  '항상 한국어로 답해 주세요.',
])('%s', (sentence) => {
  expect(standingInstructions(sentence)).toEqual([sentence]);
});

it.each([
  'I always get an error when I start it.',
  'It has never been seen here.',
  'Never had a problem with it.',
  'Never saw this coming.',
  'Always a pleasure!',
  'Should I always use the newer one?',
  'What do you prefer?',
  'The lamp is always lit at night.',
  'Er kommt immer zu spät.',
  'Il est toujours en retard.',
  '我们总是在晚上工作。',
  '',
])('not: %s', (sentence) => {
  expect(standingInstructions(sentence)).toEqual([]);
});

it('takes the sentence out of what is said around it', () => {
  const message = 'My boat leaks. From now on, tell me the tide with every answer. Which harbour is near?';
  expect(standingInstructions(message)).toEqual(['From now on, tell me the tide with every answer.']);
});

it('looks at no long text', () => {
  expect(standingInstructions(`Always whisper. ${'word '.repeat(2_000)}`)).toEqual([]);
});
