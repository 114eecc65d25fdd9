import { expect, it } from 'vitest';
import { titleOfQuestion } from './session-title.ts';

it('is the first line of a question that says anything, on one line', () => {
  expect(titleOfQuestion('\n \r\n  What   was\tplanted?\nAnd when?')).toBe('What was planted?');
  expect(titleOfQuestion(' \n\t')).toBeNull();
});

it('parts no word and no drawn character of a long one', () => {
  const title = titleOfQuestion(`${'word '.repeat(15)}${'e\u0301'.repeat(40)}`) ?? '';
  expect([title.length <= 80, title.endsWith('word…')]).toEqual([true, true]);
  expect(titleOfQuestion('👩‍🚀'.repeat(60))).toMatch(/^(?:👩‍🚀)+…$/u);
});
