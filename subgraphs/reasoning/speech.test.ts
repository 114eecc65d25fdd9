import { expect, it } from 'vitest';
import { NO_TIMINGS } from './generation.ts';
import { hear, silence } from './speech.ts';

it.each([
  ['NUL', 'one\0two', 'one\ufffdtwo'],
  ['a lone surrogate', 'one\ud800two', 'one\ufffdtwo'],
])('says nothing that no session would take, as %s', (_what, said, heard) => {
  const speech = hear(silence(NO_TIMINGS), { type: 'text-delta', text: said, tokens: 1 }, 1);
  expect(speech).toMatchObject({ text: heard, spoken: { text: heard } });
});
